from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from listings.services.documents import find_stale, refresh_documents


class Command(BaseCommand):
    help = "Render again the listings whose stored documents are old: after a release or a move of the files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = list(find_stale())
        for space_id in stale:
            if options["dry_run"]:
                self.stdout.write(str(space_id))
            else:
                refresh_documents(space_id=space_id)
        self.stdout.write(f"{len(stale)} listings {'are old' if options['dry_run'] else 'rendered again'}")
