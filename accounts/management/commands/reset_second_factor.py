from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.selectors.mfa import second_factor_of
from accounts.services.mfa import reset_second_factor
from flashspace.base.clock import INDIA
from flashspace.base.text import normalize_email


class Command(BaseCommand):
    help = "Take away the second factor of somebody who lost it, where no superuser can. Ends all their sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("--reason", default="by the operator of the server", help="for the audit log")
        parser.add_argument("--dry-run", action="store_true", help="say what there is and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        email = normalize_email(options["email"])
        user = User.objects.filter(email=email).first()
        factor = second_factor_of(user) if user else None
        if user is None or factor is None:
            raise CommandError(f"{email} has no {'second factor' if user else 'account'}")
        if options["dry_run"]:
            since = factor.since.astimezone(INDIA).strftime("%Y-%m-%d %H:%M IST")
            self.stdout.write(f"{email} has a second factor since {since}; nothing changed")
            return
        reset_second_factor(user=user, actor=None, reason=options["reason"])
        self.stdout.write(f"the second factor of {email} is taken away, and all its sessions have ended")
