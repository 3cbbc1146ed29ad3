from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flashspace.demo.seed import has_other_data, is_loaded, load


class Command(BaseCommand):
    help = "Load demo data: 6 cities, 60 listings with pictures, people and bookings in every state"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are data already")
        parser.add_argument("--dry-run", action="store_true", help="say what would be loaded and load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if has_other_data():
            if options["if_empty"]:
                return
            raise CommandError("There are other data here; the demo is for an empty database")
        if is_loaded() and options["if_empty"]:
            return
        if not settings.PAYMENT_SANDBOX:
            raise CommandError("The demo pays at the sandbox gateway: PAYMENT_SANDBOX=on is needed")
        if options["dry_run"]:
            self.stdout.write("Would load staff, sellers, 60 listings, 12 people and 18 bookings")
            return
        self.stdout.write("Loading demo data ...")
        load(self.stdout.write)
        self.stdout.write("Demo data are loaded")
