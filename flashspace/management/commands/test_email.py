from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email


class Command(BaseCommand):
    help = "Send one mail now, past the queue, to see whether the mail settings work"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"]
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{address!r} is no e-mail address") from None
        text = f"This is a test of the mail settings of {settings.PUBLIC_URL}."
        try:
            EmailMultiAlternatives("FlashSpace: mail works", text, to=[address]).send()
        except OSError as error:  # refused, unreachable, no TLS, wrong password: all of smtplib's errors are
            raise CommandError(f"not sent: {error}") from error
        backend = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
        place = settings.EMAIL_FILE_PATH if backend == "mailbox" else getattr(settings, "EMAIL_HOST", backend)
        self.stdout.write(f"sent to {address} by {place}")
