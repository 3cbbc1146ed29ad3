"""Strict types. `forms` says what a multipart form, which knows only text, may write."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Field

from flashspace.base.money import Price
from flashspace.dialects import fields
from flashspace.dialects.fields import In

ID = "0190163d-8694-739b-aea5-966c26f8ad91"
INT = fields.IntegerField()
MONEY = fields.NumberField()
POINT = fields.NumberField(max_digits=9, decimal_places=6)
FLAG = fields.BooleanField()
TEXT = fields.TextField(max_length=10)
LONG = fields.TextField(multiline=True)
MAIL = fields.EmailField()
WORD = fields.ChoiceField(["small", "large"])
MANY = fields.ListField(child=fields.TextField(), max_length=2)
URL = fields.HttpsUrlField()
PRICE = fields.PriceTextField()
DAY = fields.DateField()
INSTANT = fields.IsoMillisField()
KEY = fields.PublicIdField()
PASSWORD = fields.PasswordField()

GOOD: list[tuple[Field[Any, Any, Any, Any], Any, Any]] = [
    (INT, 5, 5),
    (INT, 5.0, 5),
    (INT, -1, -1),
    (MONEY, 5, Decimal("5.00")),
    (MONEY, 0.1, Decimal("0.10")),
    (MONEY, 4999.5, Decimal("4999.50")),
    (POINT, 19.1136, Decimal("19.113600")),
    (FLAG, True, True),
    (FLAG, False, False),
    (TEXT, "  x ", "x"),
    (LONG, "a\r\nb\tc", "a\r\nb\tc"),
    (TEXT, "नमस्ते", "नमस्ते"),
    (TEXT, "\u0d28\u0d4d\u200d", "\u0d28\u0d4d\u200d"),  # a joiner that Malayalam needs
    (LONG, "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    (MAIL, " User@Example.COM ", "user@example.com"),
    (MAIL, "ｕser@example.com", "user@example.com"),
    (WORD, "small", "small"),
    (MANY, ["a", "b"], ["a", "b"]),
    (MANY, [], []),
    (URL, "https://storage.example.com/pan-card.pdf?x=1#y", "https://storage.example.com/pan-card.pdf?x=1#y"),
    (URL, "https://example.com:8443/a", "https://example.com:8443/a"),
    (PRICE, "₹4,999/month", Price(Decimal("4999.00"), "month")),
    (PRICE, "₹500/day", Price(Decimal("500.00"), "day")),
    (DAY, "2026-01-10", date(2026, 1, 10)),
    (DAY, "2026-01-10T00:00:00.000Z", date(2026, 1, 10)),
    (DAY, "2026-01-10T20:00:00Z", date(2026, 1, 11)),
    (DAY, "2026-01-10T10:00:00", date(2026, 1, 10)),
    (INSTANT, "2026-01-05T10:00:00.000Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
    (KEY, ID, uuid.UUID(ID)),
    (KEY, ID.upper(), uuid.UUID(ID)),
    (PASSWORD, " with spaces ", " with spaces "),
]
BAD: list[tuple[Field[Any, Any, Any, Any], Any]] = [
    *((INT, value) for value in (True, False, "5", "x", [5], {}, 5.5, 2**31, -(2**31) - 1, "", None)),
    *((MONEY, value) for value in (True, "5", "x", [5], {}, 0.001, 10**11, 1e300, None)),
    *((FLAG, value) for value in (1, 0, "true", "", [True], None)),
    *((TEXT, value) for value in (5, 5.5, True, ["x"], {"a": 1}, "", "   ", "x" * 11, None)),
    *(
        (TEXT, f"a{odd}b")
        for odd in (
            "\n",
            "\t",
            "\r",
            "\x85",
            "\u2028",
            "\u2066",
            "\0",
            "\x07",
            "\x7f",
            "\u202e",
            "\u200b",
            "\ufeff",
            "\ud800",
        )
    ),
    *((LONG, value) for value in ("a\0b", "a\x08b", "x" * 5001)),
    *(
        (MAIL, value)
        for value in ("invalid-email", "a@b", "@example.com", "a b@example.com", "a@example.com\n.x", 5, "")
    ),
    (MAIL, "x" * 250 + "@example.com"),
    *((WORD, value) for value in ("Small", "medium", "", 5, ["small"], True, {"small": 1}, None)),
    *((MANY, value) for value in ("ab", {"a": 1}, ["a", 5], ["a", "b", "c"], [["a"]], 5, None)),
    *(
        (PRICE, value)
        for value in (4999, "4999 per month", "free", "₹-5/month", "", "₹4,999/fortnight", "₹" + "9" * 30)
    ),
    *(
        (DAY, value)
        for value in ("2026-13-01", "2026-02-30", "10/01/2026", "", 20260110, "0000-01-01", "tomorrow", None)
    ),
    (DAY, "0001-01-01T00:30:00+23:00"),
    (DAY, "٢٠٢٦-٠١-٠١"),
    *((INSTANT, value) for value in ("yesterday", 5, "", None)),
    *((KEY, value) for value in ("abc", f"{{{ID}}}", ID.replace("-", ""), f"urn:uuid:{ID}", f"{ID}\n", 5, "", None)),
    *((PASSWORD, value) for value in ("x" * 129, 5, "", "a\0b", None)),
]
HOSTILE_URLS = [
    "http://example.com/a",
    "HTTP://example.com",
    "ftp://example.com",
    "file:///etc/passwd",
    "gopher://example.com",
    "javascript:alert(1)",
    "data:text/html,x",
    "//example.com/a",
    "example.com/a",
    "https:example.com",
    "https:///a",
    "https://",
    "https://user@example.com",
    "https://user:pw@example.com",
    "https://example.com@evil.example",
    "https://example.com\\@evil.example",
    "https:\\\\example.com",
    "https://example.com/a\\b",
    "https://exa mple.com",
    "https://example.com/a b",
    "https://example.com/\tx",
    "https://example.com:99999/",
    "https://example.com:port/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://localhost/",
    "https://127/",
    "https://exämple.com/",
    "https://example.com。evil.example/",
    "https://-example.com/",
    "https://%65xample.com/",
    "https://" + "a" * 300 + ".com/",
]
FORMS: list[tuple[Field[Any, Any, Any, Any], str, Any]] = [
    (INT, "5", 5),
    (MONEY, "2500.50", Decimal("2500.50")),
    (FLAG, "true", True),
    (FLAG, "0", False),
    (TEXT, "x", "x"),
]
BAD_FORMS: list[tuple[Field[Any, Any, Any, Any], str]] = [
    (INT, "5.5"),
    (INT, "1e3"),
    (INT, "٥"),
    (INT, "9" * 30),
    (MONEY, "NaN"),
    (MONEY, "x"),
    (MONEY, "Infinity"),
    (MONEY, "1e9999"),
    (FLAG, "yes"),
]


def reading(field: Field[Any, Any, Any, Any]) -> type[In]:
    return type("FieldIn", (In,), {"value": field})


@pytest.mark.parametrize(("field", "given", "value"), GOOD)
def test_value_is_taken(field: Field[Any, Any, Any, Any], given: Any, value: Any) -> None:
    assert reading(field).parse({"value": given}) == {"value": value}


@pytest.mark.parametrize(("field", "given"), BAD, ids=lambda one: repr(one)[:60])
def test_value_of_another_type_or_range_is_refused(field: Field[Any, Any, Any, Any], given: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        reading(field).parse({"value": given})

    assert list(caught.value.detail) == ["value"]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_url_that_is_not_plain_https_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        reading(URL).parse({"value": url})


@pytest.mark.parametrize(("field", "given", "value"), FORMS)
def test_form_writes_numbers_and_flags_as_text(field: Field[Any, Any, Any, Any], given: str, value: Any) -> None:
    form = QueryDict(mutable=True)
    form["value"] = given

    assert reading(field).parse(form) == {"value": value}


@pytest.mark.parametrize(("field", "given"), BAD_FORMS)
def test_form_with_a_wrong_text_is_refused(field: Field[Any, Any, Any, Any], given: str) -> None:
    form = QueryDict(mutable=True)
    form["value"] = given

    with pytest.raises(ValidationError):
        reading(field).parse(form)


@pytest.mark.parametrize(
    ("field", "value", "wire"),
    [
        (fields.IsoMillisField(), datetime(2026, 1, 5, 10, tzinfo=UTC), "2026-01-05T10:00:00.000Z"),
        (fields.BusinessDateField(), date(2026, 1, 10), "2026-01-10T00:00:00.000Z"),
        (fields.DateField(), date(2026, 1, 10), "2026-01-10"),
        (fields.PriceTextField(), Price(Decimal(4999), "month"), "₹4,999/month"),
        (fields.NumberField(), Decimal("15000.00"), 15000),
    ],
)
def test_value_is_shown(field: Field[Any, Any, Any, Any], value: Any, wire: Any) -> None:
    assert field.to_representation(value) == wire


def test_price_text_comes_back_as_it_was_sent() -> None:
    price = reading(PRICE).parse({"value": "₹12,34,567/year"})["value"]

    assert PRICE.to_representation(price) == "₹12,34,567/year"
