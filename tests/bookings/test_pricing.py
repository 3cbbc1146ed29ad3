"""What a term is and what it costs. Pure functions, so hypothesis may be generous."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.enums import TenureUnit
from bookings.services.pricing import (
    MAX_DAYS,
    MAX_MONTHS,
    MAX_QUANTITY,
    Term,
    last_day,
    plan_term,
    tenure_words,
    total_price,
)
from flashspace.base.clock import add_months, months_between
from flashspace.base.errors import Invalid

TODAY = date(2026, 1, 8)
MONTHS, DAYS = TenureUnit.MONTHS, TenureUnit.DAYS

starts = st.dates(TODAY, date(2030, 12, 31))
months = st.integers(1, MAX_MONTHS)
days = st.integers(1, MAX_DAYS)
amounts = st.decimals("0.01", "99999.99", places=2)


@pytest.mark.parametrize(
    ("period", "asked", "term"),
    [
        ("month", {"tenure": 12}, Term(date(2026, 1, 10), date(2027, 1, 10), 12, MONTHS)),
        ("month", {"end_date": date(2027, 1, 10)}, Term(date(2026, 1, 10), date(2027, 1, 10), 12, MONTHS)),
        ("month", {"end_date": date(2027, 1, 11)}, Term(date(2026, 1, 10), date(2027, 1, 11), 13, MONTHS)),
        ("month", {"end_date": date(2026, 1, 11)}, Term(date(2026, 1, 10), date(2026, 1, 11), 1, MONTHS)),
        ("month", {"end_date": date(2026, 3, 10), "tenure": 2}, Term(date(2026, 1, 10), date(2026, 3, 10), 2, MONTHS)),
        ("month", {}, Term(date(2026, 1, 10), date(2026, 2, 10), 1, MONTHS)),
        ("day", {}, Term(date(2026, 1, 10), date(2026, 1, 11), 1, DAYS)),
        ("day", {"end_date": date(2026, 1, 10)}, Term(date(2026, 1, 10), date(2026, 1, 11), 1, DAYS)),
        ("day", {"end_date": date(2026, 1, 12)}, Term(date(2026, 1, 10), date(2026, 1, 13), 3, DAYS)),
    ],
)
def test_plan_term_reads_what_a_customer_asks_for(period: str, asked: dict, term: Term) -> None:
    assert plan_term(period=period, start_on=date(2026, 1, 10), today=TODAY, **asked) == term


def test_plan_term_of_the_31st_ends_with_the_shorter_month() -> None:
    term = plan_term(period="month", start_on=date(2026, 1, 31), tenure=1, today=TODAY)
    assert term == Term(date(2026, 1, 31), date(2026, 2, 28), 1, MONTHS)


@pytest.mark.parametrize(
    ("period", "asked", "field"),
    [
        ("month", {"tenure": 0}, "tenure"),
        ("month", {"tenure": -1}, "tenure"),
        ("month", {"tenure": MAX_MONTHS + 1}, "tenure"),
        ("month", {"tenure": 10**9}, "tenure"),
        ("month", {"end_date": date(2026, 1, 10)}, "end_date"),
        ("month", {"end_date": date(2026, 1, 9)}, "end_date"),
        ("month", {"end_date": date(9999, 12, 31)}, "end_date"),
        ("month", {"end_date": date(2026, 3, 10), "tenure": 3}, "tenure"),
        ("day", {"end_date": date(2026, 1, 9)}, "end_date"),
        ("day", {"end_date": date(9999, 12, 31)}, "end_date"),
        ("day", {"tenure": 1}, "tenure"),
    ],
)
def test_plan_term_refuses_what_is_no_term(period: str, asked: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan_term(period=period, start_on=date(2026, 1, 10), today=TODAY, **asked)
    assert refused.value.field == field


@pytest.mark.parametrize("start_on", [date(1, 1, 1), date(2025, 1, 6), date(2031, 1, 9), date(9999, 12, 31)])
def test_plan_term_refuses_absurd_starts(start_on: date) -> None:
    with pytest.raises(Invalid) as refused:
        plan_term(period="month", start_on=start_on, tenure=24, today=TODAY)
    assert refused.value.field == "start_date"


@pytest.mark.parametrize("start_on", [date(2025, 1, 7), date(2031, 1, 8)])
def test_plan_term_takes_a_year_back_and_five_ahead(start_on: date) -> None:
    assert plan_term(period="month", start_on=start_on, tenure=24, today=TODAY).start_on == start_on


@pytest.mark.parametrize(
    ("asked", "field"), [({"tenure": 1}, "start_date"), ({"end_date": date(2026, 1, 8)}, "end_date")]
)
def test_plan_term_that_is_over_already_is_refused(asked: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan_term(period="month", start_on=date(2025, 12, 8), today=TODAY, **asked)
    assert refused.value.field == field


@given(start=starts, tenure=months)
def test_a_term_by_tenure_and_by_its_end_are_the_same(start: date, tenure: int) -> None:
    by_tenure = plan_term(period="month", start_on=start, tenure=tenure, today=TODAY)
    assert plan_term(period="month", start_on=start, end_date=by_tenure.end_on, today=TODAY) == by_tenure


@given(start=starts, tenure=st.integers(1, MAX_MONTHS - 1), extra=st.integers(1, 27))
def test_a_begun_month_counts_whole(start: date, tenure: int, extra: int) -> None:
    end = add_months(start, tenure) + timedelta(days=extra)
    term = plan_term(period="month", start_on=start, end_date=end, today=TODAY)
    assert term.tenure == tenure + 1
    assert term.end_on == end
    assert add_months(start, term.tenure) >= end > add_months(start, term.tenure - 1)


@given(start=starts, count=days)
def test_days_count_first_and_last(start: date, count: int) -> None:
    last = start + timedelta(days=count - 1)
    term = plan_term(period="day", start_on=start, end_date=last, today=TODAY)
    assert (term.tenure, term.end_on - term.start_on) == (count, timedelta(days=count))
    assert last_day(term.end_on, term.unit) == last


@given(start=starts, tenure=months)
def test_months_between_is_the_inverse_of_adding_months(start: date, tenure: int) -> None:
    assert months_between(start, add_months(start, tenure)) == tenure


@given(amount=amounts, quantity=st.integers(1, MAX_QUANTITY), tenure=months)
def test_total_price_is_exact_and_grows_with_each_factor(amount: Decimal, quantity: int, tenure: int) -> None:
    total = total_price(amount=amount, quantity=quantity, tenure=tenure)
    assert total == amount * quantity * tenure
    assert total >= total_price(amount=amount, quantity=1, tenure=1) == amount
    assert total == total_price(amount=amount, quantity=1, tenure=tenure) * quantity


@pytest.mark.parametrize("quantity", [0, -1, MAX_QUANTITY + 1, 10**9])
def test_total_price_refuses_absurd_quantities(quantity: int) -> None:
    with pytest.raises(Invalid) as refused:
        total_price(amount=Decimal(1), quantity=quantity, tenure=1)
    assert refused.value.field == "quantity"


def test_total_price_refuses_what_the_column_cannot_hold() -> None:
    with pytest.raises(Invalid) as refused:
        total_price(amount=Decimal("9999999999.99"), quantity=2, tenure=1)
    assert refused.value.field == "quantity"


@pytest.mark.parametrize(
    ("tenure", "unit", "words"),
    [
        (12, MONTHS, "1 Year"),
        (24, MONTHS, "2 Years"),
        (1, MONTHS, "1 Month"),
        (18, MONTHS, "18 Months"),
        (1, DAYS, "1 Day"),
        (12, DAYS, "12 Days"),
    ],
)
def test_tenure_words(tenure: int, unit: str, words: str) -> None:
    assert tenure_words(tenure, unit) == words
