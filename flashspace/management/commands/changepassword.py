"""In the place of Django's, which would leave open what the old password opened."""

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services.users import set_password
from flashspace.base.errors import DomainError
from flashspace.base.text import normalize_email


class Command(BaseCommand):
    help = "Give somebody a new password, as the operator of the server. Ends all their sessions and tells them by mail"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("--dry-run", action="store_true", help="say whether there is one and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        email = normalize_email(options["email"])
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"{email} has no account")
        if options["dry_run"]:
            self.stdout.write(f"{email} would get a new password; nothing changed")
            return
        password = getpass("Password: ")
        if password != getpass("Password (again): "):
            raise CommandError("the two passwords are not the same")
        try:
            set_password(user=user, password=password)
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(self.style.SUCCESS(f"{email} has a new password, and all its sessions have ended"))
