"""Mails and SMS: none is forgotten, none keeps a secret, and what promises one has it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.enums import MailStatus
from accounts.models import AuditEntry, Mail, OutgoingMessage, Sms
from accounts.services.kyc_review import ACTIONS
from accounts.services.outbox import MAX_ATTEMPTS
from flashspace.base.clock import now
from flashspace.base.integrity import Findings, findings, rule

OVERDUE: Final = timedelta(minutes=10)  # twenty sweeps missed it


@rule("I-O1", "A mail was sent, given up or is not ten minutes overdue; a sent one shows no secret any more")
def mails_are_sent_or_given_up() -> Findings:
    return findings(Mail.objects.count(), _stuck(Mail, Q(text__contains="⟦") | Q(html__contains="⟦")))


@rule("I-O3", "The same of SMS; and none was sent without a word that the provider may have it")
def sms_are_sent_or_given_up() -> Findings:
    return findings(Sms.objects.count(), _stuck_sms())


def _stuck_sms() -> Iterator[str]:
    yield from _stuck(Sms, Q(text__contains="⟦"))
    sent = Sms.objects.filter(status=MailStatus.SENT).order_by("pk")
    yield from _name(sent.filter(handed_at=None), "was sent without being handed over")


def _stuck(model: type[OutgoingMessage], with_secret: Q) -> Iterator[str]:
    rows = model.objects.order_by("pk")
    queued, sent = rows.filter(status=MailStatus.QUEUED), rows.filter(status=MailStatus.SENT)
    yield from _name(rows.exclude(status__in=MailStatus.values), "is in no known state")
    yield from _name(queued.filter(due_at__lt=now() - OVERDUE), "is overdue: does the beat run?")
    yield from _name(rows.filter(attempts__gt=MAX_ATTEMPTS), "was tried more than twelve times")
    yield from _name(sent.filter(sent_at=None), "was sent, but not when")
    yield from _name(sent.filter(with_secret), "was sent and still holds a secret")


@rule("I-O2", "Every decision of a KYC case has its mail")
def decisions_have_their_mail() -> Findings:
    decisions = AuditEntry.objects.filter(action__in=ACTIONS.values()).order_by("pk")
    mailed = set(Mail.objects.filter(dedupe_key__startswith="kyc:").values_list("dedupe_key", flat=True))
    rows = decisions.values_list("pk", "action", "target_label")
    missing = (
        f"{action} of {label} ({pk}) was never mailed" for pk, action, label in rows if f"kyc:{pk}" not in mailed
    )
    return findings(decisions.count(), missing)


def _name(rows: QuerySet[Any], problem: str) -> Iterator[str]:
    thing = rows.model._meta.verbose_name
    return (f"{thing} {pk} {problem}" for pk in rows.values_list("pk", flat=True))
