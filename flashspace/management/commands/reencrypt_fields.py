"""Exit codes: 0 all stands under the newest key; 1 something does not."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.services.mfa import count_bare_hashes, encrypt_bare_hashes
from flashspace.base import ciphertext
from flashspace.base.ciphertext import NEWEST, Place
from flashspace.base.crypto import fingerprint

PASSES = 3  # a server that was not restarted yet goes on writing under the old key


class Command(BaseCommand):
    help = (
        "Put whatever is encrypted under the newest of FIELD_ENCRYPTION_KEYS, so that older ones may be dropped, and "
        "backup codes that the release before wrote during an update as well. "
        "May run while people work, be ended at any time and begun again"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what stands under which key, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        places = ciphertext.places()
        if not options["dry_run"]:
            changed = self._renew(places)
            self.stdout.write(f"{changed} rows put under {self._name(NEWEST)}")
        counts = {place.name: ciphertext.count_by_key(place) for place in places}
        for name, count in counts.items():
            self.stdout.write(f"{name}: {self._in_words(count)}")
        if bare := count_bare_hashes():
            self.stdout.write(f"{bare} backup codes of the release before are not encrypted yet")
        if not options["dry_run"] and (bare or any(set(count) - {NEWEST} for count in counts.values())):
            self.stderr.write("not all of it: restart every process that has the old keys, then run this again")
            raise SystemExit(1)

    def _renew(self, places: list[Place]) -> int:
        changed = 0
        for _ in range(PASSES):
            now_changed = encrypt_bare_hashes() + sum(ciphertext.renew(place, self.stdout.write) for place in places)
            changed += now_changed
            if not now_changed:
                break
        return changed

    def _in_words(self, count: "Counter[int | None]") -> str:
        told = [f"{number} under {self._name(key)}" for key, number in sorted(count.items(), key=_newest_first)]
        return ", ".join(told) or "nothing"

    def _name(self, key: int | None) -> str:
        if key is None:
            return "no key that is configured"
        which = "the newest key" if key == NEWEST else "an older key"
        return f"{which} ({fingerprint(settings.FIELD_ENCRYPTION_KEYS[key])})"


def _newest_first(item: tuple[int | None, int]) -> tuple[bool, int]:
    return item[0] is None, item[0] or 0
