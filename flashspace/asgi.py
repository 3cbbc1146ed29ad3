"""The embedded server's application: HTTP goes to Django as WSGI, on a pool of threads.

Django's own ASGI handler costs several times as much per request, and REST stays on one tested path.
"""

from flashspace import env

env.start()

from a2wsgi import WSGIMiddleware  # noqa: E402  the settings must be read first
from django.core.wsgi import get_wsgi_application  # noqa: E402

THREADS = 8

application = WSGIMiddleware(get_wsgi_application(), workers=THREADS)
