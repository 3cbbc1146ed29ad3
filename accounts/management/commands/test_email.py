import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.enums import MailStatus
from accounts.models import Mail
from accounts.services.delivery import deliver
from accounts.services.mail import queue_mail
from flashspace.base.clock import now

PATIENCE = 15  # seconds


class Command(BaseCommand):
    help = "Send one mail by the way that every mail takes, and say what became of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", help="the address it goes to")

    def handle(self, *args: Any, **options: Any) -> None:
        mail = queue_mail(to=options["to"], template="test", context={"at": now(), "name": ""})
        deliver(mail.pk, now())  # does nothing where a worker was faster
        self._wait_for(mail)
        if mail.status != MailStatus.SENT:
            raise CommandError(f"not sent by {settings.EMAIL_BACKEND}: {mail.last_error or 'a worker still has it'}")
        self.stdout.write(self.style.SUCCESS(f"sent to {mail.to} by {settings.EMAIL_BACKEND}"))
        if settings.EMAIL_BACKEND.endswith("mailbox.EmailBackend"):
            self.stdout.write(f"it is a file in {settings.EMAIL_FILE_PATH}")

    def _wait_for(self, mail: Mail) -> None:
        until = time.monotonic() + PATIENCE
        mail.refresh_from_db()
        while mail.status == MailStatus.QUEUED and not mail.last_error and time.monotonic() < until:
            time.sleep(0.2)
            mail.refresh_from_db()
