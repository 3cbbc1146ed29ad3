from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashspace.base import clock
from flashspace.base.clock import add_months, india_date, months_between, parse_at, start_of


def test_day_turns_at_midnight_in_india():
    assert india_date(datetime(2026, 3, 31, 18, 29, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert india_date(datetime(2026, 3, 31, 18, 30, tzinfo=UTC)) == date(2026, 4, 1)
    assert start_of(date(2026, 4, 1)) == datetime(2026, 3, 31, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 10), 12, date(2027, 1, 10)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_add_months_keeps_the_day_or_takes_the_last(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 1, 10), date(2027, 1, 10), 12),
        (date(2026, 1, 10), date(2026, 2, 11), 2),
        (date(2026, 1, 10), date(2026, 1, 11), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 10), date(2026, 1, 10), 0),
    ],
)
def test_months_between_counts_begun_months_whole(start, end, expected):
    assert months_between(start, end) == expected


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
def test_months_between_undoes_add_months(day, months):
    assert months_between(day, add_months(day, months)) == months


def test_parse_at_takes_indian_time_unless_an_offset_is_given():
    assert parse_at("2026-04-01").astimezone(UTC) == datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
    assert parse_at("2026-04-01T00:00:00+00:00") == datetime(2026, 4, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="tomorrow"):
        parse_at("tomorrow")


def test_services_can_live_at_another_time():
    before = clock.now()
    with clock.pretend(datetime(2026, 4, 1, tzinfo=UTC)):
        assert clock.now() == datetime(2026, 4, 1, tzinfo=UTC)
        assert clock.today() == date(2026, 4, 1)
    assert clock.now() >= before
