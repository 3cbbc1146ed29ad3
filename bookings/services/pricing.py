"""What a booking costs and how long it lasts. Pure: no clock, no database.

Days are stored half-open. Months count whole as soon as they begin; days count first and last included.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bookings.enums import TenureUnit
from flashspace.base.clock import add_months, months_between
from flashspace.base.errors import Invalid
from listings.enums import Period

MAX_MONTHS = 120
MAX_DAYS = 3650
MAX_QUANTITY = 1000
MAX_TOTAL = Decimal("9999999999.99")  # what the column holds
MAX_START_AGE_DAYS = 366
MAX_YEARS_AHEAD = 5


@dataclass(frozen=True)
class Term:
    """From `start_on` to the day before `end_on`; `tenure` is the number of `unit`s that are paid."""

    start_on: date
    end_on: date
    tenure: int
    unit: TenureUnit


def plan_term(
    *, period: str, start_on: date, today: date, end_date: date | None = None, tenure: int | None = None
) -> Term:
    """The term of a plan that is priced by `period`, from what a customer asks for.

    `end_date` is the first day after a term of months, and the last day of one of days. `tenure` is in months; without
    either, a term is one month or one day. It may have begun within the last year if it is not over, and begins within
    five. Raises Invalid with the field at fault.
    """
    if start_on < today - timedelta(days=MAX_START_AGE_DAYS):
        raise Invalid("Must not lie in the past", field="start_date")
    if start_on > add_months(today, 12 * MAX_YEARS_AHEAD):
        raise Invalid(f"Must be within {MAX_YEARS_AHEAD} years", field="start_date")
    read = _days_term if period == Period.DAY else _months_term
    term = read(start_on, end_date, tenure)
    if term.end_on <= today:
        raise Invalid("It would be over already", field="start_date" if end_date is None else "end_date")
    return term


def _months_term(start_on: date, end_date: date | None, tenure: int | None) -> Term:
    if end_date is None:
        months = 1 if tenure is None else tenure
        if not 1 <= months <= MAX_MONTHS:
            raise Invalid(f"Must be from 1 to {MAX_MONTHS} months", field="tenure")
        return Term(start_on, add_months(start_on, months), months, TenureUnit.MONTHS)
    months = months_between(start_on, end_date)
    if not 1 <= months <= MAX_MONTHS:
        raise Invalid(f"Must be after the start, by at most {MAX_MONTHS} months", field="end_date")
    if tenure is not None and tenure != months:
        raise Invalid(f"From start to end it is {months} months", field="tenure")
    return Term(start_on, end_date, months, TenureUnit.MONTHS)


def _days_term(start_on: date, end_date: date | None, tenure: int | None) -> Term:
    if tenure is not None:
        # A tenure is in months: to guess that days are meant would charge somebody thirty times too much or too little.
        raise Invalid("A day booking has an end_date; a tenure is in months", field="tenure")
    last_on = end_date or start_on
    count = (last_on - start_on).days + 1
    if not 1 <= count <= MAX_DAYS:
        raise Invalid(f"Must be the first day or at most {MAX_DAYS - 1} days after it", field="end_date")
    return Term(start_on, last_on + timedelta(days=1), count, TenureUnit.DAYS)


def total_price(*, amount: Decimal, quantity: int, tenure: int) -> Decimal:
    """`amount` is the plan's price of one for one month or day. Raises Invalid."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid(f"Must be from 1 to {MAX_QUANTITY}", field="quantity")
    total = amount * quantity * tenure
    if total > MAX_TOTAL:
        raise Invalid("This is too much for one booking", field="quantity")
    return total


def last_day(end_on: date, unit: str) -> date:
    """The end of a term as people say it: the last day of a day booking, the first day after a term of months."""
    return end_on - timedelta(days=1) if unit == TenureUnit.DAYS else end_on


def tenure_words(tenure: int, unit: str) -> str:
    """`1 Year`, `6 Months`, `1 Day`, as an invoice line says it."""
    name = "Day" if unit == TenureUnit.DAYS else "Month"
    if name == "Month" and tenure % 12 == 0:
        tenure, name = tenure // 12, "Year"
    return f"{tenure} {name}{'' if tenure == 1 else 's'}"
