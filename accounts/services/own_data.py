"""Handing a person everything we keep of them: to somebody who has just signed in, once a day."""

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction

from accounts.exceptions import SignInTooOld
from accounts.models import Session
from accounts.selectors.own_data import OwnData, own_data
from accounts.services import budgets
from flashspace.base.clock import now

log = logging.getLogger(__name__)

RECENT: Final = timedelta(minutes=15)


def take_own_data(*, session: Session) -> OwnData:
    """A stolen access token is not enough for it. Raises SignInTooOld, RateLimited."""
    if now() - session.created_at > RECENT:
        raise SignInTooOld
    with transaction.atomic():  # what fails is not counted
        budgets.spend("accounts.own_data", str(session.user_id))
        data = own_data(session.user)
    log.info("own data downloaded", extra={"user_id": str(session.user_id)})
    return data
