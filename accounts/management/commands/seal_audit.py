from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.services.audit_seals import seal_audit, unsealed
from flashspace.base.clock import now
from flashspace.base.sweeps import instant


class Command(BaseCommand):
    help = "Seal audit entries that are not sealed yet, as the beat does every minute"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and seal nothing")
        parser.add_argument("--at", type=instant, default=None, help="only what was written until then; Indian time")

    def handle(self, *args: Any, **options: Any) -> None:
        at: datetime = options["at"] or now()
        if options["dry_run"]:
            self.stdout.write(f"{unsealed(at).count()} entries due; nothing sealed")
        else:
            self.stdout.write(f"{seal_audit(at=at, tell=self.stdout.write)} entries sealed")
