"""What a dialect is: names, envelopes, statuses and rates. Never a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from flashspace.base.masking import is_secret
from flashspace.dialects.rates import Rate

Body = dict[str, Any]

VALIDATION: Final = "VALIDATION_ERROR"
LONGEST_ECHO: Final = 200
HIDDEN: Final = "***"


class _Missing:
    """Not given at all, which is not the same as null."""


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class Page:
    """Where a list was cut. `total` may be a bound that counting stopped at."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.size)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an action answers. `flat` keys stand at the top of the body, beside or instead of `data`."""

    data: Any = MISSING
    message: str | None = None
    page: Page | None = None
    flat: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one input, by its name on the wire (`coordinates.lat`; empty for the body as a whole)."""

    field: str
    message: str
    code: str = "invalid"
    value: Any = MISSING

    @property
    def shown_value(self) -> Any:
        """The value as it may be repeated: a secret hidden, a text cut, and MISSING for what is nested or not given."""
        if not isinstance(self.value, str | int | float | bool | None):
            return MISSING
        if is_secret(self.field):
            return HIDDEN
        return self.value[:LONGEST_ECHO] if isinstance(self.value, str) else self.value


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal in nobody's dialect yet. `code` is ours; a dialect may show another."""

    status: int
    code: str
    message: str
    fields: tuple[FieldFault, ...] = ()
    details: Any = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaultContext:
    """Where and when a fault happened. `path` is already fit to be shown."""

    method: str
    path: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dialect:
    """One documented way to say everything. Name the documented statuses here; `wrap` and `word` make the bodies."""

    name: str
    title: str
    wrap: Callable[[Reply, datetime], Body]
    word: Callable[[Fault, FaultContext], Body]
    rates: Mapping[str, Rate]
    malformed_id_status: int = 404
    validation_status: int = 400
    size_name: str = "limit"
    page_size: int = 10
    limits_per_operation: bool = False
    limits_per_address: bool = False
    statuses: Mapping[str, int] = field(default_factory=dict)  # of a code, where the documents say another

    rates_of: str = ""

    def __repr__(self) -> str:
        return f"<dialect {self.name}>"

    def rate_name(self, limit: str) -> str:
        """The name of a limit in RATE_LIMITS."""
        return f"{self.rates_of or self.name}.{limit}"

    def answer(self, fault: Fault, context: FaultContext) -> tuple[int, Body]:
        """Status and body of a refusal."""
        status = self.validation_status if fault.code == VALIDATION else self.statuses.get(fault.code, fault.status)
        if fault.status != status:
            fault = replace(fault, status=status)
        return fault.status, self.word(fault, context)


def reason(status: int) -> str:
    """The words of an HTTP status: Not Found."""
    return HTTPStatus(status).phrase


def describe(fault: Fault) -> str:
    """One line for a reader: the first field's message where there is one."""
    if not fault.fields:
        return fault.message
    first = fault.fields[0]
    return f"{first.field}: {first.message}" if first.field else first.message
