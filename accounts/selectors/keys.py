"""What still needs a key that is not the newest of its name."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts.enums import InvitationStatus
from accounts.models import AuditSeal, BackupCode, Invitation, OneTimeToken, OtpChallenge, Session
from accounts.services.audit_seals import live_keys
from accounts.services.mfa import BARE, KEYED
from accounts.services.tokens import signing_key_id
from flashspace.base import ciphertext
from flashspace.base.ciphertext import NEWEST
from flashspace.base.clock import INDIA, now
from flashspace.base.crypto import Undecipherable, decrypt

RESTARTED: Final = timedelta(hours=1)  # between the first process with a new key and the last one


def keys_of(name: str) -> list[str]:
    """As this process has them, newest first."""
    keys: dict[str, list[str]] = {
        "SECRET_KEY": [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS],
        "JWT_SECRET": settings.JWT_KEYS,
        "FIELD_ENCRYPTION_KEYS": settings.FIELD_ENCRYPTION_KEYS,
    }
    return list(keys[name])


def needs_of_older_keys(name: str) -> list[str]:
    """A line for each kind of thing that would end without them; none: they may go."""
    if len(keys_of(name)) < 2:
        return []
    finders = {"SECRET_KEY": _hashed, "JWT_SECRET": _signed, "FIELD_ENCRYPTION_KEYS": _encrypted}
    return list(finders[name]())


def _signed() -> Iterator[str]:
    """A session knows by which key its tokens were signed. Those of staff in the admin have none."""
    live = Session.objects.filter(ended_at=None, expires_at__gt=now())
    yield from _until(live.exclude(signed_by=signing_key_id()).exclude(dialect="admin"), "sessions with tokens of it")


def _encrypted() -> Iterator[str]:
    for place in ciphertext.places():
        older = sum(number for key, number in ciphertext.count_by_key(place).items() if key not in {NEWEST, None})
        if older:
            yield f"{older} values of {place.name}: run reencrypt_fields"


def _hashed() -> Iterator[str]:
    """A hash does not tell its key. The audit log's seals do, so they tell since when the newest one is at work."""
    newest = live_keys()[0]
    first, last = AuditSeal.objects.filter(key=newest).last(), AuditSeal.objects.first()
    if first is None or last is None or last.key != newest:
        yield "the last seal of the audit log is not by the newest key: restart every process, then run seal_audit"
        return
    since, at = first.sealed_at + RESTARTED, now()
    opened = Session.objects.annotate(hashed_at=Coalesce("refreshed_at", "created_at"))
    yield from _until(opened.filter(ended_at=None, expires_at__gt=at, hashed_at__lt=since), "sessions")
    invited = Invitation.objects.filter(status=InvitationStatus.PENDING, expires_at__gt=at, created_at__lt=since)
    yield from _until(invited, "invitations")
    links = OneTimeToken.objects.filter(used_at=None, expires_at__gt=at, created_at__lt=since)
    yield from _until(links, "links and half sign-ins")
    codes = OtpChallenge.objects.exclude(code_hash="").filter(expires_at__gt=at, sent_at__lt=since)
    yield from _until(codes, "one-time codes")
    yield from _backup_codes(since)


def _backup_codes(since: datetime) -> Iterator[str]:
    """Those of the first release alone."""
    rows = BackupCode.objects.filter(used_at=None, created_at__lt=since).values_list("user_id", "code_hash")
    people = {user_id for user_id, code_hash in rows.iterator() if _is_keyed(code_hash)}
    if people:
        yield f"backup codes of {len(people)} people: they end with it, unless their owners make new ones before"


def _is_keyed(code_hash: str) -> bool:
    if BARE.fullmatch(code_hash):
        return True
    try:
        return decrypt(code_hash).startswith(KEYED)
    except Undecipherable:
        return False


def _until(rows: "QuerySet[Any]", what: str) -> Iterator[str]:
    last = rows.order_by("-expires_at").values_list("expires_at", flat=True).first()
    if last is not None:
        yield f"{rows.count()} {what}, the last until {last.astimezone(INDIA):%Y-%m-%d %H:%M} IST"
