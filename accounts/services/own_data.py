"""Handing a person everything we keep of them: to somebody who has just signed in, once a day."""

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction

from accounts.exceptions import MfaRequired, MfaSetupRequired, SignInTooOld
from accounts.models import Session, User
from accounts.selectors.mfa import has_second_factor, organizations_that_require_it
from accounts.selectors.own_data import OwnData, own_data
from accounts.services import budgets
from flashspace.base.clock import now

log = logging.getLogger(__name__)

RECENT: Final = timedelta(minutes=15)


def take_own_data(*, session: Session) -> OwnData:
    """A stolen access token is not enough for it, nor a password alone where there is, or must be, a second factor.

    Raises MfaRequired, MfaSetupRequired, SignInTooOld, RateLimited.
    """
    if session.mfa_verified_at is None:
        _check_none_is_wanted(session.user)
    if now() - session.created_at > RECENT:
        raise SignInTooOld
    with transaction.atomic():  # what fails is not counted
        budgets.spend("accounts.own_data", str(session.user_id))
        data = own_data(session.user)
    log.info("own data downloaded", extra={"user_id": str(session.user_id)})
    return data


def _check_none_is_wanted(user: User) -> None:
    """It tells of all the organizations that somebody belongs to, wherever they are signed in: each one may want it."""
    if has_second_factor(user):
        raise MfaRequired
    if organizations_that_require_it(user).exists():
        raise MfaSetupRequired
