"""From any exception to a fault that every dialect can word."""

from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any, Final

from django.core import exceptions as django
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as drf

from flashspace.base.cache import CacheDown
from flashspace.base.errors import DomainError
from flashspace.dialects.base import MISSING, VALIDATION, Fault, FieldFault

INVALID: Final = "Validation failed"
MOST_FIELDS: Final = 50
BUSY_SECONDS: Final = 1

MALFORMED = Fault(400, "BAD_REQUEST", "The request is malformed")
BUSY = Fault(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable", retry_after=BUSY_SECONDS)

# The first row whose class fits. OperationalError is a lock that was not had, a deadlock, a statement that took too
# long, or a database that is gone: each is over by itself, so the client may come again.
FAULTS: tuple[tuple[type[BaseException], Fault], ...] = (
    (Http404, Fault(404, "RESOURCE_NOT_FOUND", "Not found")),
    (django.PermissionDenied, Fault(403, "FORBIDDEN", "You do not have permission to do this")),
    (django.RequestDataTooBig, Fault(413, "PAYLOAD_TOO_LARGE", "The request is too large")),
    (django.SuspiciousOperation, MALFORMED),
    (django.BadRequest, MALFORMED),
    (MultiPartParserError, MALFORMED),
    (UnreadablePostError, MALFORMED),
    (DataError, Fault(400, "BAD_REQUEST", "The request has a value that cannot be stored")),
    (RecursionError, MALFORMED),
    (OverflowError, Fault(400, "BAD_REQUEST", "The request has a number that is too large")),
    (UnicodeError, Fault(400, "BAD_REQUEST", "The request has characters that cannot be stored")),
    (IntegrityError, Fault(409, "CONFLICT", "The request conflicts with the current state")),
    (OperationalError, BUSY),
    (InterfaceError, BUSY),
    (CacheDown, BUSY),
)

_DRF_CODES: tuple[tuple[type[drf.APIException], str], ...] = (
    (drf.ParseError, "BAD_REQUEST"),
    (drf.AuthenticationFailed, "UNAUTHORIZED"),
    (drf.NotAuthenticated, "UNAUTHORIZED"),
    (drf.PermissionDenied, "FORBIDDEN"),
    (drf.NotFound, "RESOURCE_NOT_FOUND"),
    (drf.MethodNotAllowed, "METHOD_NOT_ALLOWED"),
    (drf.NotAcceptable, "NOT_ACCEPTABLE"),
    (drf.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"),
    (drf.Throttled, "RATE_LIMIT_EXCEEDED"),
)


def fault_of(error: BaseException, given: Any = None, wire_name: Callable[[str], str] = str) -> Fault | None:
    """The fault an exception stands for, None for one that nobody foresaw.

    `given` is the input, for the value at fault; `wire_name` is what a caller calls an input of ours.
    """
    if isinstance(error, DomainError):
        return _domain(error, given, wire_name)
    if isinstance(error, drf.ValidationError):
        return validation(error.detail, given)
    if isinstance(error, django.ValidationError):
        return validation({"": error.messages}, given)
    if isinstance(error, drf.APIException):
        return _api(error)
    return next((fault for kind, fault in FAULTS if isinstance(error, kind)), None)


def unforeseen(reference: str) -> Fault:
    """The last resort says nothing but how to find the log line."""
    return Fault(500, "INTERNAL_ERROR", f"Something went wrong on our side (reference {reference})")


def validation(detail: Any, given: Any = None) -> Fault:
    """DRF's tree of errors, nested by name and by index (as dicts or as lists), as a flat list of fields."""
    fields: list[FieldFault] = []
    for path, message in _leaves(detail, ()):
        name = ".".join(map(str, path))
        fields.append(FieldFault(name, str(message), getattr(message, "code", "invalid"), _look_up(given, path)))
        if len(fields) == MOST_FIELDS:
            break
    return Fault(400, VALIDATION, INVALID, fields=tuple(fields))


def _leaves(detail: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _leaves(inner, path if key in ("", "non_field_errors") else (*path, key))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            yield from _leaves(inner, (*path, index) if isinstance(inner, Mapping | list) else path)
    else:
        yield path, detail


def _look_up(given: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return MISSING
    for key in path:
        try:
            given = given[key]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return given


def _domain(error: DomainError, given: Any, wire_name: Callable[[str], str]) -> Fault:
    fields: tuple[FieldFault, ...] = ()
    message = error.message
    if error.field is not None:
        name = wire_name(error.field)
        fields = (FieldFault(name, message, error.code.lower(), _look_up(given, tuple(name.split(".")))),)
        message = INVALID if error.code == VALIDATION else message
    return Fault(error.status, error.code, message, fields, error.details, error.extra, error.retry_after)


def _api(error: drf.APIException) -> Fault:
    own = getattr(error.detail, "code", "")
    code = own if own.isupper() else next((code for kind, code in _DRF_CODES if isinstance(error, kind)), "BAD_REQUEST")
    if isinstance(error, drf.AuthenticationFailed | drf.NotAuthenticated):
        status = 401  # DRF makes it 403 where a view has no authenticator
    elif (status := error.status_code) >= 500:
        code = "SERVICE_UNAVAILABLE" if status == 503 else "INTERNAL_ERROR"
    wait = getattr(error, "wait", None)
    message = str(error.detail) if isinstance(error.detail, str) else str(error.default_detail)
    return Fault(status, code, message, retry_after=None if wait is None else ceil(wait))
