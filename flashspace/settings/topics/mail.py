from typing import Any

MAILBOX = "flashspace.mailbox.EmailBackend"


def mail_backend(config: dict[str, Any]) -> str:
    return str(config["EMAIL_URL"]["EMAIL_BACKEND"]) if config["EMAIL_URL"] else MAILBOX


def mail_options(config: dict[str, Any]) -> dict[str, Any]:
    """EMAIL_HOST and its kin. Without EMAIL_URL every mail becomes a file in DATA_DIR/mail."""
    if not config["EMAIL_URL"]:
        return {"EMAIL_FILE_PATH": config["DATA_DIR"] / "mail"}
    options = {key: value for key, value in config["EMAIL_URL"].items() if key != "EMAIL_BACKEND"}
    path = options.pop("EMAIL_FILE_PATH", "")
    return {**options, "EMAIL_FILE_PATH": path or config["DATA_DIR"] / "mail"}
