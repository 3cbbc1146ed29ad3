"""What can go wrong with an account. Codes are stable; each dialect has its own words for them."""

from flashspace.base.errors import Conflict, DomainError, Forbidden, NotFound, Unauthenticated


class EmailTaken(Conflict):
    message = "An account with this e-mail address exists"


class BadCredentials(Unauthenticated):
    code = "AUTHENTICATION_FAILED"
    message = "Invalid e-mail or password"


class AccountDisabled(Forbidden):
    code = "ACCOUNT_DISABLED"
    message = "This account is disabled"


class EmailNotVerified(Forbidden):
    code = "EMAIL_NOT_VERIFIED"
    message = "Please verify your e-mail address first"


class UserUnknown(NotFound):
    message = "User not found"


class OtpWrong(DomainError):
    code = "OTP_INVALID"
    message = "Invalid or expired OTP"


class OtpLocked(DomainError):
    code = "OTP_LOCKED"
    status = 429
    message = "Too many wrong codes; try again later"


class OtpTooSoon(DomainError):
    code = "OTP_TOO_SOON"
    status = 429
    message = "Please wait before asking for another code"


class TokenInvalid(DomainError):
    code = "TOKEN_INVALID"
    message = "Invalid or expired token"


class SessionEnded(Unauthenticated):
    message = "The session has ended; please sign in again"


class IdempotencyMismatch(Conflict):
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another request"


class IdempotencyRunning(Conflict):
    code = "IDEMPOTENCY_KEY_RUNNING"
    message = "A request with this Idempotency-Key is still running"


class OwnCase(Forbidden):
    """A reviewer never decides about himself."""

    code = "OWN_CASE"
    message = "You cannot decide your own case"
