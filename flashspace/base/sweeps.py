"""Work on a clock: find what is due, do it row by row. The beat and a command are two doors to the same sweep."""

import logging
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from flashspace.base.clock import INDIA, now, parse_at

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sweep:
    """`find(at)` lists the ids of rows that are due.

    `apply(id, at)` locks one, looks again and acts; False if it was not due any more.
    """

    name: str
    find: Callable[[datetime], Iterable[UUID]]
    apply: Callable[[UUID, datetime], bool]


@dataclass
class SweepResult:
    done: list[UUID] = field(default_factory=list)
    skipped: list[UUID] = field(default_factory=list)
    failed: list[UUID] = field(default_factory=list)


def run_sweep(sweep: Sweep, *, at: datetime, tell: Callable[[str], None] | None = None) -> SweepResult:
    """Apply `sweep` to every row that is due. A row that fails is logged and left for the next run."""
    result = SweepResult()
    for count, row in enumerate(list(sweep.find(at)), start=1):
        try:
            (result.done if sweep.apply(row, at) else result.skipped).append(row)
        except Exception:
            log.exception("%s failed for %s", sweep.name, row)
            result.failed.append(row)
        if tell and count % 100 == 0:
            tell(f"{sweep.name}: {count} looked at")
    return result


def instant(text: str) -> datetime:
    try:
        return parse_at(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date or a date and time") from error


class SweepCommand(BaseCommand):
    """A command over a sweep. `--dry-run` lists what is due and changes nothing; `--at` says when it is."""

    sweep: Sweep

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list what is due and change nothing")
        parser.add_argument(
            "--at", type=instant, default=None, help="as if it were then; Indian time unless an offset is given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at: datetime = options["at"] or now()
        when = at.astimezone(INDIA).strftime("%Y-%m-%d %H:%M:%S IST")
        if options["dry_run"]:
            due = list(self.sweep.find(at))
            for row in due:
                self.stdout.write(str(row))
            self.stdout.write(f"{self.sweep.name}: {len(due)} due at {when}; nothing changed")
            return
        result = run_sweep(self.sweep, at=at, tell=self.stdout.write)
        self.stdout.write(
            f"{self.sweep.name}: {len(result.done)} done, {len(result.skipped)} no longer due, "
            f"{len(result.failed)} failed at {when}"
        )
        if result.failed:
            raise SystemExit(1)
