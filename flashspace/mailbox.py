"""Outgoing mail of a development machine: one `.eml` file a message, which every mail program opens."""

import logging
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from flashspace.base.clock import now
from flashspace.base.models import new_id

log = logging.getLogger(__name__)


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        directory = Path(settings.EMAIL_FILE_PATH)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            path = directory / f"{now():%Y%m%d-%H%M%S}-{new_id()}.eml"
            path.write_bytes(message.message().as_bytes())
            path.chmod(0o600)
            log.info("mail %r for %s is in %s", message.subject, ", ".join(message.recipients()), path)
        return len(email_messages)
