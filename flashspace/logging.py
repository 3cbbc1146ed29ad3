"""Log lines: one a record, JSON in production, with the request's id; secrets masked, control characters escaped."""

import logging
import logging.config
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from flashspace.base.context import request_id
from flashspace.base.masking import MASK, is_secret, mask_text

Event = MutableMapping[str, Any]

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


def clean_report(event: Event, _hint: object) -> Event:
    """Sentry's before_send: it takes records, faults and requests past the formatter above."""
    return clean(None, "", event)


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
