"""Celery: messages are wake-up calls for database rows, so losing one is allowed and running one twice as well."""

from typing import Any

from celery.schedules import crontab

CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_PUBLISH_RETRY = False  # a request does not wait for a broker; the sweeps find the row
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A mail that the server has already taken must still be marked: what a lost broker hands out again finds its row done.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TIMEZONE = "Asia/Kolkata"
CELERY_ENABLE_UTC = True

VISIBILITY_SECONDS = 120  # above the hard time limit, or a running task would be handed out again

CELERY_BEAT_SCHEDULE = {
    "deliver mail": {"task": "accounts.deliver_mail_sweep", "schedule": 30.0},
    "deliver SMS": {"task": "accounts.deliver_sms_sweep", "schedule": 15.0},
    "release holds": {"task": "bookings.release_holds", "schedule": 60.0},
    "apply what gateways said": {"task": "billing.apply_events", "schedule": 60.0},
    "issue missing documents": {"task": "bookings.issue_missing_documents", "schedule": crontab(minute="*/5")},
    "expire bookings": {"task": "bookings.expire_bookings", "schedule": crontab(minute="5")},
    "expire invitations": {"task": "accounts.expire_invitations", "schedule": crontab(minute="15")},
    "mark overdue invoices": {"task": "billing.mark_overdue", "schedule": crontab(minute="10")},
    "close views of support": {"task": "accounts.close_support_views", "schedule": 60.0},
    "end packages": {"task": "billing.expire_packages", "schedule": crontab(minute="20")},
    "seal the audit log": {"task": "accounts.seal_audit", "schedule": 60.0},
    "purge what expired": {"task": "accounts.purge_expired", "schedule": crontab(hour="3", minute="20")},
}


def broker(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if not config["REDIS_URL"]:
        return "memory://embedded", {"polling_interval": 0.05}
    return config["REDIS_URL"], {
        "visibility_timeout": VISIBILITY_SECONDS,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 0.5,
        # One try more and at once; the library's own default waits two seconds in between.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
