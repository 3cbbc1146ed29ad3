"""All money of one thing: what was billed, what came, what the gateway said, what goes back, what is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from accounts.models import User
from billing.admin.colours import EVENTS, INVOICES, PAYMENTS, REFUNDS
from billing.enums import UNPAID, EventOutcome, InvoiceStatus, PaymentStatus, RefundStatus
from billing.models import GatewayEvent, Invoice, Payment, Refund
from flashspace.base.money import format_rupees

MOST = 20


@dataclass(frozen=True)
class Money:
    """`owed` by the customer, `to_pay_back` to them."""

    invoices: Sequence[Any]
    owed: Decimal
    to_pay_back: Decimal

    @property
    def words(self) -> str:
        if self.to_pay_back:
            return f"{format_rupees(self.to_pay_back)} is to be paid back"
        return f"{format_rupees(self.owed)} is owed" if self.owed else "Nothing is owed"


def money_of(*, source_type: str, source_id: UUID, viewer: User) -> Money | None:
    """None for who may not look at invoices. Five questions at most, whatever there is."""
    if not viewer.has_perm("billing.view_invoice"):
        return None
    billed = Invoice.objects.filter(source_type=source_type, source_id=source_id).order_by("created_at")
    invoices = list(billed.prefetch_related("lines", *_paid(viewer))[:MOST])
    payments = [payment for invoice in invoices for payment in getattr(invoice, "shown_payments", ())]
    if viewer.has_perm("billing.view_gatewayevent"):
        _add_events(payments)
    for invoice in invoices:
        invoice.colour = INVOICES.get(InvoiceStatus(invoice.status), "")  # type: ignore[attr-defined]
    for payment in payments:
        payment.colour = PAYMENTS.get(PaymentStatus(payment.status), "")
        for refund in getattr(payment, "shown_refunds", ()):
            refund.colour = REFUNDS[RefundStatus(refund.status)]
    refunds = [refund for payment in payments for refund in getattr(payment, "shown_refunds", ())]
    return Money(
        invoices,
        sum((invoice.total for invoice in invoices if invoice.status in UNPAID), Decimal(0)),
        sum((refund.amount for refund in refunds if refund.status == RefundStatus.OWED), Decimal(0)),
    )


def _paid(viewer: User) -> "list[Prefetch[Any]]":
    if not viewer.has_perm("billing.view_payment"):
        return []
    payments = Payment.objects.order_by("created_at")
    if viewer.has_perm("billing.view_refund"):
        refunds = Refund.objects.order_by("created_at")
        payments = payments.prefetch_related(Prefetch("refunds", refunds, to_attr="shown_refunds"))
    return [Prefetch("payments", payments, to_attr="shown_payments")]


def _add_events(payments: Sequence[Any]) -> None:
    told: dict[tuple[str, str], list[GatewayEvent]] = {}
    ids = {payment.transaction_id for payment in payments if payment.transaction_id}
    events = GatewayEvent.objects.filter(transaction_id__in=ids).defer("payload").order_by("created_at")
    for event in events[: MOST * 5] if ids else ():
        event.colour = "" if event.closed_at else EVENTS.get(EventOutcome(event.outcome), "")  # type: ignore[attr-defined]
        told.setdefault((event.gateway, event.transaction_id), []).append(event)
    for payment in payments:
        payment.shown_events = told.get((payment.gateway, payment.transaction_id), [])
