from django.core.wsgi import get_wsgi_application

from flashspace import env

env.start()
application = get_wsgi_application()
