"""Rows that have to leave: mails and SMS. None is lost; each is claimed, sent, and marked.

A row is claimed by one conditional update, which moves `due_at` behind the lease: whoever else looks finds nothing due.
A sender that dies leaves a lease that ends, and the next sweep takes the row. What one more sending of the same row
would cost differs, so each kind says itself how it is sent (`accounts.services.delivery`, `.sms_delivery`).
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet

from accounts.enums import MailStatus
from accounts.marks import DOTS, secrets_of, strike_out
from accounts.models import OutgoingMessage, User
from accounts.phones import mask_phone
from accounts.services import audit
from accounts.services.notify import notify_once
from flashspace.base.clock import now
from flashspace.base.crypto import Undecipherable
from flashspace.base.errors import Conflict
from flashspace.base.sweeps import Sweep
from flashspace.base.text import mask_email, one_line

log = logging.getLogger(__name__)

M = TypeVar("M", bound=OutgoingMessage)

# Longer than the hard limit of the task that sends: a sender never outlives its lease.
LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=6)
# A fresh row has its own wake-up; the sweep leaves it alone for a moment.
GRACE = timedelta(seconds=10)
SWEEP_SIZE = 500
# Seconds between tries to say that a row is out; together well within what its lease has left.
MARK_PAUSES = (0.2, 0.5, 1, 2, 4, 6)


class NotGivenUp(Conflict):
    message = "Only what was given up can be sent again"


class LeaseLost(RuntimeError):
    """So slow that another sender took over, or that the row is no longer to be sent as it was read."""


class Withdrawn(Exception):
    """Raised by `send` of a row that nobody has and nobody shall have."""


def put(rows: type[M], fields: Mapping[str, Any], *, dedupe_key: str | None) -> tuple[M, bool]:
    """The row, and whether it is new. A second call with the same `dedupe_key` returns the first row."""
    fields = {"due_at": now(), **fields}
    if dedupe_key is None:
        return rows.objects.create(**fields), True
    return rows.objects.get_or_create(dedupe_key=dedupe_key, defaults=fields)


@dataclass(frozen=True)
class Outbox(Generic[M]):
    """One kind of row. `send` hands it over or raises, and touches no row but its own; `texts` are the columns that
    hold secrets; `first_pause` is doubled from one attempt to the next.
    """

    name: str
    title: str
    model: type[M]
    texts: tuple[str, ...]
    send: Callable[[M], None]
    is_permanent: Callable[[Exception], bool]
    wake: Callable[[M], None]
    first_pause: timedelta

    def deliver(self, row_id: UUID, at: datetime) -> bool:
        """Claim the row, send it, say what became of it. False when it was not due, or another sender has it."""
        row = self.claim(row_id, at)
        if row is None:
            return False
        try:
            self.send(row)
        except Withdrawn:
            self.mine(row).delete()
        except Exception as error:  # noqa: BLE001  whatever a server or a maker did, the row must say so and others go on
            self._failed(row, error)
        else:
            self._sent(row)
        return True

    def claim(self, row_id: UUID, at: datetime) -> M | None:
        """Take the lease of a due row: one conditional update, so that of many senders one wins."""
        due = self._rows.filter(pk=row_id, status=MailStatus.QUEUED, due_at__lte=at)
        claimed = {"due_at": now() + LEASE, "attempts": F("attempts") + 1, "updated_at": now()}
        if due.filter(attempts__lt=MAX_ATTEMPTS).update(**claimed):
            return self._rows.get(pk=row_id)
        if exhausted := due.filter(attempts__gte=MAX_ATTEMPTS).first():
            self._give_up(exhausted, exhausted.last_error or "every sender died over it")
        return None

    def hold(self, row: M, *, if_still: Q | None = None, **changes: Any) -> None:
        """Begin the lease anew, just before what cannot be undone. Raises LeaseLost."""
        if not self.mine(row).filter(if_still or Q()).update(due_at=now() + LEASE, **changes):
            raise LeaseLost(str(row.pk))

    def mine(self, row: M) -> "QuerySet[M]":
        """The row as long as nobody else claimed it: every claim counts an attempt."""
        return self._rows.filter(pk=row.pk, status=MailStatus.QUEUED, attempts=row.attempts)

    def pause_after(self, attempts: int) -> timedelta:
        """Twice as long each time, up to 6 hours; a fifth more or less so that a recovering server is not met by all at
        once.
        """
        jitter = random.uniform(0.8, 1.2)  # noqa: S311  no secret
        return jitter * min(self.first_pause * (1 << attempts - 1), LONGEST_PAUSE)

    @transaction.atomic
    def resend(self, row: M, *, actor: User) -> M:
        """Queue a dead row afresh, all its attempts before it. Raises NotGivenUp."""
        at = now()
        queued = {"status": MailStatus.QUEUED, "attempts": 0, "due_at": at, "updated_at": at}
        if not self._rows.filter(pk=row.pk, status=MailStatus.DEAD).update(**queued):
            raise NotGivenUp
        audit.record(
            action=f"{self.name}.resent",
            actor=actor,
            target=row,
            before={"status": MailStatus.DEAD},
            after={"status": MailStatus.QUEUED},
        )
        self.wake(row)
        row.refresh_from_db()
        return row

    def due(self, at: datetime) -> list[UUID]:
        """The oldest that are due, leases that ended among them."""
        rows = self._rows.filter(status=MailStatus.QUEUED, due_at__lte=at).order_by("due_at")
        return list(rows.values_list("pk", flat=True)[:SWEEP_SIZE])

    def wake_due(self) -> int:
        """The beat's part: a task for every row whose own wake-up was lost. Claims make a second one harmless."""
        ids = self.due(now() - GRACE)
        for row in self._rows.filter(pk__in=ids).only("pk"):
            self.wake(row)
        return len(ids)

    @property
    def sweep(self) -> Sweep:
        """As if it were later, for the listing. To send it is never later than now: a lease that lives is another's."""
        return Sweep(f"deliver_{self.name}", self.due, lambda row_id, at: self.deliver(row_id, min(at, now())))

    @property
    def _rows(self) -> "QuerySet[M]":
        return self.model.objects.all()

    def _sent(self, row: M) -> None:
        """Marked whoever holds the lease by now: it is out, and nobody may send it again. Secrets are struck out.

        A database that is away for a moment is waited for: what is not marked goes out once more.
        """
        at = now()
        struck = {name: strike_out(getattr(row, name)) for name in self.texts}
        marks = {"status": MailStatus.SENT, "sent_at": at, "updated_at": at, "last_error": "", **struck}
        for pause in MARK_PAUSES:
            try:
                self._rows.filter(pk=row.pk, status=MailStatus.QUEUED).update(**marks)
                return
            except OperationalError:
                log.warning("%s %s is out and could not be marked", self.name, row.pk)
                time.sleep(pause)
                connection.close_if_unusable_or_obsolete()
        self._rows.filter(pk=row.pk, status=MailStatus.QUEUED).update(**marks)

    def _failed(self, row: M, error: Exception) -> None:
        words = self._words(row, error)
        log.warning(
            "%s %s to %s was not sent (attempt %s): %s", self.name, row.pk, _masked(row.to), row.attempts, words
        )
        if self.is_permanent(error) or row.attempts >= MAX_ATTEMPTS:
            self._give_up(row, words)
        else:
            due_at = now() + self.pause_after(row.attempts)
            self.mine(row).update(due_at=due_at, last_error=words, updated_at=now())

    def _words(self, row: M, error: Exception) -> str:
        """What went wrong, fit for the log and the admin: a server may quote the text, code and all."""
        words = f"{type(error).__name__}: {error}"
        if not isinstance(error, Undecipherable):
            for secret in set().union(*(secrets_of(getattr(row, name)) for name in self.texts)):
                words = words.replace(secret, DOTS)
        return one_line(words, limit=500)

    @transaction.atomic
    def _give_up(self, row: M, words: str) -> None:
        if not self.mine(row).update(status=MailStatus.DEAD, last_error=words, updated_at=now()):
            return
        kind = f"{self.name}.dead"
        audit.record(action=kind, actor=None, target=row, after={"attempts": row.attempts}, reason=words)
        notify_once(
            users=self._postmasters(),
            kind=kind,
            title=f"{self.title} could not be sent",
            message=f"{row.headline}: {words}",
            data={f"{self.name}Id": str(row.pk)},
        )

    def _postmasters(self) -> "QuerySet[User]":
        """Active staff who may see the log of such rows."""
        may = Q(codename=f"view_{self.name}", content_type__app_label="accounts")
        permitted = Permission.objects.filter(may)
        return User.objects.filter(
            Q(is_superuser=True) | Q(groups__permissions__in=permitted) | Q(user_permissions__in=permitted),
            is_active=True,
            is_staff=True,
        ).distinct()


def _masked(to: str) -> str:
    return mask_email(to) if "@" in to else mask_phone(to)
