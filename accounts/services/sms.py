"""Writing an SMS: a row in the transaction that promises it. Sending is `accounts.services.sms_delivery`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from accounts.enums import MailStatus
from accounts.models import Sms, User
from accounts.services.message_texts import marks_of, render
from accounts.services.outbox import put
from flashspace.base.clock import now
from flashspace.base.queue import enqueue
from flashspace.base.text import one_line


def queue_sms(
    *,
    to: str,
    template: str,
    context: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    good_until: datetime | None = None,
    dedupe_key: str | None = None,
    user: User | None = None,
) -> Sms:
    """An SMS of `templates/sms/<template>.txt` in the current transaction, and a wake-up after it commits.

    `to` is digits with a plus. `secrets` are stored encrypted and opened only when it is sent. Not sent after
    `good_until`. A second call with the same `dedupe_key` returns the first SMS.
    """
    text = one_line(render(f"sms/{template}.txt", context, marks_of(secrets)), limit=10_000)
    fields = {"user": user, "to": to, "template": template, "text": text, "good_until": good_until}
    sms, is_new = put(Sms, fields, dedupe_key=dedupe_key)
    if is_new:
        wake(sms)
    return sms


def withdraw_sms(*, to: str, template: str) -> None:
    """Something newer takes the place of what was not sent to this number: in the same transaction, of no use any more.

    It says so by being good until it was written. Delivery drops it, and what was given up is not sent again.
    """
    unsent = Sms.objects.filter(to=to, template=template).exclude(status=MailStatus.SENT)
    unsent.update(good_until=F("created_at"), updated_at=now())


def is_withdrawn(sms: Sms) -> bool:
    return sms.good_until is not None and sms.good_until <= sms.created_at


def wake(sms: Sms) -> None:
    """Have it sent after commit; where no broker hears it, the sweep finds the row."""
    from accounts.tasks import deliver_sms  # the task calls the service beside this one

    enqueue(deliver_sms, sms_id=str(sms.pk))
