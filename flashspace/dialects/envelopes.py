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
    pages = ([_PAGE] if paged or whole else []) + ([] if paged else [None])
    replies = [Reply(data, message, page, keys) for message in ("Done", None) for page in pages]
    return _schema([dialect.wrap(reply, _AT) for reply in replies])


def refusal(dialect: Dialect) -> Schema:
    return _schema([dialect.answer(Fault(409, "CONFLICT", "No"), _CONTEXT)[1]])


def invalid(dialect: Dialect) -> Schema:
    """A validation error: one field with a value that may be shown, one without."""
    fields = (FieldFault("email", "No", value=None), FieldFault("email", "No"))
    faults = [Fault(400, VALIDATION, "No", (one,)) for one in fields]
    return _schema([dialect.answer(fault, _CONTEXT)[1] for fault in faults])


def _schema(examples: list[Any]) -> Schema:
    """What all examples have in common; a key that one of them lacks is optional."""
    example = examples[0]
    if isinstance(example, _Slot):
        return example.schema
    if isinstance(example, dict):
        return _object(examples)
    if isinstance(example, list):
        return {"type": "array", "items": _schema([item for one in examples for item in one])}
    if isinstance(example, bool):
        return {"type": "boolean"}
    if isinstance(example, int):
        return {"type": "integer"}
    if isinstance(example, str):
        return {"type": "string", "format": "date-time"} if example == _STAMP else {"type": "string"}
    return {}


def _object(examples: list[dict[str, Any]]) -> Schema:
    values: dict[str, list[Any]] = {}
    for example in examples:
        for key, value in example.items():
            values.setdefault(key, []).append(value)
    slot = values.pop(_SLOT, None)
    if set(values) == {"email"}:  # keyed by the names of inputs, whichever they are
        return {"type": "object", "additionalProperties": _schema(values["email"])}
    described: Schema = {"type": "object", "properties": {key: _schema(given) for key, given in values.items()}}
    required = [key for key, given in values.items() if len(given) == len(examples)]
    if required:
        described["required"] = required
    if slot is None:
        return described
    inner: Schema = slot[0]
    return {"allOf": [inner, described]} if values else inner
