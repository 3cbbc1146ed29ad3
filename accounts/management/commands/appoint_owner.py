from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organization
from accounts.selectors.members import CAN_ACT, owners_of
from accounts.services.members import appoint_owner
from flashspace.base.errors import DomainError
from flashspace.base.text import normalize_email


class Command(BaseCommand):
    help = "Make a member an owner of their organization, whose only owner is gone or has to go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", help="its slug")
        parser.add_argument("email", help="of an active member")
        parser.add_argument("--reason", default="by the operator of the server", help="for the audit log")
        parser.add_argument("--dry-run", action="store_true", help="say who there is and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, email = options["organization"], normalize_email(options["email"])
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            raise CommandError(f"no organization is called {slug}")
        if not organization.memberships.filter(CAN_ACT, user__email=email).exists():
            raise CommandError(f"{email} is no active member of {slug}")
        if options["dry_run"]:
            owners = ", ".join(owners_of(organization).values_list("user__email", flat=True)) or "nobody who can act"
            self.stdout.write(f"owners of {slug}: {owners}; {email} would be one; nothing changed")
            return
        try:
            is_new = appoint_owner(organization=organization, email=email, reason=options["reason"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{email} {'is' if is_new else 'was'} an owner of {slug}")
