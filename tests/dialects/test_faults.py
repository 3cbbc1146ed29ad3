"""Every exception as a fault, and DRF's trees of errors as flat fields."""

from typing import Any

import pytest
from django.core import exceptions as django
from django.db import DataError, Error, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.exceptions import ErrorDetail

from flashspace.base.cache import CacheDown
from flashspace.base.errors import Conflict, Invalid, NotFound, RateLimited, Unauthenticated, Unavailable
from flashspace.dialects.base import MISSING, Fault, FieldFault
from flashspace.dialects.faults import MOST_FIELDS, fault_of, unforeseen, validation

KINDS: list[tuple[BaseException, int, str, int | None]] = [
    (Conflict(), 409, "CONFLICT", None),
    (NotFound("Booking not found"), 404, "RESOURCE_NOT_FOUND", None),
    (Unauthenticated(), 401, "UNAUTHORIZED", None),
    (RateLimited(retry_after=60), 429, "RATE_LIMIT_EXCEEDED", 60),
    (Unavailable(), 503, "SERVICE_UNAVAILABLE", None),
    (Invalid(field="x"), 400, "VALIDATION_ERROR", None),
    (drf.ParseError(), 400, "BAD_REQUEST", None),
    (drf.NotAuthenticated(), 401, "UNAUTHORIZED", None),
    (drf.AuthenticationFailed(), 401, "UNAUTHORIZED", None),
    (drf.AuthenticationFailed("Too old", code="TOKEN_EXPIRED"), 401, "TOKEN_EXPIRED", None),
    (drf.PermissionDenied(), 403, "FORBIDDEN", None),
    (drf.PermissionDenied("Verify first", code="EMAIL_NOT_VERIFIED"), 403, "EMAIL_NOT_VERIFIED", None),
    (drf.NotFound(), 404, "RESOURCE_NOT_FOUND", None),
    (drf.MethodNotAllowed("PUT"), 405, "METHOD_NOT_ALLOWED", None),
    (drf.NotAcceptable(), 406, "NOT_ACCEPTABLE", None),
    (drf.UnsupportedMediaType("text/csv"), 415, "UNSUPPORTED_MEDIA_TYPE", None),
    (drf.Throttled(wait=12.3), 429, "RATE_LIMIT_EXCEEDED", 13),
    (drf.APIException(), 500, "INTERNAL_ERROR", None),
    (Http404("secret"), 404, "RESOURCE_NOT_FOUND", None),
    (django.PermissionDenied("secret"), 403, "FORBIDDEN", None),
    (django.SuspiciousOperation("secret"), 400, "BAD_REQUEST", None),
    (django.DisallowedHost("secret"), 400, "BAD_REQUEST", None),
    (django.RequestDataTooBig("secret"), 413, "PAYLOAD_TOO_LARGE", None),
    (django.TooManyFieldsSent("secret"), 400, "BAD_REQUEST", None),
    (django.TooManyFilesSent("secret"), 400, "BAD_REQUEST", None),
    (django.BadRequest("secret"), 400, "BAD_REQUEST", None),
    (django.ValidationError("Wrong"), 400, "VALIDATION_ERROR", None),
    (UnreadablePostError("secret"), 400, "BAD_REQUEST", None),
    (DataError("secret"), 400, "BAD_REQUEST", None),
    (RecursionError("secret"), 400, "BAD_REQUEST", None),
    (OverflowError("secret"), 400, "BAD_REQUEST", None),
    (UnicodeEncodeError("utf-8", "secret", 0, 1, "secret"), 400, "BAD_REQUEST", None),
    (IntegrityError("secret"), 409, "CONFLICT", None),
    (OperationalError("secret"), 503, "SERVICE_UNAVAILABLE", 1),
    (InterfaceError("secret"), 503, "SERVICE_UNAVAILABLE", 1),
    (CacheDown("secret"), 503, "SERVICE_UNAVAILABLE", 1),
]


@pytest.mark.parametrize(("error", "status", "code", "retry_after"), KINDS, ids=lambda one: type(one).__name__)
def test_exception_is_the_fault_it_stands_for(
    error: BaseException, status: int, code: str, retry_after: int | None
) -> None:
    fault = fault_of(error)

    assert fault is not None
    assert (fault.status, fault.code, fault.retry_after) == (status, code, retry_after)
    assert "secret" not in fault.message


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), KeyError("x"), ProgrammingError("x"), Error("x"), ValueError("x")]
)
def test_exception_that_nobody_foresaw_is_no_fault(error: Exception) -> None:
    assert fault_of(error) is None


def test_last_resort_says_only_where_to_look() -> None:
    assert unforeseen("abc") == Fault(500, "INTERNAL_ERROR", "Something went wrong on our side (reference abc)")


def test_domain_error_keeps_what_a_dialect_may_show() -> None:
    error = Conflict("Wrong amount", extra={"total_amount": 5}, details={"a": 1}, retry_after=2)

    assert fault_of(error) == Fault(409, "CONFLICT", "Wrong amount", (), {"a": 1}, {"total_amount": 5}, 2)


def test_domain_error_of_a_field_is_told_by_the_name_on_the_wire() -> None:
    fault = fault_of(
        Invalid("Is in the past", field="start_date"), {"startDate": "2020-01-01"}, lambda name: "startDate"
    )

    assert fault is not None
    assert fault.message == "Validation failed"
    assert fault.fields == (FieldFault("startDate", "Is in the past", "validation_error", "2020-01-01"),)


def detail(text: str, code: str = "invalid") -> ErrorDetail:
    return ErrorDetail(text, code=code)


TREES: list[tuple[Any, list[tuple[str, str, str]]]] = [
    ({"email": [detail("Bad")]}, [("email", "Bad", "invalid")]),
    ({"email": [detail("Bad"), detail("Worse", "b")]}, [("email", "Bad", "invalid"), ("email", "Worse", "b")]),
    ({"email": detail("Bad")}, [("email", "Bad", "invalid")]),
    ([detail("Bad")], [("", "Bad", "invalid")]),
    ({"non_field_errors": [detail("Bad")]}, [("", "Bad", "invalid")]),
    ({"": [detail("Bad")]}, [("", "Bad", "invalid")]),
    ({"coordinates": {"lat": [detail("Bad")]}}, [("coordinates.lat", "Bad", "invalid")]),
    ({"coordinates": {"non_field_errors": [detail("Bad")]}}, [("coordinates", "Bad", "invalid")]),
    # many=True: DRF 3.18 keys by index, before it was a list with a dict for each item.
    ({"items": {1: {"name": [detail("Bad")]}}}, [("items.1.name", "Bad", "invalid")]),
    ({"items": [{}, {"name": [detail("Bad")]}]}, [("items.1.name", "Bad", "invalid")]),
    ({0: {"name": [detail("Bad")]}}, [("0.name", "Bad", "invalid")]),
    ({"tags": {2: [detail("Bad")]}}, [("tags.2", "Bad", "invalid")]),
    ({"a": ["plain"]}, [("a", "plain", "invalid")]),
    ({}, []),
]


@pytest.mark.parametrize(("tree", "fields"), TREES)
def test_tree_of_errors_becomes_flat(tree: Any, fields: list[tuple[str, str, str]]) -> None:
    assert [(one.field, one.message, one.code) for one in validation(tree).fields] == fields


def test_value_is_looked_up_in_what_was_given() -> None:
    given = {"items": [{"name": "ok"}, {"name": "x"}], "email": "e"}
    tree = {"items": {1: {"name": [detail("Bad")]}}, "email": [detail("Bad")], "phone": [detail("Bad")]}

    assert [one.value for one in validation(tree, given).fields] == ["x", "e", MISSING]


@pytest.mark.parametrize("given", [None, [], "text", 5])
def test_value_of_a_body_that_is_no_object_is_missing(given: Any) -> None:
    assert validation({"email": [detail("Bad")]}, given).fields[0].value is MISSING


def test_thousand_faults_are_not_all_told() -> None:
    assert len(validation({f"f{number}": [detail("Bad")] for number in range(1000)}).fields) == MOST_FIELDS
