from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashspace.base.money import Price, format_price, format_rupees, group_digits, parse_price


@pytest.mark.parametrize(
    ("text", "amount", "period"),
    [
        ("₹4,999/month", "4999.00", "month"),
        ("₹1,00,000/year", "100000.00", "year"),
        ("Rs. 499.50 / day", "499.50", "day"),
        ("8999", "8999.00", "month"),
        ("INR 0/month", "0.00", "month"),
    ],
)
def test_parse_price_reads_amount_and_period(text, amount, period):
    assert parse_price(text) == Price(Decimal(amount), period)


@pytest.mark.parametrize(
    "text", ["", "free", "₹", "₹-5/month", "₹4,99/month", "₹1e3", "₹4999/fortnight", "₹9" + "9" * 12, "४९९९"]
)
def test_parse_price_refuses_what_is_no_price(text):
    with pytest.raises(ValueError, match="not a price"):
        parse_price(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1,000"), (123456, "1,23,456"), (12345678, "1,23,45,678"), (-1000, "-1,000")],
)
def test_digits_are_grouped_the_indian_way(number, text):
    assert group_digits(number) == text


@pytest.mark.parametrize(
    ("amount", "text"), [("15000", "₹15,000"), ("0.5", "₹0.50"), ("-1234.5", "-₹1,234.50"), ("99.999", "₹100")]
)
def test_rupees_show_paise_only_where_there_are_any(amount, text):
    assert format_rupees(Decimal(amount)) == text


@given(st.integers(0, 10**9), st.sampled_from(["month", "day", "year"]))
def test_price_survives_the_wire(paise, period):
    price = Price((Decimal(paise) / 100).quantize(Decimal("0.01")), period)
    assert parse_price(format_price(price)) == price
