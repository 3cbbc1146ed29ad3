import json
import logging
import sys
from typing import Any

import pytest

from flashspace.base.context import request_id
from flashspace.logging import is_secret, make_formatter, mask_text


def line(style: str = "json", *, level: int = logging.INFO, msg: str = "", args: Any = (), **extra: Any) -> str:
    record = logging.LogRecord("bookings.services", level, __file__, 1, msg, args, None)
    vars(record).update(extra)
    return make_formatter(style).format(record)


def test_a_record_is_one_json_object_with_the_request_id() -> None:
    token = request_id.set("req-1")
    try:
        shown = json.loads(line(msg="booked %s", args=("FS-2026-00042",), seats=2))
    finally:
        request_id.reset(token)
    assert shown.pop("timestamp").endswith("Z")
    assert shown == {
        "event": "booked FS-2026-00042",
        "level": "info",
        "logger": "bookings.services",
        "request_id": "req-1",
        "seats": 2,
    }


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("password", True),
        ("newPassword", True),
        ("otp_code", True),
        ("code", True),
        ("X-Authorization", True),
        ("refreshToken", True),
        ("HTTP_COOKIE", True),
        ("panNumber", True),
        ("aadhaar", True),
        ("razorpay_secret", True),
        ("status_code", False),
        ("error_code", False),
        ("company", False),
        ("expand", False),
        ("encoded", False),
    ],
)
def test_keys_that_hold_secrets(key: str, secret: bool) -> None:
    assert is_secret(key) is secret


def test_secret_values_are_masked_however_deep() -> None:
    shown = json.loads(line(msg="x", body={"user": [{"password": "hunter2", "name": "Asha"}], "otp": 123456}))
    assert shown["body"] == {"user": [{"password": "***", "name": "Asha"}], "otp": "***"}


def test_structure_without_end_is_cut() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    assert "***" in line(msg="x", body=endless)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("POST /verify?token=abc.def&next=1", "POST /verify?token=***&next=1"),
        ('{"password": "hun ter2", "a": 1}', '{"password": ***, "a": 1}'),
        ("Authorization: Bearer abcdef", "Authorization: ***"),
        ("otp=123456; attempts=2", "otp=***; attempts=2"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln used", "jwt *** used"),
        ("PAN ABCDE1234F of 2345 6789 0123", "PAN *** of ***"),
        ("status_code=404 for FS-2026-00042 at 12:30", "status_code=404 for FS-2026-00042 at 12:30"),
    ],
)
def test_secrets_inside_text_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_control_characters_cannot_forge_a_line() -> None:
    assert mask_text("a\r\x1b[31mb\x00\u202e") == "a\\u000d\\u001b[31mb\\u0000\\u202e"
    for style in ("json", "console"):
        assert "\n" not in line(style, msg="one\rtwo")


def test_traceback_is_masked_too() -> None:
    try:
        raise ValueError("token=abcdef")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    shown = make_formatter("json").format(record)
    assert "ValueError: token=***" in json.loads(shown)["exception"]
    assert "abcdef" not in shown


def test_console_line_is_for_people() -> None:
    shown = line("console", level=logging.WARNING, msg="slow", seconds=3)
    assert shown[8:] == " warning bookings.services: slow seconds=3"
