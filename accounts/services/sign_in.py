"""Signing in with a password."""

import logging
from contextlib import nullcontext

from accounts.clients import Client
from accounts.exceptions import AccountDisabled, BadCredentials
from accounts.models import User
from accounts.services import budgets, passwords, sessions
from accounts.services.decoys import nobody
from accounts.services.sessions import SignIn

log = logging.getLogger(__name__)


def sign_in(*, email: str, password: str, client: Client) -> SignIn:
    """Raises what `check_credentials` raises."""
    user, fresh_hash = check_credentials(email=email, password=password, client=client)
    return sessions.open_session(user=user, client=client, fresh_hash=fresh_hash)


def check_credentials(*, email: str, password: str, client: Client) -> tuple[User, str | None]:
    """The account, and a new hash where the stored one is of older settings.

    Raises BadCredentials, AccountDisabled after the right password only, RateLimited, HashingBusy.

    An account has ten failures an hour over all addresses and dialects. A device that signed in lately is not counted
    and not refused, so nobody can lock the owner out by guessing. An address without an account is counted alike.
    """
    user = User.objects.filter(email=email).first()
    is_known = sessions.is_known_device(user=user or nobody(), client=client)
    counted = nullcontext() if is_known else budgets.guesses(budgets.FAILURES, email, wrong=BadCredentials)
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
