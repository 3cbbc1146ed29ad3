"""Signing in where an address must be proved first: whoever has not gets a new code, and no session."""

from accounts.clients import Client
from accounts.exceptions import EmailNotVerified, OtpTooSoon
from accounts.services.sessions import SignIn
from accounts.services.sign_in import check_credentials, enter, keep_fresh_hash
from accounts.services.verification import send_code
from flashspace.base.errors import RateLimited

CODE_SENT = "Please verify your email. New verification code sent to your email."
CODE_THERE = "Please verify your email with the code that we sent you."


def sign_in(*, email: str, password: str, client: Client, mfa_code: str = "") -> SignIn:
    """Raises EmailNotVerified after the right password only, and what `check_credentials` and `enter` raise."""
    user, fresh_hash = check_credentials(email=email, password=password, client=client)
    if not user.is_email_verified:
        keep_fresh_hash(user=user, fresh_hash=fresh_hash)
        raise EmailNotVerified(CODE_SENT if _code_was_sent(user.email) else CODE_THERE)
    return enter(user=user, client=client, mfa_code=mfa_code, asks_for_factor=False, fresh_hash=fresh_hash)


def _code_was_sent(email: str) -> bool:
    try:
        send_code(email=email)
    except (OtpTooSoon, RateLimited):
        return False
    return True
