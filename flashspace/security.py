"""Headers and transport: TLS only in production, and the narrowest content policy each kind of answer works with."""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware

from flashspace.dialects.answers import answer_fault
from flashspace.dialects.base import Fault
from flashspace.dialects.prefixes import dialect_of

Policy = dict[str, list[str]]

PAGE: Policy = {
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
}
# Alpine, inside the admin's theme, evaluates attributes; without unsafe-eval an invisible dialog swallows every click.
ADMIN: Policy = {
    **PAGE,
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
}
# The one style that Swagger's logo carries. The crawl hears of it when a release has another.
LOGO = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"
API_REFERENCE: Policy = {**PAGE, "style-src": [SELF, LOGO]}

TLS_NEEDED = Fault(403, "TLS_REQUIRED", "Use https; what was just sent in the clear may have been read")

BY_PREFIX = (("/admin/", ADMIN), ("/api/docs", API_REFERENCE))


class ContentPolicyMiddleware(CSPMiddleware):
    """JSON may load nothing at all; a page its own files; the admin what its scripts need."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and response.get("Content-Type", "").startswith("text/html"):
            widened = next((policy for prefix, policy in BY_PREFIX if request.path.startswith(prefix)), PAGE)
            parts.update = {**widened, **(parts.update or {})}
        return parts


class TransportMiddleware(SecurityMiddleware):
    """Pages move to https; a program that called the API in the clear is told so, because it just sent its token."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:  # type: ignore[override]
        moved = super().process_request(request)
        if moved is None or _wants_page(request):
            return moved
        dialect = dialect_of(request.method or "", request.path)
        return answer_fault(TLS_NEEDED, dialect, request) if dialect else HttpResponseForbidden(TLS_NEEDED.message)


def _wants_page(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"} and not request.path.startswith("/api/")
