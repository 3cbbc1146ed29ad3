"""Rows that guard nothing any more, and files that no row names. Deleted in chunks, so that no transaction is long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session as BrowserSession
from django.db.models import Q, QuerySet

from accounts.enums import MailStatus
from accounts.models import Budget, IdempotencyKey, OneTimeToken, OtpChallenge, Session, Sms, TotpSetup
from accounts.services.devices import DEVICE_KNOWN_FOR
from accounts.services.idempotency import KEPT
from accounts.services.kyc_files import find_orphans, remove_orphans

CHUNK = 1000
ORPHANS = "files without a row"

# A lock lasts 15 minutes, and what was sent in a day is counted by budgets.
CODES_KEPT = timedelta(days=1)

# Long enough for a dispute over the provider's bill; a number is nobody's business afterwards.
SMS_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Purge:
    name: str
    expired: Callable[[datetime], QuerySet[Any]]


def _sessions(at: datetime) -> QuerySet[Session]:
    """Over, and too old to make its device a known one."""
    over = Q(ended_at__isnull=False) | Q(expires_at__lte=at)
    return Session.objects.filter(over, created_at__lte=at - DEVICE_KNOWN_FOR)


PURGES = (
    Purge("budgets", lambda at: Budget.objects.filter(resets_at__lte=at)),
    Purge("one-time tokens", lambda at: OneTimeToken.objects.filter(expires_at__lte=at)),
    Purge("one-time codes", lambda at: OtpChallenge.objects.filter(updated_at__lte=at - CODES_KEPT)),
    Purge("set-ups of second factors", lambda at: TotpSetup.objects.filter(expires_at__lte=at)),
    Purge("browsers of staff", lambda at: BrowserSession.objects.filter(expire_date__lte=at)),
    Purge("idempotency keys", lambda at: IdempotencyKey.objects.filter(created_at__lte=at - KEPT)),
    Purge("SMS", lambda at: Sms.objects.exclude(status=MailStatus.QUEUED).filter(created_at__lte=at - SMS_KEPT)),
    Purge("sessions", _sessions),
)


def count_expired(at: datetime) -> dict[str, int]:
    return {purge.name: purge.expired(at).count() for purge in PURGES} | {ORPHANS: len(list(find_orphans(at)))}


def purge_expired(at: datetime, tell: Callable[[str], None] | None = None) -> dict[str, int]:
    """How many rows of each kind were deleted. `tell` hears how far a long one is."""
    return {purge.name: _delete(purge, at, tell) for purge in PURGES} | {ORPHANS: remove_orphans(at)}


def _delete(purge: Purge, at: datetime, tell: Callable[[str], None] | None) -> int:
    deleted = 0
    while ids := list(purge.expired(at).values_list("pk", flat=True)[:CHUNK]):
        # Asked again with the ids: a budget may have begun a new window meanwhile.
        gone, _ = purge.expired(at).filter(pk__in=ids).delete()
        deleted += gone
        if not gone:
            break
        if tell and len(ids) == CHUNK:
            tell(f"{purge.name}: {deleted} so far")
    return deleted
