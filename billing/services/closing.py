"""Failed events of gateways: money that nothing of ours can place. A person deals with it, and says how."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from billing.enums import EventOutcome
from billing.exceptions import EventNotOpen
from billing.models import GatewayEvent
from billing.policies import can_close_event
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden, Invalid
from flashspace.base.locks import lock_row


@transaction.atomic
def close_event(*, event_id: UUID, reason: str, actor: User) -> GatewayEvent:
    """Write down what was done about it. Changes no payment: money is moved by its own services.

    Raises EventNotOpen, Forbidden, Invalid.
    """
    event = lock_row(GatewayEvent.objects.all(), pk=event_id)
    if event.outcome != EventOutcome.FAILED or event.closed_at is not None:
        raise EventNotOpen
    if not can_close_event(actor, event):
        raise Forbidden
    if not reason.strip():
        raise Invalid("Say what was done about it", field="reason")
    event.closed_at, event.closed_by, event.close_reason = now(), actor, reason.strip()[:500]
    event.save(update_fields=["closed_at", "closed_by", "close_reason", "updated_at"])
    audit.record(action="gateway_event.closed", actor=actor, target=event, reason=event.close_reason)
    return event
