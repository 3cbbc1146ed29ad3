"""Files that anybody may see. Private ones never pass here: they lie in another storage."""

import mimetypes
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.views.decorators.http import require_safe

# What uploads are stored as. Anything else is handed out as a download, never shown by our address.
SHOWN_TYPES = {"image/jpeg", "image/png", "image/webp"}
CACHED = "public, max-age=31536000, immutable"


@require_safe
def upload(request: HttpRequest, name: str) -> HttpResponseBase:
    """A photo of a listing. On S3 its address there."""
    try:
        file = Path(default_storage.path(name)).open("rb")  # noqa: SIM115  the response closes it
    except NotImplementedError:
        return HttpResponseRedirect(default_storage.url(name))
    except (OSError, SuspiciousFileOperation, ValueError):
        raise Http404("No such file") from None
    content_type = mimetypes.guess_type(name)[0]
    is_shown = content_type in SHOWN_TYPES
    answer = FileResponse(
        file,
        as_attachment=not is_shown,
        filename=PurePosixPath(name).name,
        content_type=content_type if is_shown else "application/octet-stream",
    )
    answer["Cache-Control"] = CACHED
    return answer


@require_safe
def default_picture(request: HttpRequest) -> HttpResponseBase:
    """Of a person who has none."""
    path = finders.find("flashspace/person.png")
    if path is None:
        raise Http404("No such file")
    answer = FileResponse(Path(path).open("rb"), content_type="image/png")  # noqa: SIM115  it closes the file
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


@require_safe
def icon(request: HttpRequest) -> HttpResponseBase:
    """What browsers ask for by themselves."""
    answer = HttpResponseRedirect(static("flashspace/mark.svg"))
    answer["Cache-Control"] = "public, max-age=86400"
    return answer
