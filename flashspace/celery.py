"""The Celery application. `celery -A flashspace worker`, or inside the one process of `manage.py serve`."""

from celery import Celery
from celery.signals import setup_logging

from flashspace import broker, env

env.start()
broker.mend()

app = Celery("flashspace")
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def keep_logging(**_kwargs: object) -> None:
    """Celery would install handlers of its own; Django's are in place and mask secrets."""
