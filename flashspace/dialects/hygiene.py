"""What a request may carry before anybody looks at its meaning: size, depth, duplicates, characters. Pure.

A stored lone surrogate or NUL would make every later list call fail, so none gets past here.
"""

import json
import math
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import QueryDict

from flashspace.base.errors import DomainError
from flashspace.base.text import is_storable

MAX_JSON_BYTES = 1024 * 1024
MAX_BODY_BYTES = 26 * 1024 * 1024
MAX_DEPTH = 32
MAX_KEYS = 1_000
MAX_DIGITS = 40
INTEGERS = range(-(2**63), 2**63)
ENCODINGS = ("", "utf-8", "utf8")


class Malformed(DomainError):
    code = "BAD_REQUEST"
    message = "The request is malformed"


class TooLarge(DomainError):
    code = "PAYLOAD_TOO_LARGE"
    status = 413
    message = "The request is too large"


class EncodingUnsupported(DomainError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    message = "The request must be encoded as UTF-8"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("The JSON has a key twice")
    return found


def _integer(text: str) -> int:
    value = int(text) if len(text) <= MAX_DIGITS else INTEGERS.stop
    if value not in INTEGERS:
        raise Malformed("The JSON has a number that is too large")
    return value


def _float(text: str) -> float:
    value = float(text) if len(text) <= MAX_DIGITS else math.inf
    if not math.isfinite(value):
        raise Malformed("The JSON has a number that is too large")
    return value


def _constant(text: str) -> None:
    raise Malformed(f"{text} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


def parse_json(raw: bytes) -> Any:
    """The value of a strict JSON text. Raises Malformed or TooLarge."""
    if len(raw) > MAX_JSON_BYTES:
        raise TooLarge
    try:
        value = _decoder.decode(raw.decode())
    except (ValueError, RecursionError):
        raise Malformed("The body is not valid JSON") from None
    # Only a text with that many brackets, colons or escapes can break these rules; few have to be walked.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH or raw.count(b":") > MAX_KEYS or b"\\u" in raw:
        _walk(value)
    return value


def _walk(root: Any) -> None:
    """Depth, keys and characters, level by level: a recursive walk could be made to overflow."""
    level, depth, keys = [root], 0, 0
    while level:
        deeper: list[Any] = []
        nested = False
        for value in level:
            if isinstance(value, dict):
                nested = True
                keys += len(value)
                deeper += [*value, *value.values()]
            elif isinstance(value, list):
                nested = True
                deeper += value
            elif isinstance(value, str) and not is_storable(value):
                raise Malformed("The JSON has characters that cannot be stored")
        depth += nested
        if depth > MAX_DEPTH:
            raise Malformed("The JSON is nested too deeply")
        if keys > MAX_KEYS:
            raise Malformed("The JSON has too many keys")
        level = deeper


def check_request(path: str, query: str, content_type: str, length: str) -> None:
    """Refuse what no view should see. Raises Malformed, TooLarge or EncodingUnsupported."""
    if "\x00" in path:
        raise Malformed("The address has characters that cannot be used")
    if query and "%" in query:
        check_query(query)
    if length and (not length.isdecimal() or int(length[:20]) > MAX_BODY_BYTES):
        raise TooLarge
    if "charset" in content_type.lower():
        charset = content_type.lower().partition("charset")[2].lstrip(" =").split(";")[0]
        if charset.strip("\"' ") not in ENCODINGS:
            raise EncodingUnsupported


def check_query(query: str) -> None:
    try:
        text = unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise Malformed("The query is not UTF-8") from None
    if "\x00" in text:
        raise Malformed("The query has characters that cannot be used")


def check_form(form: QueryDict, file_names: Iterable[str]) -> None:
    """Names and values of a multipart form. Raises Malformed."""
    texts = [text for name, values in form.lists() for text in (name, *values)]
    if not all(is_storable(text) for text in (*texts, *file_names) if isinstance(text, str)):
        raise Malformed("The form has characters that cannot be stored")
