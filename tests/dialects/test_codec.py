import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from flashspace.dialects.codec import accepts, dump_json


class Status(TextChoices):
    ACTIVE = "active"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": None, "b": True}, b'{"a":null,"b":true}'),
        (datetime(2026, 1, 5, 10, tzinfo=UTC), b'"2026-01-05T10:00:00.000Z"'),
        (date(2026, 1, 5), b'"2026-01-05"'),
        (Decimal("15000.00"), b"15000"),
        (Decimal("0.10"), b"0.1"),
        (uuid.UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (Status.ACTIVE, b'"active"'),
        ({2: "x"}, b'{"2":"x"}'),
        (gettext_lazy("Later"), b'"Later"'),
        ("₹", '"₹"'.encode()),
    ],
)
def test_value_has_its_form_on_the_wire(value: Any, text: bytes) -> None:
    assert dump_json(value) == text


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes"])
def test_value_without_a_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        dump_json(value)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("*/*", True),
        ("application/json", True),
        ("application/*", True),
        ("text/html, application/xhtml+xml, */*;q=0.8", True),
        ("Application/JSON; q=0.9", True),
        ("text/html", False),
        ("application/jsonx", False),
        ("nonsense", False),
    ],
)
def test_accept_header_is_understood(header: str, taken: bool) -> None:
    assert accepts(header, "application/json") is taken
