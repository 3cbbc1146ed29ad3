from typing import Any


def logging_config(level: str, style: str) -> dict[str, Any]:
    """One handler on stderr; `flashspace.logging` masks secrets and escapes control characters in both styles."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "flashspace.logging.make_formatter", "style": style}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # Refused requests are answered and counted; only faults belong in the log.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.template": {"level": "INFO"},  # at DEBUG it writes out all that a page was made of
            "celery.beat": {"level": "WARNING"},
            "celery.worker": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "uvicorn": {"level": "WARNING"},
        },
    }
