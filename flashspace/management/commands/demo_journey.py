import logging
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flashspace.demo.journey import Journey, JourneyError
from flashspace.demo.staff import demo_sign_in


class Command(BaseCommand):
    help = "Walk the main job against a running server over HTTP: sign up, book, pay, KYC, active booking"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.PUBLIC_URL, help="where the server is")
        parser.add_argument("--staff-email", help="a member of staff; without it the demo's")
        parser.add_argument("--staff-password")
        parser.add_argument("--staff-key", default="", help="the key of their authenticator app, where one is needed")
        parser.add_argument(
            "--mailbox", type=Path, default=Path(settings.EMAIL_FILE_PATH), help="where mails are dropped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # the steps tell the story
        staff = (options["staff_email"], options["staff_password"])
        if not all(staff):
            known = demo_sign_in()
            if known is None:
                raise CommandError("No demo staff here: give --staff-email and --staff-password")
            staff = known
        journey = Journey(
            base_url=options["url"].rstrip("/"),
            staff_email=staff[0],
            staff_password=staff[1],
            staff_key=options["staff_key"],
            mailbox=options["mailbox"],
            tell=self.stdout.write,
        )
        try:
            booking = journey.walk()
        except (JourneyError, httpx.HTTPError) as error:
            raise CommandError(str(error)) from error
        if booking["status"] != "active":
            raise CommandError(f"the booking is {booking['status']}, not active")
        self.stdout.write(f"Done: {booking['bookingNumber']} is active")
