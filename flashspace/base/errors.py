"""Domain errors: a stable code, an HTTP hint, and what a dialect may show. Dialects word them; services raise them."""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A refusal with a reason.

    `code` is stable and upper-case; `status` is the HTTP status unless a dialect documents another. `field` names the
    input at fault. `extra` holds keys that a dialect may put at the top of its error body (`remaining_attempts`,
    `total_amount`); `details` is free context. Never put a secret in any of them.
    """

    code = "BAD_REQUEST"
    status = 400
    message = "The request cannot be carried out"

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        details: Any = None,
        extra: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = message or type(self).message
        self.field = field
        self.details = details
        self.extra = dict(extra or {})
        self.retry_after = retry_after
        super().__init__(self.message)


class Invalid(DomainError):
    code = "VALIDATION_ERROR"
    message = "Validation failed"


class Unauthenticated(DomainError):
    code = "UNAUTHORIZED"
    status = 401
    message = "Missing or invalid token"


class Forbidden(DomainError):
    code = "FORBIDDEN"
    status = 403
    message = "You do not have permission to do this"


class Final(DomainError):
    """Whose token this is does nothing here, not even what a stranger without one may do."""


class NotFound(DomainError):
    code = "RESOURCE_NOT_FOUND"
    status = 404
    message = "Not found"


class Conflict(DomainError):
    code = "CONFLICT"
    status = 409
    message = "The request conflicts with the current state"


class IllegalTransition(Conflict):
    """A move that the state machine does not have."""

    code = "ILLEGAL_TRANSITION"

    def __init__(self, thing: str, current: str, wanted: str) -> None:
        super().__init__(f"A {thing} that is {current} cannot become {wanted}")


class RateLimited(DomainError):
    code = "RATE_LIMIT_EXCEEDED"
    status = 429
    message = "Too many requests"


class Unavailable(DomainError):
    code = "SERVICE_UNAVAILABLE"
    status = 503
    message = "Service temporarily unavailable"
