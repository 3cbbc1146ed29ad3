"""Exit codes: 0 the account is there, made now or before; 1 refused."""

import os
from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.models import User
from accounts.services.users import add_staff, rights
from flashspace.base.errors import DomainError
from flashspace.base.text import normalize_email, one_line


class Command(BaseCommand):
    help = (
        "Make a staff account, verified, with the rights of a group or of a superuser. Asks for what neither an option "
        "nor the environment says: DJANGO_SUPERUSER_EMAIL, DJANGO_SUPERUSER_FULL_NAME, DJANGO_SUPERUSER_PASSWORD"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default=os.environ.get("DJANGO_SUPERUSER_EMAIL", ""))
        parser.add_argument("--name", default=os.environ.get("DJANGO_SUPERUSER_FULL_NAME", ""))
        parser.add_argument(
            "--group", action="append", default=[], help="a staff group, such as Support; may be repeated"
        )
        parser.add_argument("--superuser", action="store_true", help="may do everything; for the first account")
        parser.add_argument("--no-input", "--noinput", action="store_true", help="never ask")
        parser.add_argument("--dry-run", action="store_true", help="say what would be made and make nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        email = self._email(options)
        groups = self._groups(options)
        wanted = {
            "is_staff": True,
            "is_superuser": options["superuser"],
            "groups": sorted(group.name for group in groups),
        }
        if found := User.objects.filter(email=email).first():
            self._leave(found, wanted)
            return
        what = "a superuser" if options["superuser"] else f"a colleague in {', '.join(wanted['groups'])}"
        if options["dry_run"]:
            self.stdout.write(f"{email} would be {what}; nothing changed")
            return
        name = one_line(options["name"] or self._ask("Full name", options), limit=150)
        try:
            add_staff(
                email=email,
                full_name=name,
                password=self._password(options),
                groups=groups,
                actor=None,
                is_superuser=options["superuser"],
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(self.style.SUCCESS(f"{email} is {what}, and may sign in to /admin/"))

    def _email(self, options: dict[str, Any]) -> str:
        email = normalize_email(options["email"] or self._ask("E-mail", options))
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email or 'nothing'} is not an e-mail address") from None
        return email

    def _groups(self, options: dict[str, Any]) -> list[Group]:
        groups = list(Group.objects.filter(name__in=options["group"]))
        if missing := sorted(set(options["group"]) - {group.name for group in groups}):
            known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
            raise CommandError(f"there is no group {', '.join(missing)}; known are {known}")
        if bool(groups) == options["superuser"]:
            raise CommandError("say either --group or --superuser")
        return groups

    def _leave(self, user: User, wanted: dict[str, Any]) -> None:
        """Rights and password of somebody who is there are changed in the admin, where it is told who did it."""
        if rights(user) != wanted:
            raise CommandError(f"{user.email} has an account with other rights: change them in the admin")
        self.stdout.write(f"{user.email} is there already, with these rights; nothing changed")

    def _password(self, options: dict[str, Any]) -> str:
        """Never an option: those can be read by everybody on the machine."""
        if password := os.environ.get("DJANGO_SUPERUSER_PASSWORD"):
            return password
        if options["no_input"]:
            raise CommandError("DJANGO_SUPERUSER_PASSWORD is missing")
        password = getpass("Password: ")
        if password != getpass("Password (again): "):
            raise CommandError("the two passwords are not the same")
        return password

    def _ask(self, what: str, options: dict[str, Any]) -> str:
        if options["no_input"]:
            raise CommandError(f"{what} is missing")
        return input(f"{what}: ").strip()
