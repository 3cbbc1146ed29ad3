"""The days that the dashboard looks at. Whatever stands in the address, it is days in the end."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flashspace.base.clock import add_months
from flashspace.base.periods import DAY, Span

MOST_DAYS = 3 * 366
EARLIEST = date(2000, 1, 1)
APRIL = 4
INDIAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
DEFAULT, CUSTOM = "year", "custom"


@dataclass(frozen=True)
class Preset:
    title: str
    span: Callable[[date], Span]


def _last_days(count: int) -> Callable[[date], Span]:
    return lambda today: Span(today - timedelta(days=count - 1), today)


def _last_month(today: date) -> Span:
    first = today.replace(day=1)
    return Span(add_months(first, -1), first - DAY)


def _financial_year(today: date) -> Span:
    return Span(date(today.year if today.month >= APRIL else today.year - 1, APRIL, 1), today)


PRESETS: Mapping[str, Preset] = {
    "7d": Preset("7 days", _last_days(7)),
    "30d": Preset("30 days", _last_days(30)),
    "month": Preset("This month", lambda today: Span(today.replace(day=1), today)),
    "last-month": Preset("Last month", _last_month),
    "fy": Preset("Financial year", _financial_year),
    DEFAULT: Preset("12 months", lambda today: Span(add_months(today.replace(day=1), -11), today)),
}


@dataclass(frozen=True)
class Choice:
    """`notice` says what of the address was not taken as it stands."""

    name: str
    span: Span
    notice: str = ""


def choose(given: Mapping[str, str], today: date) -> Choice:
    """The days that `range`, `from` and `to` of the address mean."""
    name = given.get("range") or (CUSTOM if given.get("from") or given.get("to") else DEFAULT)
    if name in PRESETS:
        return Choice(name, PRESETS[name].span(today))
    if name != CUSTOM:
        return _default(today, "There is no such range")
    try:
        first = read_day(given.get("from") or "")
        last = min(read_day(given.get("to") or today.isoformat()), today)
    except ValueError:
        return _default(today, "These are not two days")
    if not EARLIEST <= first <= last:
        return _default(today, "The first day lies after the last, or too far away")
    if (last - first).days >= MOST_DAYS:
        first = last - timedelta(days=MOST_DAYS - 1)
        return Choice(CUSTOM, Span(first, last), "Three years are the most; these are the last of them")
    return Choice(CUSTOM, Span(first, last))


def read_day(text: str) -> date:
    """As people write a day in India, 21/11/2026, or as addresses have it, 2026-11-21. Raises ValueError."""
    written = INDIAN.fullmatch(text.strip())
    if written is None:
        return date.fromisoformat(text)
    day, month, year = (int(part) for part in written.groups())
    return date(year, month, day)


def _default(today: date, problem: str) -> Choice:
    return Choice(DEFAULT, PRESETS[DEFAULT].span(today), f"{problem}; here are the last twelve months.")
