"""Indian days. Instants are UTC; days, years and expiries are Asia/Kolkata."""

import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

INDIA = ZoneInfo("Asia/Kolkata")


_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    return _pretended.get() or timezone.now()


@contextmanager
def pretend(at: datetime) -> Iterator[None]:
    """Let services believe that it is `at`: demo data and simulations live through months in a second."""
    token = _pretended.set(at)
    try:
        yield
    finally:
        _pretended.reset(token)


def india_date(at: datetime) -> date:
    return at.astimezone(INDIA).date()


def today(at: datetime | None = None) -> date:
    """The calendar day in India, now or at an instant."""
    return india_date(at or now())


def start_of(day: date) -> datetime:
    """The instant at which `day` begins in India."""
    return datetime.combine(day, time.min, tzinfo=INDIA).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day `months` later; 31 January and one month is the last of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_between(start: date, end: date) -> int:
    """How many months from `start` to `end`, a begun month counting whole. 0 when `end` is not after `start`."""
    if end <= start:
        return 0
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) >= end else months + 1


def parse_at(text: str) -> datetime:
    """An instant from a command line: ISO date or date and time, Indian time unless an offset is given.

    Raises ValueError.
    """
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=INDIA)
