import json
import logging
import sys
from typing import Any

from flashspace.base.context import request_id
from flashspace.base.masking import mask_text
from flashspace.logging import make_formatter


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


def test_secret_values_are_masked_however_deep() -> None:
    shown = json.loads(line(msg="x", body={"user": [{"password": "hunter2", "name": "Asha"}], "otp": 123456}))
    assert shown["body"] == {"user": [{"password": "***", "name": "Asha"}], "otp": "***"}


def test_structure_without_end_is_cut() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    assert "***" in line(msg="x", body=endless)


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
