"""Sending the mails that are due. None is lost; a sender that is killed can make one arrive twice, never more.

A row is claimed by one conditional update, which moves `due_at` behind the lease: whoever else looks finds nothing due.
A sender that dies leaves a lease that ends, and the next sweep takes the row.
"""

import logging
import random
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.enums import MailStatus
from accounts.marks import DOTS, open_marks, secrets_of, strike_out
from accounts.models import Mail, User
from accounts.services import audit
from accounts.services.mail import attachment_maker, wake
from accounts.services.notify import notify_once
from flashspace.base.clock import now
from flashspace.base.crypto import Undecipherable
from flashspace.base.errors import Conflict
from flashspace.base.sweeps import Sweep
from flashspace.base.text import mask_email, one_line

log = logging.getLogger(__name__)

# Longer than the hard limit of the task that sends: a sender never outlives its lease.
LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# A fresh row has its own wake-up; the sweep leaves it alone for a moment.
GRACE = timedelta(seconds=10)
SWEEP_SIZE = 500


class MailNotDead(Conflict):
    message = "Only a mail that was given up can be sent again"


class LeaseLost(RuntimeError):
    """So slow that another sender took over; it is the other's mail now."""


def deliver(mail_id: UUID, at: datetime) -> bool:
    """Claim the mail, send it, say what became of it. False when it was not due, or another sender has it."""
    mail = claim(mail_id, at)
    if mail is None:
        return False
    try:
        send(mail)
    except Exception as error:  # noqa: BLE001  whatever a server or a maker did, the row must say so and others go on
        _failed(mail, error)
    else:
        _sent(mail)
    return True


def claim(mail_id: UUID, at: datetime) -> Mail | None:
    """Take the lease of a due mail: one conditional update, so that of many senders one wins."""
    due = Mail.objects.filter(pk=mail_id, status=MailStatus.QUEUED, due_at__lte=at)
    if due.filter(attempts__lt=MAX_ATTEMPTS).update(due_at=now() + LEASE, attempts=F("attempts") + 1, updated_at=now()):
        return Mail.objects.get(pk=mail_id)
    if exhausted := due.filter(attempts__gte=MAX_ATTEMPTS).first():
        _give_up(exhausted, exhausted.last_error or "every sender died over it")
    return None


def send(mail: Mail) -> None:
    """Hand the mail to the mail server, or raise. Touches no row but the lease."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=open_marks(mail.text),
        to=[mail.to],
        # The same each time: a mailbox that gets it twice can tell.
        headers={
            "Message-ID": f"<{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.html:
        message.attach_alternative(open_marks(mail.html, as_html=True), "text/html")
    for kind, key in mail.attachments:
        message.attach(*attachment_maker(kind)(key))
    with get_connection(fail_silently=False) as connection:
        # Making attachments and connecting took time: the lease starts anew for what cannot be undone.
        if not _mine(mail).update(due_at=now() + LEASE):
            raise LeaseLost(str(mail.pk))
        connection.send_messages([message])


def _mine(mail: Mail) -> QuerySet[Mail]:
    """The row as long as nobody else claimed it: every claim counts an attempt."""
    return Mail.objects.filter(pk=mail.pk, status=MailStatus.QUEUED, attempts=mail.attempts)


def _sent(mail: Mail) -> None:
    """Marked whoever holds the lease by now: it is out, and nobody may send it again. Its secrets are struck out."""
    at = now()
    Mail.objects.filter(pk=mail.pk, status=MailStatus.QUEUED).update(
        status=MailStatus.SENT,
        sent_at=at,
        updated_at=at,
        last_error="",
        text=strike_out(mail.text),
        html=strike_out(mail.html),
    )


def _failed(mail: Mail, error: Exception) -> None:
    words = _words(mail, error)
    log.warning("mail %s to %s was not sent (attempt %s): %s", mail.pk, mask_email(mail.to), mail.attempts, words)
    if is_permanent(error) or mail.attempts >= MAX_ATTEMPTS:
        _give_up(mail, words)
    else:
        _mine(mail).update(due_at=now() + pause_after(mail.attempts), last_error=words, updated_at=now())


def is_permanent(error: Exception) -> bool:
    """Whether trying again is pointless: the address is refused for good, or no key opens the secrets."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    return isinstance(error, Undecipherable)


def pause_after(attempts: int) -> timedelta:
    """1 minute, 2, 4 … 6 hours, a fifth more or less so that a recovering server is not met by all at once."""
    jitter = random.uniform(0.8, 1.2)  # noqa: S311  no secret
    return jitter * min(FIRST_PAUSE * (1 << attempts - 1), LONGEST_PAUSE)


def _words(mail: Mail, error: Exception) -> str:
    """What went wrong, fit for the log and the admin: a server may quote the mail, code and all."""
    words = f"{type(error).__name__}: {error}"
    if not isinstance(error, Undecipherable):
        for secret in secrets_of(mail.text) | secrets_of(mail.html):
            words = words.replace(secret, DOTS)
    return one_line(words, limit=500)


@transaction.atomic
def _give_up(mail: Mail, words: str) -> None:
    if not _mine(mail).update(status=MailStatus.DEAD, last_error=words, updated_at=now()):
        return
    audit.record(action="mail.dead", actor=None, target=mail, after={"attempts": mail.attempts}, reason=words)
    notify_once(
        users=_postmasters(),
        kind="mail.dead",
        title="A mail could not be sent",
        message=f"{mail.subject}: {words}",
        data={"mailId": str(mail.pk)},
    )


def _postmasters() -> QuerySet[User]:
    """Active staff who may see the mail log."""
    may = Q(codename="view_mail", content_type__app_label="accounts")
    permitted = Permission.objects.filter(may)
    return User.objects.filter(
        Q(is_superuser=True) | Q(groups__permissions__in=permitted) | Q(user_permissions__in=permitted),
        is_active=True,
        is_staff=True,
    ).distinct()


@transaction.atomic
def resend_mail(*, mail: Mail, actor: User) -> Mail:
    """Queue a dead mail afresh, all its attempts before it. Raises MailNotDead."""
    at = now()
    if not Mail.objects.filter(pk=mail.pk, status=MailStatus.DEAD).update(
        status=MailStatus.QUEUED, attempts=0, due_at=at, updated_at=at
    ):
        raise MailNotDead
    audit.record(
        action="mail.resent",
        actor=actor,
        target=mail,
        before={"status": MailStatus.DEAD},
        after={"status": MailStatus.QUEUED},
    )
    wake(mail)
    mail.refresh_from_db()
    return mail


def due_mails(at: datetime) -> list[UUID]:
    """The oldest that are due, leases that ended among them."""
    due = Mail.objects.filter(status=MailStatus.QUEUED, due_at__lte=at).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:SWEEP_SIZE])


deliver_due = Sweep("deliver_mail", due_mails, deliver)


def wake_due_mails() -> int:
    """The beat's part: a task for every mail whose own wake-up was lost. Claims make a second one harmless."""
    ids = due_mails(now() - GRACE)
    for mail in Mail.objects.filter(pk__in=ids).only("pk"):
        wake(mail)
    return len(ids)
