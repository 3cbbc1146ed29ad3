from datetime import date

import pytest

from flashspace.base.periods import Span, Unit
from flashspace.dashboard.ranges import MOST_DAYS, choose

TODAY = date(2026, 11, 21)
YEAR = Span(date(2025, 12, 1), TODAY)


@pytest.mark.parametrize(
    ("given", "span"),
    [
        ({}, YEAR),
        ({"range": "year"}, YEAR),
        ({"range": "7d"}, Span(date(2026, 11, 15), TODAY)),
        ({"range": "30d"}, Span(date(2026, 10, 23), TODAY)),
        ({"range": "month"}, Span(date(2026, 11, 1), TODAY)),
        ({"range": "last-month"}, Span(date(2026, 10, 1), date(2026, 10, 31))),
        ({"range": "fy"}, Span(date(2026, 4, 1), TODAY)),
        ({"range": "custom", "from": "2026-01-05", "to": "2026-02-07"}, Span(date(2026, 1, 5), date(2026, 2, 7))),
        ({"from": "2026-01-05", "to": "2026-01-05"}, Span(date(2026, 1, 5), date(2026, 1, 5))),
        ({"from": "2026-11-01"}, Span(date(2026, 11, 1), TODAY)),
        ({"from": "05/01/2026", "to": "7/2/2026"}, Span(date(2026, 1, 5), date(2026, 2, 7))),
        ({"from": "2026-11-01", "to": "2099-01-01"}, Span(date(2026, 11, 1), TODAY)),
    ],
)
def test_range_is_the_days_it_names(given: dict[str, str], span: Span) -> None:
    choice = choose(given, TODAY)
    assert (choice.span, choice.notice) == (span, "")


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2027, 1, 1)])
def test_financial_year_begins_in_april(day: date) -> None:
    assert choose({"range": "fy"}, day).span == Span(date(day.year - 1, 4, 1), day)


@pytest.mark.parametrize(
    "given",
    [
        {"range": "week"},
        {"range": "custom"},
        {"range": "custom", "from": "yesterday", "to": "today"},
        {"from": "2026-02-30", "to": "2026-03-01"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "01/13/2026", "to": "02/13/2026"},
        {"from": "१/१/२०२६", "to": "01/03/2026"},
        {"from": "2026-11-22", "to": "2026-11-23"},
        {"from": "0001-01-01", "to": "0001-01-02"},
        {"to": "2026-03-01"},
        {"range": "' OR 1=1 --"},
        {"from": "९-१-१", "to": "2026-03-01"},
    ],
)
def test_bad_range_is_the_last_twelve_months_and_says_so(given: dict[str, str]) -> None:
    choice = choose(given, TODAY)
    assert choice.span == YEAR
    assert choice.notice.endswith("here are the last twelve months.")


def test_long_range_is_cut_to_its_last_three_years() -> None:
    choice = choose({"from": "2001-01-01", "to": "2026-11-20"}, TODAY)
    assert (choice.span.last_on, choice.span.days) == (date(2026, 11, 20), MOST_DAYS)
    assert choice.notice


@pytest.mark.parametrize(
    ("span", "unit", "parts"),
    [
        (Span(date(2026, 10, 22), TODAY), Unit.DAY, 31),
        (Span(date(2026, 10, 21), TODAY), Unit.WEEK, 5),
        (Span(date(2026, 7, 25), TODAY), Unit.WEEK, 18),
        (YEAR, Unit.MONTH, 12),
    ],
)
def test_span_is_cut_into_few_parts(span: Span, unit: Unit, parts: int) -> None:
    assert (span.unit, len(list(span.parts(unit)))) == (unit, parts)


@pytest.mark.parametrize("unit", list(Unit))
def test_parts_are_the_whole_span_once(unit: Unit) -> None:
    parts = [part for _, part in YEAR.parts(unit)]
    assert (parts[0].first_on, parts[-1].last_on) == (YEAR.first_on, YEAR.last_on)
    assert sum(part.days for part in parts) == YEAR.days
