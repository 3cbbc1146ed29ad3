"""How values look on the wire: instants, business dates, numbers, names. Pure."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache


def iso_millis(at: datetime) -> str:
    """2026-01-05T10:00:00.000Z"""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def business_date(day: date) -> str:
    """A day as the documents write it: midnight with a Z, whatever the zone."""
    return f"{day:%Y-%m-%d}T00:00:00.000Z"


def json_number(amount: Decimal) -> int | float:
    """15000 for 15000.00, 4999.5 for 4999.50. Raises ValueError for what JSON cannot say."""
    if not amount.is_finite():
        raise ValueError("not a finite number")
    return int(amount) if amount == amount.to_integral_value() else float(amount)


@lru_cache(maxsize=2048)
def camel_case(name: str) -> str:
    """full_name is fullName; a leading underscore stays (_id)."""
    bare = name.lstrip("_")
    head, *rest = bare.split("_")
    return name[: len(name) - len(bare)] + head + "".join(word[:1].upper() + word[1:] for word in rest)
