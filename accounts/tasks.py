"""What the workers do for accounts: ids in, one service call each."""

from uuid import UUID

from celery import shared_task

from accounts.services import audit_seals, delivery, purge, sms_delivery
from accounts.services.invitations import EXPIRE_INVITATIONS
from accounts.services.support_views import CLOSE_VIEWS
from flashspace.base.clock import now
from flashspace.base.sweeps import run_sweep


# A sender is dead before its lease of 30 seconds ends.
@shared_task(name="accounts.deliver_mail", soft_time_limit=25, time_limit=28)  # type: ignore[untyped-decorator]
def deliver_mail(mail_id: str) -> None:
    """Send one mail. Never retried by Celery: the row knows when it is due again."""
    delivery.deliver(UUID(mail_id), now())


@shared_task(name="accounts.deliver_mail_sweep")  # type: ignore[untyped-decorator]
def deliver_mail_sweep() -> None:
    delivery.wake_due_mails()


@shared_task(name="accounts.deliver_sms", soft_time_limit=25, time_limit=28)  # type: ignore[untyped-decorator]
def deliver_sms(sms_id: str) -> None:
    """Send one SMS, as a mail is sent."""
    sms_delivery.deliver(UUID(sms_id), now())


@shared_task(name="accounts.deliver_sms_sweep")  # type: ignore[untyped-decorator]
def deliver_sms_sweep() -> None:
    sms_delivery.wake_due_sms()


@shared_task(name="accounts.purge_expired")  # type: ignore[untyped-decorator]
def purge_expired() -> None:
    purge.purge_expired(now())


# Above what a busy minute writes; what is left is sealed in the next.
@shared_task(name="accounts.seal_audit")  # type: ignore[untyped-decorator]
def seal_audit() -> None:
    audit_seals.seal_audit(at=now(), batches=20)


@shared_task(name="accounts.expire_invitations")  # type: ignore[untyped-decorator]
def expire_invitations() -> None:
    run_sweep(EXPIRE_INVITATIONS, at=now())


@shared_task(name="accounts.close_support_views")  # type: ignore[untyped-decorator]
def close_support_views() -> None:
    run_sweep(CLOSE_VIEWS, at=now())
