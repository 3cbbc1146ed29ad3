"""Coliving: the facts of a stay on which exemption and rate hang."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

EXEMPT_PERSON_MONTH = Decimal(20_000)
EXEMPT_DAYS = 90
UNIT_DAY_LIMIT = Decimal(7_500)


@dataclass(frozen=True)
class Stay:
    """One continuous stay. Prices are those of the catalogue, as paid, with whatever tax they hold."""

    days: int
    per_person_month: Decimal
    per_unit_day: Decimal

    @classmethod
    def monthly(cls, *, price: Decimal, persons: int, start_on: date, end_on: date) -> "Stay":
        """A unit let at `price` a month to `persons`, from `start_on` up to, not including, `end_on`."""
        return cls((end_on - start_on).days, price / persons, price * 12 / 365)

    @classmethod
    def daily(cls, *, price: Decimal, persons: int, start_on: date, end_on: date) -> "Stay":
        """A unit let at `price` a day."""
        return cls((end_on - start_on).days, price * 365 / 12 / persons, price)


def is_exempt_stay(stay: Stay, _rate: Decimal) -> bool:
    """Entry 12A of notification 12/2017: both limits inclusive.

    The value of an exempt supply is its price, so the price is tested: 21,000 does not become 20,000 by taking
    5 % out of it, for without the tax it would be 21,000 again.
    """
    return stay.per_person_month <= EXEMPT_PERSON_MONTH and stay.days >= EXEMPT_DAYS


def is_modest_unit(stay: Stay, rate: Decimal) -> bool:
    """At most 7,500 a day *of value*, and the value is what remains of the price when this rate is taken out."""
    return stay.per_unit_day * 100 / (100 + rate) <= UNIT_DAY_LIMIT


def is_costly_unit(stay: Stay, _rate: Decimal) -> bool:
    """Above 7,500 a day by price. Asked after the lower rate: between 7,875 and 8,850 no reading is free of
    contradiction (at 5 % the value is above the limit, at 18 % below it), and the higher tax is the safe one."""
    return stay.per_unit_day > UNIT_DAY_LIMIT


# The column `exemption_condition` of data/gst_rules.csv is prose; this is what it says, row by row.
STAY_TESTS: dict[str, Callable[[Stay, Decimal], bool]] = {
    "G066": is_exempt_stay,
    "G067": is_exempt_stay,
    "G068": is_exempt_stay,
    "G069": is_exempt_stay,
    "G070": is_modest_unit,
    "G071": is_modest_unit,
    "G072": is_modest_unit,
    "G073": is_modest_unit,
    "G074": is_modest_unit,
    "G075": is_modest_unit,
    "G076": is_costly_unit,
    "G077": is_costly_unit,
    "G078": is_costly_unit,
}
