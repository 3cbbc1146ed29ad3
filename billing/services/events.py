"""What gateways tell us: stored and committed first, then applied once, in any order and however often it comes."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from billing.billables import billable_of
from billing.enums import PAYMENT_TRANSITIONS, EventMeaning, EventOutcome, EventSource, PaymentStatus
from billing.gateways.base import News, PaymentGateway
from billing.models import GatewayEvent, Payment
from billing.services.captures import settle_capture
from billing.services.invoices import lock_invoice
from flashspace.base.clock import now
from flashspace.base.locks import atomic, lock_row
from flashspace.base.sweeps import Sweep

log = logging.getLogger(__name__)

# An event can be here before we have written down the transaction it is about.
UNKNOWN_FOR = timedelta(hours=1)
# A fresh event is being applied by whoever stored it.
GRACE = timedelta(seconds=30)
SWEEP_SIZE = 500
REFUSALS = {EventMeaning.FAILED: PaymentStatus.FAILED, EventMeaning.CANCELLED: PaymentStatus.CANCELLED}


def receive_webhook(*, gateway: PaymentGateway, body: bytes, headers: Mapping[str, str]) -> GatewayEvent:
    """Keep an event and apply it. What cannot be applied now is the sweep's: the gateway need not send it again.

    Raises SignatureInvalid and Malformed, having kept nothing.
    """
    event = record_event(gateway=gateway, source=EventSource.WEBHOOK, news=gateway.read_webhook(body, headers))
    try:
        apply_event(event.pk, now())
    except Exception:
        log.exception("event %s was kept but not applied; the sweep tries again", event.pk)
    return event


def record_event(*, gateway: PaymentGateway, source: EventSource, news: News) -> GatewayEvent:
    """Evidence, in a transaction of its own: it stands whatever becomes of applying it. Told twice, it is one row."""
    with atomic(durable=True):
        event, _ = GatewayEvent.objects.get_or_create(
            gateway=gateway.name,
            event_id=news.event_id,
            defaults={
                "source": source,
                "kind": news.kind,
                "meaning": news.meaning,
                "transaction_id": news.transaction_id,
                "reference": news.reference,
                "amount": news.amount,
                "currency": news.currency,
                "reason": news.reason,
                "payload": dict(news.payload),
            },
        )
    return event


def apply_event(id: UUID, at: datetime) -> bool:
    """Do what the event says, once. False when it was done before, or has to wait for its payment."""
    event = GatewayEvent.objects.get(pk=id)
    if event.handled_at is not None:
        return False
    if event.meaning == EventMeaning.OTHER:
        return _handled(event, EventOutcome.IGNORED, "", at)
    payment = (
        Payment.objects.select_related("invoice")
        .filter(gateway=event.gateway, transaction_id=event.transaction_id)
        .first()
    )
    if payment is None:
        return _unknown(event, at)
    if event.meaning == EventMeaning.CAPTURED:
        return apply_capture(payment, event, at)
    return apply_refusal(payment, event, at)


def apply_capture(payment: Payment, event: GatewayEvent, at: datetime) -> bool:
    """Money arrived. Locks what the invoice bills and what is above it, then invoice, then payment."""
    if (event.amount, event.currency) != (payment.amount, payment.currency):
        return _handled(event, EventOutcome.FAILED, f"{event.amount} {event.currency} is not what was to be paid", at)
    billable = billable_of(payment.invoice)
    with atomic():
        billable.lock(payment.invoice.source_id)
        invoice = lock_invoice(payment.invoice_id)
        payment = lock_row(Payment.objects.select_related("user"), pk=payment.pk)
        payment.invoice = invoice
        if payment.status == PaymentStatus.COMPLETED:
            return _again(payment, event, at)
        payment.status = PaymentStatus.COMPLETED
        payment.completed_at = at
        payment.reference = event.reference
        payment.failure_reason = ""
        payment.save(update_fields=["status", "completed_at", "reference", "failure_reason", "updated_at"])
        settle_capture(billable=billable, invoice=invoice, payment=payment, at=at)
        return _handled(event, EventOutcome.APPLIED, "", at)


def _again(payment: Payment, event: GatewayEvent, at: datetime) -> bool:
    if not event.reference or not payment.reference or event.reference == payment.reference:
        return _handled(event, EventOutcome.IGNORED, "Known already", at)
    # A gateway that takes one order's money twice: nothing of ours can say what becomes of it, staff must.
    return _handled(event, EventOutcome.FAILED, f"Other money than {payment.reference} for the same payment", at)


def apply_refusal(payment: Payment, event: GatewayEvent, at: datetime) -> bool:
    """The gateway gave up on a payment. Money that has arrived stays."""
    status = REFUSALS[EventMeaning(event.meaning)]
    with atomic():
        payment = lock_row(Payment.objects.all(), pk=payment.pk)
        if status not in PAYMENT_TRANSITIONS[payment.status]:
            return _handled(event, EventOutcome.IGNORED, f"The payment is {payment.status}", at)
        payment.status = status
        payment.failure_reason = event.reason
        payment.save(update_fields=["status", "failure_reason", "updated_at"])
        return _handled(event, EventOutcome.APPLIED, "", at)


def _unknown(event: GatewayEvent, at: datetime) -> bool:
    if at - event.created_at < UNKNOWN_FOR:
        return False
    return _handled(event, EventOutcome.FAILED, "No payment of ours has this transaction", at)


def _handled(event: GatewayEvent, outcome: EventOutcome, note: str, at: datetime) -> bool:
    """Close the event, unless somebody else just did."""
    if outcome == EventOutcome.FAILED:
        log.error("event %s of %s needs a person: %s", event.pk, event.gateway, note)
    return bool(
        GatewayEvent.objects.filter(pk=event.pk, handled_at__isnull=True).update(
            outcome=outcome, note=note, handled_at=at, updated_at=at
        )
    )


def list_unhandled(at: datetime) -> list[UUID]:
    waiting = GatewayEvent.objects.filter(handled_at__isnull=True, created_at__lte=at - GRACE)
    return list(waiting.order_by("created_at").values_list("pk", flat=True)[:SWEEP_SIZE])


APPLY_EVENTS = Sweep("billing.apply_events", find=list_unhandled, apply=apply_event)
