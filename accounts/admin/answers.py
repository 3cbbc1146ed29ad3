"""A JSON answer laid out for people: facts, tables and lists. What the API says stands there as it says it."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.formats import date_format

from accounts.admin.pages import when

MOST_COLUMNS = 6
MOST_ROWS = 100
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\dT00:00:00(\.0+)?Z")  # how the API writes a day
NAMES = ("kyc", "gst", "gstin", "cgst", "sgst", "igst", "sac", "pan", "mfa", "pdf", "id", "url")
WORDS = {name: name.upper() for name in NAMES}
LINK_TOKEN = re.compile(r"([?&]token=)[^&#\s\"]+")

Opens = Callable[[Mapping[str, Any]], str]


class Node(NamedTuple):
    """`kind` says which of the others is filled: text (`text`), facts and table (`heads`, `rows`), list (`rows`)."""

    kind: str
    text: str = ""
    heads: Sequence[str] = ()
    rows: Sequence[Any] = ()


class Row(NamedTuple):
    cells: Sequence[Node]
    url: str = ""


def lay_out(value: Any, opens: Opens = lambda _row: "") -> Node:
    """`opens` says where more of a row is; nowhere when it is empty."""
    if isinstance(value, Mapping):
        facts = [(words(str(key)), lay_out(inner, opens)) for key, inner in value.items()]
        return Node("facts", rows=facts) if facts else Node("text", "–")
    if isinstance(value, list):
        return _rows(value, opens)
    return Node("text", _text(value))


def hide_tokens(text: str) -> str:
    """The links in an answer open papers for whoever has them: that is the customer's."""
    return LINK_TOKEN.sub(r"\1…", text)


def words(key: str) -> str:
    """`paymentStatus` and `payment_status` as Payment status."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key).replace("_", " ").lower().split()
    spoken = " ".join(WORDS.get(part, part) for part in parts) or key
    return spoken[0].upper() + spoken[1:]


def _rows(rows: list[Any], opens: Opens) -> Node:
    shown = rows[:MOST_ROWS]
    if not shown:
        return Node("text", "Nothing")
    if not all(isinstance(one, Mapping) for one in shown):
        if any(isinstance(one, Mapping | list) for one in shown):
            return Node("list", rows=[Row([lay_out(one, opens)]) for one in shown])
        return Node("text", ", ".join(_text(one) for one in shown))
    keys = list(dict.fromkeys(key for one in shown for key in one))
    is_flat = not any(isinstance(inner, Mapping | list) for one in shown for inner in one.values())
    if is_flat and len(keys) <= MOST_COLUMNS:
        cells = [Row([Node("text", _text(one.get(key))) for key in keys], opens(one)) for one in shown]
        return Node("table", heads=[words(key) for key in keys], rows=cells)
    return Node("list", rows=[Row([lay_out(one, opens)], opens(one)) for one in shown])


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _time(value) or str(value) if isinstance(value, str) else str(value)


def _time(value: str) -> str:
    """Of a time the words, of anything else nothing: people may write what only looks like one."""
    try:
        if MIDNIGHT.fullmatch(value):
            return date_format(datetime.fromisoformat(value).date())
        return when(datetime.fromisoformat(value)) if INSTANT.fullmatch(value) else ""
    except (ValueError, OverflowError):
        return ""
