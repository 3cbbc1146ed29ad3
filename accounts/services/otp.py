"""One-time codes: one live code for an address, few tries, few codes.

An address that has no account is treated alike, row and all: the answers must not tell the two apart. Works on
addresses of any kind; what a right code is good for is the caller's business.
"""

from collections.abc import Callable
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
def issue_code(*, identifier: str, user: User | None, life: timedelta = LIFE) -> str:
    """Make the code that replaces any earlier one, in the transaction of the message that carries it.

    It proves the address to be this user's, and nothing else. One that nobody gets leaves a live code alone. Raises
    OtpTooSoon within the pause between two codes, RateLimited after 3 in 15 minutes or 10 a day.
    """
    challenge = _locked(identifier)
    _check_pause(challenge)
    budgets.spend("accounts.codes", identifier)
    budgets.spend("accounts.codes_daily", identifier)
    return _put_code(challenge, user, life)


@transaction.atomic
def issue_first_code(*, identifier: str, user: User, life: timedelta = LIFE) -> str:
    """The code of a new account. What strangers did with the address before is forgotten: it guarded nothing."""
    challenge = _locked(identifier)
    challenge.wrong_tries = 0
    challenge.locked_until = None
    return _put_code(challenge, user, life)


def spend_code(
    *,
    identifier: str,
    code: str,
    find_user: Callable[[str], User | None],
    prove: Callable[[User], DomainError | None],
    most_tries: int = MOST_TRIES,
) -> None:
    """Compare a code, and when it is right, use it up and `prove` the address to be its user's, in one transaction.

    `find_user` locks whom it should be for: the user before the code, everywhere, for two orders would be a deadlock.
    `prove` may return a refusal, which stands. Raises OtpWrong, OtpLocked, and that.
    """
    refusal = is_locked(identifier)
    if refusal is None:
        with transaction.atomic(durable=True):  # a wrong try must be counted whatever happens to the caller
            user = find_user(identifier)
            refusal = _try_code(identifier, code, user, most_tries)
            if refusal is None and user is not None:
                refusal = prove(user)
    if refusal is not None:
        raise refusal


def _try_code(identifier: str, code: str, user: User | None, most_tries: int) -> DomainError | None:
    """None: it was right, and is used up now. Otherwise the refusal, which is returned and not raised, because the
    transaction that counted the try must be committed.

    All dialects count on one counter. In one that allows fewer tries than were made elsewhere, none is left.
    """
    challenge = _locked(identifier)
    at = now()
    if challenge.locked_until and challenge.locked_until > at:
        return _locked_out(challenge.locked_until, at)
    if challenge.locked_until:  # the lock is over, and with it the tries that led there
        challenge.locked_until = None
        challenge.wrong_tries = 0
    if challenge.wrong_tries < most_tries:
        if _is_right(challenge, code, user, at):
            challenge.used_at = at
            challenge.code_hash = ""
            challenge.wrong_tries = 0
            challenge.save(update_fields=["used_at", "code_hash", "wrong_tries", "locked_until", "updated_at"])
            return None
        challenge.wrong_tries += 1
    if challenge.wrong_tries >= most_tries:
        challenge.locked_until = at + LOCK
        challenge.code_hash = ""
    challenge.save(update_fields=["wrong_tries", "locked_until", "code_hash", "updated_at"])
    if challenge.locked_until:
        return _locked_out(challenge.locked_until, at)
    return OtpWrong(extra={"remaining_attempts": most_tries - challenge.wrong_tries})


def retire_code(*, identifier: str) -> None:
    """The address was proved another way: its code is good for nothing any more."""
    OtpChallenge.objects.filter(identifier=identifier).exclude(code_hash="").update(code_hash="", updated_at=now())


def unlock(*, identifier: str) -> bool:
    """Forget the wrong tries of an address and lift its lock, in the caller's transaction. False if there was neither.

    What the lock has struck out stays so: another code must be asked for.
    """
    tried = OtpChallenge.objects.filter(identifier=identifier).exclude(wrong_tries=0, locked_until=None)
    return bool(tried.update(wrong_tries=0, locked_until=None, updated_at=now()))


def is_locked(identifier: str) -> DomainError | None:
    """The refusal while an address is locked, without writing anything: guessing on costs us next to nothing."""
    at = now()
    until = OtpChallenge.objects.filter(identifier=identifier).values_list("locked_until", flat=True).first()
    return _locked_out(until, at) if until and until > at else None


def was_asked(identifier: str) -> bool:
    """Whether a code was asked for, for an account or for none."""
    return OtpChallenge.objects.filter(identifier=identifier, sent_at__isnull=False).exists()


def _locked(identifier: str) -> OtpChallenge:
    """The row of an address, made where there was none by the same statements: accounts have one, and the clock must
    not tell.
    """
    OtpChallenge.objects.bulk_create([OtpChallenge(identifier=identifier)], ignore_conflicts=True)
    return lock_row(OtpChallenge.objects.all(), identifier=identifier)


def _check_pause(challenge: OtpChallenge) -> None:
    if challenge.sent_at is None:
        return
    wait = (challenge.sent_at + timedelta(seconds=settings.OTP_RESEND_SECONDS) - now()).total_seconds()
    if wait > 0:
        raise OtpTooSoon(retry_after=ceil(wait))


def _put_code(challenge: OtpChallenge, user: User | None, life: timedelta) -> str:
    code, at = new_digits(DIGITS), now()
    challenge.sent_at = at
    if user is not None or not _is_live(challenge, at):
        challenge.user = user
        challenge.code_hash = keyed_hash(_bound(challenge.identifier, code), purpose="otp") if user else ""
        challenge.expires_at = at + life
        challenge.used_at = None
    challenge.save()
    return code


def _is_live(challenge: OtpChallenge, at: datetime) -> bool:
    is_open = bool(challenge.code_hash) and challenge.used_at is None
    return is_open and challenge.expires_at is not None and challenge.expires_at > at


def _is_right(challenge: OtpChallenge, code: str, user: User | None, at: datetime) -> bool:
    is_for_user = user is not None and challenge.user_id == user.pk
    if not is_for_user or not _is_live(challenge, at):
        return False
    return any(
        same(challenge.code_hash, one) for one in keyed_hashes(_bound(challenge.identifier, code), purpose="otp")
    )


def _bound(identifier: str, code: str) -> str:
    return f"{identifier}:{code}"


def _locked_out(until: datetime, at: datetime) -> OtpLocked:
    return OtpLocked(retry_after=ceil((until - at).total_seconds()), extra={"remaining_attempts": 0})
