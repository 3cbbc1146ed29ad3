"""The public page behind the code on an invoice: is this paper ours, and what became of it?"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.selectors import find_invoice_by_code, prove_invoice


@never_cache
@require_safe
def show_invoice(request: HttpRequest, code: str) -> HttpResponse:
    invoice = find_invoice_by_code(code)
    if invoice is None:
        raise Http404("No invoice of ours has this code")
    answer = render(request, "billing/invoice.html", {"proof": prove_invoice(invoice)})
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


# Only what a code can be: anything else (a NUL byte, a novel) is no page before the database is asked.
urlpatterns = [re_path(r"^verify/invoice/(?P<code>[A-Za-z0-9_-]{43})$", show_invoice, name="verify_invoice")]
