from typing import Any

MAILBOX = "flashspace.mailbox.EmailBackend"


def mail_backend(config: dict[str, Any]) -> str:
    return str(config["EMAIL_URL"]["EMAIL_BACKEND"]) if config["EMAIL_URL"] else MAILBOX


def mail_options(config: dict[str, Any]) -> dict[str, Any]:
    """What EMAIL_URL says beside the back end."""
    chosen = config["EMAIL_URL"] or {}
    return {key: value for key, value in chosen.items() if key != "EMAIL_BACKEND" and value}
