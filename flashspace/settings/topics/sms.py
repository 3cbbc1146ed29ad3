from typing import Any

from flashspace.env import PRODUCTION

TWILIO, MAILBOX, NOBODY = "accounts.sms_senders.Twilio", "accounts.sms_senders.SmsMailbox", ""


def sms_sender(config: dict[str, Any]) -> str:
    """Who takes every SMS. In production a file would be no SMS at all."""
    if config["TWILIO_ACCOUNT_SID"]:
        return TWILIO
    return NOBODY if config["ENVIRONMENT"] == PRODUCTION else MAILBOX
