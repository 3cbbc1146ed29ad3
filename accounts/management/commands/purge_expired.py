from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.services.purge import count_expired, purge_expired
from flashspace.base.clock import now
from flashspace.base.sweeps import instant


class Command(BaseCommand):
    help = "Delete rows that guard nothing any more: expired budgets, links, codes, kept answers and old sessions"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and delete nothing")
        parser.add_argument(
            "--at", type=instant, default=None, help="as if it were then; Indian time unless an offset is given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at: datetime = options["at"] or now()
        counts = count_expired(at) if options["dry_run"] else purge_expired(at, self.stdout.write)
        word = "due; nothing deleted" if options["dry_run"] else "deleted"
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count} {word}")
