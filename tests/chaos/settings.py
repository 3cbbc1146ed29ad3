"""The production profile with three changes: a gateway that moves no money, a beat in a hurry, and holes on request."""

import os

from flashspace.settings.production import *  # noqa: F403
from flashspace.settings.production import CELERY_BEAT_SCHEDULE, DATABASES, STORAGES

PAYMENT_SANDBOX = True
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}  # none are collected here

DATABASES["default"]["OPTIONS"]["options"] += f" -c statement_timeout={os.environ.get('CHAOS_STATEMENT_MS') or 15000}"

_seconds = float(os.environ.get("CHAOS_BEAT_SECONDS") or 2)
CELERY_BEAT_SCHEDULE = {name: {**entry, "schedule": _seconds} for name, entry in CELERY_BEAT_SCHEDULE.items()}

if os.environ.get("CHAOS_HOLE") == "a lost message is not looked for":
    CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = False
    CELERY_BEAT_SCHEDULE = {}
