"""Log lines: one a record, JSON in production, with the request's id; secrets masked, control characters escaped."""

import logging
import logging.config
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from flashspace.base.context import request_id

Event = MutableMapping[str, Any]

MASK = "***"
# Words of a key that make its value secret, however the key is spelled (otpCode, refresh_token, X-Authorization).
SECRET_WORDS = {"password", "passwd", "pwd", "otp", "token", "secret", "authorization", "cookie", "pan", "aadhaar"}
HARMLESS_CODES = {"status", "error", "exit", "country", "state", "plan", "postal", "language"}
WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
IN_TEXT = re.compile(
    r"(?P<key>\b[\w-]*(?:password|passwd|otp|token|secret|authorization|cookie|\bcode|\bpan|aadhaar))"
    r"(?P<sign>[\"']?\s*[:=]\s*)(?P<value>\"[^\"]*\"|'[^']*'|(?:Bearer\s+|Basic\s+)?[^\s,;&}\])]+)",
    re.IGNORECASE,
)
SHAPES = re.compile(
    r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"  # a JWT
    r"|\b[A-Z]{5}\d{4}[A-Z]\b"  # a PAN
    r"|\b[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}\b"  # an Aadhaar number
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
DEEPEST = 8


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG."""
    logging.config.dictConfig(config)
    logging.captureWarnings(True)


def make_formatter(style: str) -> logging.Formatter:
    final = structlog.processors.JSONRenderer(ensure_ascii=False) if style == "json" else _console_line
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            add_request_id,
            clean,
            final,
        ],
    )


def add_request_id(_logger: Any, _method: str, event: Event) -> Event:
    if current := request_id.get():
        event["request_id"] = current
    return event


def clean(_logger: Any, _method: str, event: Event) -> Event:
    return {key: _clean(value, key, 0) for key, value in event.items()}


def mask_text(text: str) -> str:
    """Free text without values of secret keys, tokens, PAN and Aadhaar numbers, and with control characters escaped."""
    text = SHAPES.sub(MASK, IN_TEXT.sub(rf"\g<key>\g<sign>{MASK}", text))
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def is_secret(key: str) -> bool:
    words = [word.lower() for word in WORDS.findall(key)]
    if SECRET_WORDS.intersection(words):
        return True
    return bool(words) and words[-1] == "code" and not HARMLESS_CODES.intersection(words)


def _clean(value: Any, key: str, depth: int) -> Any:
    if is_secret(key):
        return MASK
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        return {mask_text(str(name)): _clean(inner, str(name), depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner, "", depth + 1) for inner in value]
    return mask_text(str(value))


def _console_line(_logger: Any, _method: str, event: Event) -> str:
    time, level, logger = (event.pop(key, "") for key in ("timestamp", "level", "logger"))
    head = f"{time[11:19]} {level:7} {logger}: {event.pop('event', '').rstrip()}"
    trace = event.pop("exception", "")
    rest = "".join(f" {key}={value}" for key, value in event.items())
    return f"{head}{rest}" + (f"\n{trace}" if trace else "")
