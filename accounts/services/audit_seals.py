"""Sealing the audit log: each entry becomes a link of a chain of hashes, and each link is signed.

Entries stay plain inserts, so that writing one waits for nothing; within a minute the sealer links them in.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import AuditEntry, AuditSeal
from flashspace.base.clock import now
from flashspace.base.crypto import keyed_hash, keyed_hashes
from flashspace.base.locks import atomic, lock_name

log = logging.getLogger(__name__)

BATCH: Final = 1000
LOCK: Final = "accounts.audit_seals"
PURPOSE: Final = "audit_seal"

# Which columns a hash covers. A new column is a new form: what was sealed under an old one stays as it is.
FORMS: Final[Mapping[int, tuple[str, ...]]] = {
    1: (
        "action",
        "actor_email",
        "actor_id",
        "after",
        "at",
        "before",
        "id",
        "network",
        "organization_id",
        "reason",
        "request_id",
        "target_id",
        "target_label",
        "target_type",
    )
}
FORM: Final = max(FORMS)


def unsealed(at: datetime | None = None) -> QuerySet[AuditEntry]:
    """Entries that no seal covers yet, as they were written."""
    entries = AuditEntry.objects.filter(seal=None).order_by("id")
    return entries if at is None else entries.filter(at__lte=at)


def seal_audit(*, at: datetime, batches: int | None = None, tell: Callable[[str], None] | None = None) -> int:
    """Seal what was written until `at`, batch by batch. How many entries were sealed.

    Any number of sealers may run: one goes on at a time, and each continues the chain where the last one left it.
    """
    count, head = 0, None
    while batches is None or batches > 0:
        # From where this run left off: to look for gaps from the beginning takes long in a long log, once is enough.
        seals = _seal_batch(at, after=head)
        count, head = count + len(seals), seals[-1] if seals else head
        if tell and seals:
            tell(f"{count} sealed")
        if len(seals) < BATCH:
            break
        batches = None if batches is None else batches - 1
    if head is not None:
        # The anchor: a copy of the log that keeps this line shows later that the end of the chain was not cut off.
        log.info("audit log sealed", extra={"sealed": count, "head_number": head.number, "head_hash": head.hash})
    return count


def _seal_batch(at: datetime, after: AuditSeal | None) -> list[AuditSeal]:
    due = unsealed(at) if after is None else unsealed(at).filter(id__gt=after.entry_id)
    with atomic():
        lock_name(LOCK)
        head = AuditSeal.objects.order_by("-number").first()
        first, previous = (head.number + 1, head.hash) if head else (1, "")
        seals = []
        for number, entry in enumerate(due.values(*FORMS[FORM])[:BATCH], start=first):
            seals.append(_seal(entry, number, previous))
            previous = seals[-1].hash
        AuditSeal.objects.bulk_create(seals)
    return seals


def _seal(entry: Mapping[str, Any], number: int, previous: str) -> AuditSeal:
    sealed_at = now()
    digest = digest_of(entry, form=FORM, number=number, previous=previous, sealed_at=sealed_at)
    return AuditSeal(
        number=number,
        entry_id=entry["id"],
        form=FORM,
        previous=previous,
        hash=digest,
        key=keyed_hash("id", purpose=f"{PURPOSE}_key")[:16],
        signature=keyed_hash(digest, purpose=PURPOSE),
        sealed_at=sealed_at,
    )


def digest_of(entry: Mapping[str, Any], *, form: int, number: int, previous: str, sealed_at: datetime) -> str:
    """SHA-256 over one spelling of the entry's columns, its place, and all before it. `form` is one of FORMS."""
    columns = {name: entry[name] for name in FORMS[form]}
    link = {"entry": columns, "form": form, "number": number, "previous": previous, "sealed_at": sealed_at}
    return hashlib.sha256(_spell(link).encode()).hexdigest()


def live_keys() -> list[str]:
    """The names of the keys that are configured, newest first."""
    return [name[:16] for name in keyed_hashes("id", purpose=f"{PURPOSE}_key")]


def is_signed(digest: str, signature: str) -> bool:
    """By any key that is configured."""
    return signature in keyed_hashes(digest, purpose=PURPOSE)


def _plain(value: datetime | UUID) -> str:
    """What JSON has no spelling for."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no one spelling")


_spell: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_plain).encode
