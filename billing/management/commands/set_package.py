from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organization
from billing.packages import PACKAGES, Package, find_package
from billing.services.packages import set_package
from flashspace.base.clock import INDIA
from flashspace.base.errors import DomainError
from flashspace.base.sweeps import instant


class Command(BaseCommand):
    help = "Give an organization a package. Run again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", help="its slug")
        parser.add_argument("package", choices=[one.code.value for one in PACKAGES])
        parser.add_argument("--until", type=instant, default=None, help="when it ends; for good without this")
        parser.add_argument("--reason", default="by the operator of the server", help="for the audit log")
        parser.add_argument("--dry-run", action="store_true", help="say what there is and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["organization"]
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            raise CommandError(f"no organization is called {slug}")
        package, until = find_package(options["package"]), options["until"]
        now_has = find_package(organization.package_code)
        if options["dry_run"]:
            self.stdout.write(
                f"{slug} has {_told(now_has, organization.package_expires_at)} and would have "
                f"{_told(package, until)}; nothing changed"
            )
            return
        try:
            changed = set_package(
                organization=organization, package=package, expires_at=until, actor=None, reason=options["reason"]
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{slug} {'has' if changed else 'had'} {_told(package, until)}")


def _told(package: Package, until: datetime | None) -> str:
    return package.name + (f" until {until.astimezone(INDIA):%Y-%m-%d %H:%M IST}" if until else "")
