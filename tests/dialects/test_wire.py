from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from flashspace.dialects.wire import business_date, camel_case, iso_millis, json_number

INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 1, 5, 10, tzinfo=UTC), "2026-01-05T10:00:00.000Z"),
        (datetime(2026, 1, 5, 10, 0, 0, 999_999, tzinfo=UTC), "2026-01-05T10:00:00.999Z"),
        (datetime(2026, 1, 1, 2, tzinfo=INDIA), "2025-12-31T20:30:00.000Z"),
    ],
)
def test_instant_is_utc_with_milliseconds(at: datetime, text: str) -> None:
    assert iso_millis(at) == text


def test_business_date_is_midnight() -> None:
    assert business_date(date(2026, 1, 10)) == "2026-01-10T00:00:00.000Z"


@pytest.mark.parametrize(
    ("amount", "number"), [("15000.00", 15000), ("4999.50", 4999.5), ("0.10", 0.1), ("-3", -3), ("19.113600", 19.1136)]
)
def test_amount_is_a_plain_number(amount: str, number: float) -> None:
    found = json_number(Decimal(amount))

    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_json_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        json_number(Decimal(text))


@pytest.mark.parametrize(
    ("name", "camel"),
    [
        ("full_name", "fullName"),
        ("_id", "_id"),
        ("gst_plan_price", "gstPlanPrice"),
        ("email", "email"),
        ("is_on", "isOn"),
    ],
)
def test_name_is_camel_case(name: str, camel: str) -> None:
    assert camel_case(name) == camel
