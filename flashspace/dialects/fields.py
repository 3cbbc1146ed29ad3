"""Serializers and fields with strict types: a bool is no number, a number is no text, a list is no value.

Multipart forms carry only text, so there (`lenient`) a number or a bool may be written as text.
"""

import re
import uuid
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.core.validators import EmailValidator
from rest_framework import serializers

from flashspace.base.clock import india_date
from flashspace.base.money import Price, format_price, parse_price
from flashspace.base.text import normalize_email
from flashspace.dialects.serializers import CamelIn, CamelOut, In, Out
from flashspace.dialects.wire import business_date, iso_millis, json_number

__all__ = [
    "BooleanField",
    "BusinessDateField",
    "CamelIn",
    "CamelOut",
    "ChoiceField",
    "DateField",
    "EmailField",
    "HttpsUrlField",
    "In",
    "IntegerField",
    "IsoMillisField",
    "ListField",
    "NumberField",
    "Out",
    "PasswordField",
    "PriceTextField",
    "PublicIdField",
    "TextField",
    "is_https_url",
    "parse_uuid",
]

# Control characters, lone surrogates, marks that turn or hide text. Joiners stay: Indian scripts and emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_UNWANTED_IN_LINE = re.compile(_UNWANTED.pattern[:-1] + "\t\n\r\u2028\u2029]")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BOOLEANS = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


def parse_uuid(text: Any) -> uuid.UUID | None:
    """A UUID in its usual spelling, else None: braces, URNs and bare digits would be other names for one thing."""
    return uuid.UUID(text) if isinstance(text, str) and _UUID.fullmatch(text) else None


def is_lenient(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    return bool(getattr(field.root, "lenient", False))


class TextField(serializers.CharField):
    """One line of text, at most 255 characters unless said otherwise; `multiline=True` lets line breaks and tabs in."""

    default_error_messages = {"characters": "Contains characters that are not allowed."}

    def __init__(self, *, multiline: bool = False, **options: Any) -> None:
        self.multiline = multiline
        options.setdefault("max_length", 5000 if multiline else 255)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = data.strip() if self.trim_whitespace else data
        if not text.isprintable() and (_UNWANTED if self.multiline else _UNWANTED_IN_LINE).search(text):
            self.fail("characters")
        return text


class PasswordField(TextField):
    """As typed, at most 128 characters: hashing more is only work for us. The policy is a service's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 128, "trim_whitespace": False, **options})


class EmailField(TextField):
    """An address in the one spelling by which it is unique."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 254, **options})
        self.validators.append(EmailValidator(message="Please provide a valid email address"))

    def to_internal_value(self, data: Any) -> str:
        return normalize_email(super().to_internal_value(data))


class IntegerField(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": -(2**31), "max_value": 2**31 - 1, **options})

    def to_internal_value(self, data: Any) -> int:
        if is_lenient(self) and isinstance(data, str) and _WHOLE.fullmatch(data.strip()):
            return int(data)
        if isinstance(data, float) and data.is_integer():
            return int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class NumberField(serializers.DecimalField):
    """A JSON number as Decimal, money unless said otherwise; its shortest spelling counts (0.1 is 0.1)."""

    def __init__(self, *, max_digits: int = 12, decimal_places: int = 2, **options: Any) -> None:
        super().__init__(max_digits, decimal_places, coerce_to_string=False, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, (str, int, float) if is_lenient(self) else (int, float)) or isinstance(data, bool):
            self.fail("invalid")
        try:
            return self.quantize(self.validate_precision(Decimal(str(data).strip())))
        except InvalidOperation:
            self.fail("invalid")

    def validate_precision(self, value: Decimal) -> Decimal:
        if not value.is_finite():
            self.fail("invalid")
        return super().validate_precision(value)

    def to_representation(self, value: Any) -> int | float:  # type: ignore[override]  # DRF would answer text
        return json_number(Decimal(value))


class BooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if is_lenient(self) and isinstance(data, str):
            data = _BOOLEANS.get(data.strip().lower())
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class ChoiceField(serializers.ChoiceField):
    """The documented words, exactly."""

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank:
            return data
        if not isinstance(data, str) or data not in self.choices:
            allowed = ", ".join(str(choice) for choice in self.choices)
            raise serializers.ValidationError(f"Must be one of: {allowed}", code="invalid_choice")
        return data


class ListField(serializers.ListField):
    """At most 50 items unless said otherwise."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 50, **options})

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        return super().to_internal_value(data)


class IsoMillisField(serializers.DateTimeField):
    """2026-01-05T10:00:00.000Z"""

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss.sssZ")
        return super().to_internal_value(value)

    def to_representation(self, value: Any) -> str:
        return value if isinstance(value, str) else iso_millis(value)


class DateField(serializers.DateField):
    """A plain day, YYYY-MM-DD. An instant is taken as its day in India, midnight UTC as the day it is written with."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
            at = datetime.fromisoformat(value)
            return at.date() if at.tzinfo is None or not (at.hour or at.minute) else india_date(at)
        except (ValueError, OverflowError):
            self.fail("invalid", format="YYYY-MM-DD")


class BusinessDateField(DateField):
    """A day as `YYYY-MM-DDT00:00:00.000Z` on the wire."""

    def to_representation(self, value: Any) -> str:
        return value if isinstance(value, str) else business_date(value)


class PublicIdField(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> uuid.UUID:
        value = parse_uuid(data)
        if value is None:
            self.fail("invalid", value="" if data is None else str(data)[:64])
        return value


class PriceTextField(TextField):
    """`₹4,999/month` on the wire, a Price inside."""

    default_error_messages = {"price": "Must be a price such as ₹4,999/month."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, **options})

    def run_validators(self, value: Any) -> None:
        return None  # lengths were a text's; the value is a Price by now

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return parse_price(text)
        except ValueError:
            self.fail("price")

    def to_representation(self, value: Any) -> str:
        return format_price(value) if isinstance(value, Price) else str(value)


class HttpsUrlField(TextField):
    """An https address that cannot be read in two ways: no user info, no back-slash, no white space, a plain host."""

    default_error_messages = {"url": "Must be an https:// address."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 500, **options})

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not is_https_url(text):
            self.fail("url")
        return text


def is_https_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    odd = "\\" in text or "@" in parts.netloc or any(letter <= " " or letter == "\x7f" for letter in text)
    return parts.scheme == "https" and not odd and _HOST.fullmatch(host) is not None and "." in host
