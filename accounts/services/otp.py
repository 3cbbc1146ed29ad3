"""One-time codes: one live code for an address, few tries, few codes.

An address that has no account is treated alike, row and all: the answers must not tell the two apart. Works on
addresses of any kind; what a right code is good for is the caller's business.
"""

from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction

from accounts.exceptions import OtpLocked, OtpTooSoon, OtpWrong
from accounts.models import OtpChallenge, User
from accounts.services import budgets
from flashspace.base.clock import now
from flashspace.base.crypto import keyed_hash, keyed_hashes, new_digits, same
from flashspace.base.errors import DomainError
from flashspace.base.locks import lock_row

DIGITS = 6
LIFE = timedelta(minutes=10)
MOST_TRIES = 5
LOCK = timedelta(minutes=15)


@transaction.atomic
def issue_code(*, identifier: str, user: User | None) -> str:
    """Make the code that replaces any earlier one, in the transaction of the message that carries it.

    Raises OtpTooSoon within the pause between two codes, RateLimited after 3 in 15 minutes or 10 a day.
    """
    challenge = _locked(identifier)
    _check_pause(challenge)
    budgets.spend("accounts.codes", identifier)
    budgets.spend("accounts.codes_daily", identifier)
    return _put_code(challenge, user)


@transaction.atomic
def issue_first_code(*, identifier: str, user: User) -> str:
    """The code of a new account. What strangers did with the address before is forgotten: it guarded nothing."""
    challenge = _locked(identifier)
    challenge.wrong_tries = 0
    challenge.locked_until = None
    return _put_code(challenge, user)


def try_code(*, identifier: str, code: str) -> DomainError | None:
    """Compare a code, in the caller's transaction. None: it was right, and is used up now. Otherwise the refusal.

    The refusal is returned and not raised, because the transaction that counted the try must be committed.
    """
    challenge = _locked(identifier)
    at = now()
    if challenge.locked_until and challenge.locked_until > at:
        return _locked_out(challenge.locked_until, at)
    if challenge.locked_until:  # the lock is over, and with it the tries that led there
        challenge.locked_until = None
        challenge.wrong_tries = 0
    if _is_right(challenge, code, at):
        challenge.used_at = at
        challenge.code_hash = ""
        challenge.wrong_tries = 0
        challenge.save(update_fields=["used_at", "code_hash", "wrong_tries", "locked_until", "updated_at"])
        return None
    challenge.wrong_tries += 1
    if challenge.wrong_tries >= MOST_TRIES:
        challenge.locked_until = at + LOCK
        challenge.code_hash = ""
    challenge.save(update_fields=["wrong_tries", "locked_until", "code_hash", "updated_at"])
    if challenge.locked_until:
        return _locked_out(challenge.locked_until, at)
    return OtpWrong(extra={"remaining_attempts": MOST_TRIES - challenge.wrong_tries})


def retire_code(*, identifier: str) -> None:
    """The address was proved another way: its code is good for nothing any more."""
    OtpChallenge.objects.filter(identifier=identifier).exclude(code_hash="").update(code_hash="", updated_at=now())


def is_locked(identifier: str) -> DomainError | None:
    """The refusal while an address is locked, without writing anything: guessing on costs us next to nothing."""
    at = now()
    until = OtpChallenge.objects.filter(identifier=identifier).values_list("locked_until", flat=True).first()
    return _locked_out(until, at) if until and until > at else None


def _locked(identifier: str) -> OtpChallenge:
    try:
        return lock_row(OtpChallenge.objects.all(), identifier=identifier)
    except OtpChallenge.DoesNotExist:
        OtpChallenge.objects.get_or_create(identifier=identifier)  # somebody else may be as quick
        return lock_row(OtpChallenge.objects.all(), identifier=identifier)


def _check_pause(challenge: OtpChallenge) -> None:
    if challenge.sent_at is None:
        return
    wait = (challenge.sent_at + timedelta(seconds=settings.OTP_RESEND_SECONDS) - now()).total_seconds()
    if wait > 0:
        raise OtpTooSoon(retry_after=ceil(wait))


def _put_code(challenge: OtpChallenge, user: User | None) -> str:
    code = new_digits(DIGITS)
    challenge.user = user
    challenge.code_hash = keyed_hash(_bound(challenge.identifier, code), purpose="otp") if user else ""
    challenge.sent_at = now()
    challenge.expires_at = challenge.sent_at + LIFE
    challenge.used_at = None
    challenge.save()
    return code


def _is_right(challenge: OtpChallenge, code: str, at: datetime) -> bool:
    is_open = bool(challenge.code_hash) and challenge.used_at is None
    if not is_open or challenge.expires_at is None or challenge.expires_at <= at:
        return False
    return any(
        same(challenge.code_hash, one) for one in keyed_hashes(_bound(challenge.identifier, code), purpose="otp")
    )


def _bound(identifier: str, code: str) -> str:
    return f"{identifier}:{code}"


def _locked_out(until: datetime, at: datetime) -> OtpLocked:
    return OtpLocked(retry_after=ceil((until - at).total_seconds()), extra={"remaining_attempts": 0})
