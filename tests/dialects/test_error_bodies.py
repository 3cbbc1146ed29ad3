"""What a refusal looks like, dialect by dialect: whole bodies and statuses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flashspace.dialects import FLASHSPACE, NAKKSHA, NANO, RENTO, SHARED, WORKSPACE
from flashspace.dialects.base import Dialect, Fault, FaultContext, FieldFault
from tests.dialects.conftest import ALL

AT = datetime(2026, 2, 5, 10, 30, tzinfo=UTC)
STAMP = "2026-02-05T10:30:00.000Z"
CONTEXT = FaultContext("POST", "/api/endpoint", AT)

TAKEN = Fault(409, "EMAIL_TAKEN", "An account with this e-mail address exists")
NO_TOKEN = Fault(401, "UNAUTHORIZED", "Missing or invalid token")
PRICE = Fault(409, "PRICE_MISMATCH", "Wrong amount", extra={"total_amount": 15000})
INVALID = Fault(
    400,
    "VALIDATION_ERROR",
    "Validation failed",
    (
        FieldFault("email", "Please provide a valid email address", "invalid", "invalid-email"),
        FieldFault("password", "Too short", "min_length", "hunter2"),
        FieldFault("name", "This field is required.", "required"),
    ),
)
HIDDEN = "***"

BODIES: list[tuple[Dialect, Fault, int, dict[str, Any]]] = [
    (
        FLASHSPACE,
        TAKEN,
        409,
        {
            "success": False,
            "message": TAKEN.message,
            "error": {
                "code": "CONFLICT",
                "message": TAKEN.message,
                "details": None,
                "timestamp": STAMP,
                "path": "/api/endpoint",
            },
        },
    ),
    (
        FLASHSPACE,
        INVALID,
        400,
        {
            "success": False,
            "message": "Validation failed",
            "error": {
                "code": "VALIDATION_ERROR",
                "message": "Validation failed",
                "details": {
                    "field": "email",
                    "value": "invalid-email",
                    "message": "Please provide a valid email address",
                    "errors": [
                        {
                            "field": "email",
                            "value": "invalid-email",
                            "message": "Please provide a valid email address",
                        },
                        {"field": "password", "value": HIDDEN, "message": "Too short"},
                        {"field": "name", "message": "This field is required."},
                    ],
                },
                "timestamp": STAMP,
                "path": "/api/endpoint",
            },
        },
    ),
    (
        RENTO,
        TAKEN,
        409,
        {
            "success": False,
            "error": "Email Already Registered",
            "message": "Please sign in or use another email",
            "details": None,
            "timestamp": STAMP,
        },
    ),
    (
        RENTO,
        INVALID,
        400,
        {
            "success": False,
            "error": "Validation Error",
            "message": "Please check your input",
            "details": [
                {
                    "type": "field",
                    "value": "invalid-email",
                    "msg": "Please provide a valid email address",
                    "path": "email",
                    "location": "body",
                },
                {"type": "field", "value": HIDDEN, "msg": "Too short", "path": "password", "location": "body"},
                {"type": "field", "msg": "This field is required.", "path": "name", "location": "body"},
            ],
            "timestamp": STAMP,
        },
    ),
    (NANO, TAKEN, 409, {"error": TAKEN.message, "code": "EMAIL_TAKEN"}),
    (NANO, PRICE, 409, {"error": "Wrong amount", "code": "PRICE_MISMATCH", "total_amount": 15000}),
    (
        NANO,
        INVALID,
        400,
        {
            "error": "email: Please provide a valid email address",
            "code": "VALIDATION_ERROR",
            "errors": {
                "email": "Please provide a valid email address",
                "password": "Too short",
                "name": "This field is required.",
            },
        },
    ),
    (
        NAKKSHA,
        TAKEN,
        409,
        {
            "error": "ConflictError",
            "message": TAKEN.message,
            "code": "EMAIL_EXISTS",
            "statusCode": 409,
            "timestamp": STAMP,
            "path": "/api/endpoint",
            "method": "POST",
        },
    ),
    (
        NAKKSHA,
        INVALID,
        400,
        {
            "error": "ValidationError",
            "message": "Please provide a valid email address",
            "code": "VALIDATION_ERROR",
            "statusCode": 400,
            "timestamp": STAMP,
            "path": "/api/endpoint",
            "method": "POST",
            "details": [
                {"field": "email", "message": "Please provide a valid email address", "code": "invalid"},
                {"field": "password", "message": "Too short", "code": "min_length"},
                {"field": "name", "message": "This field is required.", "code": "required"},
            ],
        },
    ),
    (
        WORKSPACE,
        TAKEN,
        409,
        {"statusCode": 409, "message": TAKEN.message, "error": "Conflict", "code": "EMAIL_TAKEN"},
    ),
    (
        WORKSPACE,
        INVALID,
        422,
        {
            "statusCode": 422,
            "message": "Validation failed",
            "error": "Unprocessable Entity",
            "code": "VALIDATION_ERROR",
            "errors": {
                "email": ["Please provide a valid email address"],
                "password": ["Too short"],
                "name": ["This field is required."],
            },
        },
    ),
    (
        SHARED,
        INVALID,
        400,
        {
            "error": "ValidationError",
            "message": "Please provide a valid email address",
            "code": "VALIDATION_ERROR",
            "statusCode": 400,
            "timestamp": STAMP,
            "path": "/api/endpoint",
            "method": "POST",
            "details": [
                {"field": "email", "message": "Please provide a valid email address", "code": "invalid"},
                {"field": "password", "message": "Too short", "code": "min_length"},
                {"field": "name", "message": "This field is required.", "code": "required"},
            ],
            "errors": {
                "email": ["Please provide a valid email address"],
                "password": ["Too short"],
                "name": ["This field is required."],
            },
        },
    ),
]


@pytest.mark.parametrize(("dialect", "fault", "status", "body"), BODIES)
def test_refusal_has_the_documented_body(dialect: Dialect, fault: Fault, status: int, body: dict[str, Any]) -> None:
    assert dialect.answer(fault, CONTEXT) == (status, body)


@pytest.mark.parametrize(
    ("code", "status", "title"),
    [
        ("UNAUTHORIZED", 401, "Authentication Required"),
        ("TOKEN_EXPIRED", 401, "Token Expired"),
        ("FORBIDDEN", 403, "Insufficient Permissions"),
        ("EMAIL_NOT_VERIFIED", 403, "Email Not Verified"),
        ("EMAIL_TAKEN", 409, "Email Already Registered"),
        ("ROLE_ALREADY_SET", 400, "Role Already Set"),
        ("OTP_INVALID", 400, "Invalid OTP"),
        ("TOKEN_INVALID", 400, "Invalid or Expired Token"),
        ("RATE_LIMIT_EXCEEDED", 429, "Too Many Requests"),
        ("RESOURCE_NOT_FOUND", 404, "Not Found"),
        ("ROUTE_NOT_FOUND", 404, "Route Not Found"),
        ("INVALID_ID", 400, "Invalid ID Format"),
        ("CONFLICT", 409, "Duplicate Error"),
        ("GOOGLE_FAILED", 401, "Google Authentication Failed"),
        ("INTERNAL_ERROR", 500, "Internal Server Error"),
        ("SOMETHING_NEW", 418, "I'm a Teapot"),
    ],
)
def test_rento_titles_a_refusal_as_documented(code: str, status: int, title: str) -> None:
    assert RENTO.answer(Fault(status, code, "No"), CONTEXT)[1]["error"] == title


def test_rento_says_its_documented_words_to_whoever_is_not_signed_in() -> None:
    assert RENTO.answer(NO_TOKEN, CONTEXT)[1] == {
        "success": False,
        "error": "Authentication Required",
        "message": "Please login to access this resource",
        "details": None,
        "timestamp": STAMP,
    }


def test_rento_places_a_query_fault_in_the_query() -> None:
    body = RENTO.answer(INVALID, FaultContext("GET", "/", AT))[1]

    assert {one["location"] for one in body["details"]} == {"query"}


@pytest.mark.parametrize(
    ("status", "code", "name"),
    [
        (400, "VALIDATION_ERROR", "ValidationError"),
        (400, "BAD_REQUEST", "BadRequestError"),
        (401, "UNAUTHORIZED", "AuthenticationError"),
        (403, "FORBIDDEN", "ForbiddenError"),
        (404, "RESOURCE_NOT_FOUND", "NotFoundError"),
        (429, "RATE_LIMIT_EXCEEDED", "RateLimitError"),
        (500, "INTERNAL_ERROR", "InternalServerError"),
        (503, "SERVICE_UNAVAILABLE", "ServiceUnavailableError"),
    ],
)
def test_nakksha_names_a_refusal(status: int, code: str, name: str) -> None:
    assert NAKKSHA.answer(Fault(status, code, "No"), CONTEXT)[1]["error"] == name


@pytest.mark.parametrize(
    ("dialect", "code", "shown"),
    [
        (FLASHSPACE, "ROUTE_NOT_FOUND", "RESOURCE_NOT_FOUND"),
        (FLASHSPACE, "INVALID_ID", "VALIDATION_ERROR"),
        (FLASHSPACE, "METHOD_NOT_ALLOWED", "METHOD_NOT_ALLOWED"),
        (NANO, "ROUTE_NOT_FOUND", "RESOURCE_NOT_FOUND"),
        (NAKKSHA, "UNAUTHORIZED", "NOT_AUTHENTICATED"),
        (NAKKSHA, "TOKEN_EXPIRED", "NOT_AUTHENTICATED"),
        (NAKKSHA, "AUTHENTICATION_FAILED", "INVALID_CREDENTIALS"),
        (NAKKSHA, "ADMIN_APPROVAL_REQUIRED", "ADMIN_APPROVAL_REQUIRED"),
        (SHARED, "AUTHENTICATION_FAILED", "INVALID_CREDENTIALS"),
        (WORKSPACE, "MFA_REQUIRED", "MFA_REQUIRED"),
    ],
)
def test_code_is_the_documented_one(dialect: Dialect, code: str, shown: str) -> None:
    body = dialect.answer(Fault(400, code, "No"), CONTEXT)[1]

    assert (body["error"]["code"] if dialect is FLASHSPACE else body["code"]) == shown


def test_nano_tells_a_validation_error_of_no_field_in_its_own_words() -> None:
    fault = Fault(400, "VALIDATION_ERROR", "Nothing fits")

    assert NANO.answer(fault, CONTEXT)[1] == {"error": "Nothing fits", "code": "VALIDATION_ERROR"}


@pytest.mark.parametrize("name", ALL)
def test_extra_keys_stand_at_the_top(name: str) -> None:
    assert ALL[name].answer(PRICE, CONTEXT)[1]["total_amount"] == 15000


@pytest.mark.parametrize("name", ALL)
def test_secret_values_are_never_repeated(name: str) -> None:
    secrets = ("password", "newPassword", "refresh_token", "otp", "mfa_code", "credential", "stripe_card_token")
    fields = tuple(FieldFault(field, "Wrong", value=f"canary-{field}") for field in secrets)
    body = ALL[name].answer(Fault(400, "VALIDATION_ERROR", "No", fields), CONTEXT)[1]

    assert "canary" not in str(body)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("x" * 500, "x" * 200), (5, 5), (None, None), (False, False), ({"password": "p"}, "absent"), (["p"], "absent")],
)
def test_value_is_cut_and_nothing_nested_is_repeated(value: Any, shown: Any) -> None:
    fault = Fault(400, "VALIDATION_ERROR", "No", (FieldFault("field", "Wrong", value=value),))
    details = FLASHSPACE.answer(fault, CONTEXT)[1]["error"]["details"]

    assert details.get("value", "absent") == shown


STATUSES = [
    (FLASHSPACE, 400, 400),
    (RENTO, 400, 400),
    (NANO, 404, 400),
    (NAKKSHA, 404, 400),
    (WORKSPACE, 404, 422),
    (SHARED, 404, 400),
]


@pytest.mark.parametrize(("dialect", "malformed_id", "validation"), STATUSES)
def test_statuses_of_a_malformed_id_and_of_invalid_fields(dialect: Dialect, malformed_id: int, validation: int) -> None:
    assert (dialect.malformed_id_status, dialect.validation_status) == (malformed_id, validation)
