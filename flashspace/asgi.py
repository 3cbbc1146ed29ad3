"""The embedded server's application: HTTP goes to Django as WSGI, on a pool of threads.

Django's own ASGI handler costs several times as much per request, and REST stays on one tested path.
"""

from typing import Any

from flashspace import env

env.start()

from a2wsgi import WSGIMiddleware  # noqa: E402  the settings must be read first
from django.core.wsgi import get_wsgi_application  # noqa: E402

THREADS = 8

_django = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Drops headers with an underscore first: WSGI cannot tell X_Forwarded_For from X-Forwarded-For."""
    if scope["type"] == "http":
        scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if b"_" not in name]}
    await _django(scope, receive, send)  # type: ignore[arg-type]
