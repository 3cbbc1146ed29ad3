"""Signing in with a password."""

import logging
from contextlib import nullcontext

from django.db.models import Q

from accounts.clients import Client
from accounts.exceptions import AccountDisabled, BadCredentials, MfaRequired, MfaSetupRequired, SecondFactorMissing
from accounts.models import User
from accounts.selectors.mfa import needs_second_factor
from accounts.services import budgets, passwords, sessions
from accounts.services.decoys import nobody
from accounts.services.devices import is_known_device
from accounts.services.mfa import verify_second_factor
from accounts.services.sessions import SignIn

log = logging.getLogger(__name__)


def sign_in(
    *, password: str, client: Client, email: str = "", phone: str = "", mfa_code: str = "", asks_for_factor: bool = True
) -> SignIn:
    """By e-mail address or verified phone. Raises what `check_credentials` and `enter` raise."""
    user, fresh_hash = check_credentials(email=email, phone=phone, password=password, client=client)
    return enter(user=user, client=client, mfa_code=mfa_code, asks_for_factor=asks_for_factor, fresh_hash=fresh_hash)


def enter(
    *,
    user: User,
    client: Client,
    mfa_code: str = "",
    asks_for_factor: bool = True,
    fresh_hash: str | None = None,
) -> SignIn:
    """What follows the right password: the second factor of whoever has or must have one, then a session.

    A dialect whose callers cannot be asked opens a session that has not shown it; what needs it refuses that one.
    Never inside a transaction. Raises MfaRequired without a code, MfaSetupRequired for who must have a factor and has
    none, SecondFactorWrong, RateLimited, BadCredentials, AccountDisabled.
    """
    is_asked = bool(mfa_code) or asks_for_factor
    has_shown = is_asked and needs_second_factor(user)
    if has_shown and not mfa_code:
        raise MfaRequired
    if has_shown:
        try:
            verify_second_factor(user=user, code=mfa_code)
        except SecondFactorMissing:
            raise MfaSetupRequired from None
    return sessions.open_session(user=user, client=client, fresh_hash=fresh_hash, has_shown_factor=has_shown)


def check_credentials(*, password: str, client: Client, email: str = "", phone: str = "") -> tuple[User, str | None]:
    """The account, and a new hash where the stored one is of older settings. A phone names only who has verified it.

    Raises BadCredentials, AccountDisabled after the right password only, RateLimited, HashingBusy.

    An account has ten failures an hour over all addresses and dialects. A device that signed in lately is not counted
    and not refused, so nobody can lock the owner out by guessing. An address without an account is counted alike.
    """
    named = Q(email=email) if email else Q(phone=phone, phone_verified_at__isnull=False)
    user = User.objects.filter(named).first()
    account = user.email if user else email or phone  # guesses by either name are guesses at one account
    is_known = is_known_device(user=user or nobody(), client=client)
    counted = nullcontext() if is_known else budgets.guesses(budgets.FAILURES, account, wrong=BadCredentials)
    with counted:
        verdict = passwords.judge(password, user=user)
        if user is None or not verdict.is_right:
            log.info("sign-in refused", extra={"network": client.network, "dialect": client.dialect})
            raise BadCredentials
    if not user.is_active:
        raise AccountDisabled
    return user, verdict.fresh_hash


def keep_fresh_hash(*, user: User, fresh_hash: str | None) -> None:
    """Store the new hash of a password that was just right, unless it was changed meanwhile."""
    if fresh_hash and User.objects.filter(pk=user.pk, password=user.password).update(password=fresh_hash):
        user.password = fresh_hash
