"""The schema of a dialect's bodies, read off the bodies themselves, so that it cannot drift from what is sent."""

from datetime import UTC, datetime
from typing import Any, Final

from flashspace.dialects.base import MISSING, VALIDATION, Dialect, Fault, FaultContext, FieldFault, Page, Reply

Schema = dict[str, Any]

_AT: Final = datetime(2026, 1, 5, 10, tzinfo=UTC)
_STAMP: Final = "2026-01-05T10:00:00.000Z"
_CONTEXT: Final = FaultContext("POST", "/", _AT)
_SLOT: Final = "\0"  # the key under which an example body holds the schema of what an action answers
_PAGE: Final = Page(number=1, size=10, total=1)


class _Slot:
    """The place of a list in an example body."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema


def success(dialect: Dialect, inner: Schema | None, *, paged: bool, whole: bool, flat: bool) -> Schema:
    """The schema of a success around `inner`, the schema of the answer's own data."""
    data: Any = MISSING
    keys: dict[str, Any] = {}
    if inner is not None and flat:
        keys = {_SLOT: inner}
    elif inner is not None:
        data = _Slot(inner) if inner.get("type") == "array" else {_SLOT: inner}
    most = dialect.wrap(Reply(data, "Done", _PAGE if paged or whole else None, keys), _AT)
    least = dialect.wrap(Reply(data, None, _PAGE if paged else None, keys), _AT)
    return _schema(most, least)


def refusal(dialect: Dialect) -> Schema:
    body = dialect.answer(Fault(409, "CONFLICT", "No"), _CONTEXT)[1]
    return _schema(body, body)


def invalid(dialect: Dialect) -> Schema:
    """A validation error with every optional part: one field with a value that may be shown and one without."""
    fields = (FieldFault("email", "No", value=None), FieldFault("name", "No"))
    most = dialect.answer(Fault(400, VALIDATION, "No", fields[:1]), _CONTEXT)[1]
    least = dialect.answer(Fault(400, VALIDATION, "No", fields[1:]), _CONTEXT)[1]
    return _schema(most, least)


def _schema(example: Any, least: Any) -> Schema:
    """The schema of `example`; keys that `least` lacks are optional."""
    if isinstance(example, _Slot):
        return example.schema
    if isinstance(example, dict):
        return _object(example, least if isinstance(least, dict) else {})
    if isinstance(example, list):
        return {"type": "array", "items": _schema(example[0], least[0] if least else example[0])}
    if isinstance(example, bool):
        return {"type": "boolean"}
    if isinstance(example, int):
        return {"type": "integer"}
    if isinstance(example, str):
        return {"type": "string", "format": "date-time"} if example == _STAMP else {"type": "string"}
    return {}


def _object(example: dict[str, Any], least: dict[str, Any]) -> Schema:
    if example and set(example) <= {"email", "name"}:  # keyed by the names of inputs, whichever they are
        value, other = next(iter(example.values())), next(iter(least.values()), None)
        return {"type": "object", "additionalProperties": _schema(value, other)}
    own = {key: _schema(value, least.get(key, value)) for key, value in example.items() if key != _SLOT}
    described: Schema = {"type": "object", "properties": own}
    required = [key for key in own if key in least]
    if required:
        described["required"] = required
    if _SLOT not in example:
        return described
    return {"allOf": [example[_SLOT], described]} if own else example[_SLOT]
