"""Hostile requests. Each row would have been a 500, or a row that breaks every later list, in a plain DRF project."""

import json
from typing import Any

import pytest
from django.http import QueryDict

from flashspace.dialects import hygiene
from flashspace.dialects.hygiene import EncodingUnsupported, Malformed, TooLarge, check_request, parse_json


def nested(depth: int, inner: str = "1") -> bytes:
    return b"[" * depth + inner.encode() + b"]" * depth


def objects(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def keyed(count: int) -> bytes:
    return json.dumps({f"k{number}": number for number in range(count)}).encode()


GOOD: list[tuple[bytes, Any]] = [
    (b"{}", {}),
    (b' {"a": [1, 2.5, "x", true, null]} ', {"a": [1, 2.5, "x", True, None]}),
    ('{"₹": "नमस्ते"}'.encode(), {"₹": "नमस्ते"}),
    (rb'{"a": "\ud83d\ude00"}', {"a": "😀"}),
    (b'{"a": 9223372036854775807}', {"a": 2**63 - 1}),
    (b'{"a": 1e300}', {"a": 1e300}),
    (b'{"a": {"b": 1}, "b": 1}', {"a": {"b": 1}, "b": 1}),
]
BAD: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("blank", b"   "),
    ("cut off", b'{"a": 1'),
    ("trailing text", b"{} {}"),
    ("single quotes", b"{'a': 1}"),
    ("comment", b"{} // no"),
    ("trailing comma", b'{"a": 1,}'),
    ("byte order mark", b"\xef\xbb\xbf{}"),
    ("utf-16", '{"a": 1}'.encode("utf-16")),
    ("invalid utf-8", b'{"a": "\xff"}'),
    ("encoded surrogate", b'{"a": "\xed\xa0\x80"}'),
    ("escaped lone surrogate", rb'{"a": "\ud800"}'),
    ("escaped low surrogate", rb'{"a": "x\udfff"}'),
    ("surrogate in a key", rb'{"\ud800": 1}'),
    ("surrogate deep inside", rb'{"a": [{"b": ["\udc00"]}]}'),
    ("raw NUL", b'{"a": "\x00"}'),
    ("escaped NUL", rb'{"a": "\u0000"}'),
    ("NUL in a key", rb'{"a\u0000": 1}'),
    ("raw control character", b'{"a": "\x01"}'),
    ("NaN", b'{"a": NaN}'),
    ("Infinity", b'{"a": Infinity}'),
    ("-Infinity", b'{"a": -Infinity}'),
    ("overflowing float", b'{"a": 1e400}'),
    ("long float", b'{"a": 0.' + b"1" * 5000 + b"}"),
    ("beyond 64 bits", b'{"a": 9223372036854775808}'),
    ("below 64 bits", b'{"a": -9223372036854775809}'),
    ("5,000 digits", b'{"a": ' + b"9" * 5000 + b"}"),
    ("duplicate key", b'{"a": 1, "a": 2}'),
    ("duplicate key inside", b'{"b": [{"a": 1, "a": 1}]}'),
    ("33 lists", nested(33)),
    ("33 empty lists", nested(33, "")),
    ("33 objects", objects(33)),
    ("20,000 lists", nested(20_000)),
    ("100,000 objects", objects(100_000)),
    ("unclosed brackets", b"[" * 100_000),
    ("1,001 keys", keyed(1_001)),
]


@pytest.mark.parametrize(("raw", "value"), GOOD)
def test_json_is_read(raw: bytes, value: Any) -> None:
    assert parse_json(raw) == value


@pytest.mark.parametrize("raw", [raw for _, raw in BAD], ids=[name for name, _ in BAD])
def test_hostile_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(raw)


@pytest.mark.parametrize("raw", [nested(32), nested(32, ""), objects(32), keyed(1_000)], ids=str)
def test_json_at_a_bound_is_read(raw: bytes) -> None:
    assert parse_json(raw) == json.loads(raw)


def test_colons_and_brackets_in_text_are_no_keys_and_no_depth() -> None:
    text = "[{:" * 2_000

    assert parse_json(json.dumps({"a": text}).encode()) == {"a": text}


def test_json_of_a_megabyte_is_read_and_one_byte_more_is_not() -> None:
    text = "x" * (hygiene.MAX_JSON_BYTES - len('{"a":""}'))
    raw = f'{{"a":"{text}"}}'.encode()

    assert parse_json(raw) == {"a": text}
    with pytest.raises(TooLarge):
        parse_json(raw + b" ")


JSON = "application/json"
REQUESTS: list[tuple[str, tuple[str, str, str, str], type[Exception] | None]] = [
    ("plain", ("/api/x", "", "", ""), None),
    ("query", ("/api/x", "city=New%20Delhi&page=1", "", ""), None),
    ("utf-8 query", ("/api/x", "city=%E0%A4%A6", "", ""), None),
    ("utf-8", ("/api/x", "", f"{JSON}; charset=utf-8", "10"), None),
    ("UTF8 in quotes", ("/api/x", "", f'{JSON}; charset="UTF-8"; x=1', "10"), None),
    ("26 MB", ("/api/x", "", "multipart/form-data; boundary=x", str(hygiene.MAX_BODY_BYTES)), None),
    ("NUL in the path", ("/api/x\0", "", "", ""), Malformed),
    ("NUL in the query", ("/api/x", "a=%00", "", ""), Malformed),
    ("NUL in a query name", ("/api/x", "a%00=1", "", ""), Malformed),
    ("surrogate in the query", ("/api/x", "a=%ED%A0%80", "", ""), Malformed),
    ("broken utf-8 in the query", ("/api/x", "a=%FF", "", ""), Malformed),
    ("utf-16", ("/api/x", "", f"{JSON}; charset=utf-16", "10"), EncodingUnsupported),
    ("a codec that is none", ("/api/x", "", f"{JSON}; charset=bz2_codec", "10"), EncodingUnsupported),
    ("latin-1 form", ("/api/x", "", "multipart/form-data; boundary=x; charset=latin-1", "10"), EncodingUnsupported),
    ("too large", ("/api/x", "", JSON, str(hygiene.MAX_BODY_BYTES + 1)), TooLarge),
    ("absurd length", ("/api/x", "", JSON, "9" * 5000), TooLarge),
    ("no length", ("/api/x", "", JSON, "many"), TooLarge),
]


@pytest.mark.parametrize(("request_line", "refusal"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS])
def test_request_is_checked(request_line: tuple[str, str, str, str], refusal: type[Exception] | None) -> None:
    if refusal is None:
        assert check_request(*request_line) is None
        return
    with pytest.raises(refusal):
        check_request(*request_line)


@pytest.mark.parametrize(
    ("query", "names"),
    [("a=\0", []), ("a\0=1", []), ("a=1", ["photo\0.jpg"]), ("a=\ud800", []), ("a=1", ["\udc00.png"])],
)
def test_form_with_unstorable_characters_is_malformed(query: str, names: list[str]) -> None:
    form = QueryDict(mutable=True)
    name, _, value = query.partition("=")
    form[name] = value

    with pytest.raises(Malformed):
        hygiene.check_form(form, names)


def test_clean_form_passes() -> None:
    hygiene.check_form(QueryDict("a=1&a=2"), ["photo.jpg"])
