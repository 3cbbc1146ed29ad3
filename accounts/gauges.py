from datetime import timedelta

from accounts.enums import KycStatus, MailStatus
from accounts.models import KycProfile, Mail, OutgoingMessage, Sms
from flashspace.base.clock import now
from flashspace.base.gauges import gauge, seconds_since


@gauge("mail_lag_seconds", "How long the oldest mail that could be sent now has waited for it")
def mail_lag() -> float:
    return _lag(Mail)


@gauge("mails_given_up", "Mails of the last day that could not be sent")
def mails_given_up() -> float:
    return _given_up(Mail)


@gauge("sms_lag_seconds", "How long the oldest SMS that could be sent now has waited for it")
def sms_lag() -> float:
    return _lag(Sms)


@gauge("sms_given_up", "SMS of the last day that could not be sent")
def sms_given_up() -> float:
    return _given_up(Sms)


def _lag(rows: type[OutgoingMessage]) -> float:
    due = rows.objects.filter(status=MailStatus.QUEUED, due_at__lte=now())
    return seconds_since(due.order_by("due_at").values_list("due_at", flat=True).first())


def _given_up(rows: type[OutgoingMessage]) -> float:
    return rows.objects.filter(status=MailStatus.DEAD, created_at__gt=now() - timedelta(days=1)).count()


@gauge("kyc_wait_seconds", "How long the KYC case that waits longest has waited")
def kyc_wait() -> float:
    waiting = KycProfile.objects.filter(status=KycStatus.PENDING)
    return seconds_since(waiting.order_by("submitted_at").values_list("submitted_at", flat=True).first())
