"""The public page behind the code on an agreement or a NOC: is this paper ours, and does it still hold?"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.selectors import find_document_by_code, verify_document


@never_cache
@require_safe
def show_document(request: HttpRequest, code: str) -> HttpResponse:
    document = find_document_by_code(code)
    if document is None:
        raise Http404("No paper of ours has this code")
    answer = render(request, "bookings/document.html", {"proof": verify_document(document)})
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


# Only what a code can be: anything else (a NUL byte, a novel) is no page before the database is asked.
urlpatterns = [re_path(r"^verify/document/(?P<code>[A-Za-z0-9_-]{43})$", show_document, name="verify_document")]
