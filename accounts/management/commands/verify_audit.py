"""Exit codes: 0 all is proved; 1 something was changed, removed or put in between; 2 it cannot be said."""

import json
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timesince import timesince

from accounts.selectors.audit_chain import Chain, check_chain
from flashspace.base.clock import now

WHOLE: Final = 0
BROKEN: Final = 1
UNPROVED: Final = 2


class Command(BaseCommand):
    help = "Prove that the audit log is what was written: every entry, every seal, and their order"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument(
            "--expect", default="", metavar="HASH", help="a head that was kept elsewhere and must still be in the chain"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chain = check_chain(expect=options["expect"], tell=self.stderr.write)
        code = _judge(chain)
        self.stdout.write(_as_json(chain, code) if options["json"] else "\n".join(_in_words(chain, code)))
        if code:
            raise SystemExit(code)


def _judge(chain: Chain) -> int:
    if chain.broken:
        return BROKEN
    return UNPROVED if chain.unproved else WHOLE


def _as_json(chain: Chain, code: int) -> str:
    return json.dumps({"state": ("whole", "broken", "unproved")[code], **asdict(chain)}, default=str)


def _in_words(chain: Chain, code: int) -> list[str]:
    lines = list(chain.lines)
    if chain.broken > len(lines):
        lines.append(f"… and {chain.broken - len(lines)} more")
    if chain.unproved:
        lines.append(f"No key that is configured signed the last {chain.unproved} seals: put the old key back to check")
    if chain.unsealed_since:
        age = timesince(chain.unsealed_since, now(), depth=1)
        lines.append(f"{chain.unsealed} entries are not sealed yet, the oldest for {age}")
    lines.append(f"{chain.seals} seals, head {chain.number} {chain.hash or '–'}")
    verdict = ("The audit log is whole", f"{chain.broken} faults: the audit log was tampered with", "Not proved")
    return [*lines, verdict[code]]
