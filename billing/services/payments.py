"""Paying an invoice: a payment is opened at a gateway, and proved by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from billing.billables import billable_of
from billing.enums import UNPAID, EventSource, InvoiceStatus, PaymentStatus, RefundCause
from billing.exceptions import (
    BillableLapsed,
    InvoiceAlreadyPaid,
    InvoiceNotPayable,
    InvoiceUnknown,
    PaymentFailed,
    PaymentUnknown,
)
from billing.gateways.base import PaymentGateway
from billing.gateways.registry import find_gateway
from billing.models import Invoice, Payment
from billing.services.events import apply_event, record_event
from billing.services.invoices import lock_invoice
from flashspace.base.clock import now
from flashspace.base.locks import atomic


@dataclass(frozen=True)
class StartedPayment:
    """`client` is what the payer's client needs to go on at the gateway."""

    payment: Payment
    client: dict[str, Any]


def start_payment(*, invoice_id: UUID, gateway: str, actor: User) -> StartedPayment:
    """Open a payment of the whole invoice, or give the one that is open at this gateway.

    Raises GatewayUnavailable, InvoiceUnknown (also for another person's), InvoiceAlreadyPaid, InvoiceNotPayable, and
    what the thing that is billed refuses with.
    """
    provider = find_gateway(gateway)
    payment = _open_payment(invoice_id, provider, actor)
    if not payment.transaction_id:
        # The row stands before the gateway knows of it, and no transaction is open while it is asked.
        payment.transaction_id = provider.open_order(payment)
        payment.save(update_fields=["transaction_id", "updated_at"])
    return StartedPayment(payment, provider.client_data(payment))


def _open_payment(invoice_id: UUID, provider: PaymentGateway, actor: User) -> Payment:
    known = Invoice.objects.filter(pk=invoice_id, customer=actor).exclude(status=InvoiceStatus.DRAFT).first()
    if known is None:
        raise InvoiceUnknown
    billable = billable_of(known)
    with atomic():
        billable.lock(known.source_id)
        invoice = lock_invoice(known.pk)
        _check_payable(invoice)
        billable.on_payment_started(invoice.source_id, now())
        pending = Payment.objects.filter(invoice=invoice, gateway=provider.name, status=PaymentStatus.PENDING).first()
        return pending or Payment.objects.create(
            invoice=invoice, user=actor, gateway=provider.name, amount=invoice.total, currency=invoice.currency
        )


def _check_payable(invoice: Invoice) -> None:
    if invoice.status == InvoiceStatus.PAID:
        raise InvoiceAlreadyPaid
    if invoice.status not in UNPAID:
        raise InvoiceNotPayable("This invoice was cancelled because it was not paid in time")
    if not invoice.total:
        raise InvoiceNotPayable("There is nothing to pay")


def verify_payment(*, payment_id: UUID, transaction_id: str, proof: Mapping[str, Any], actor: User) -> Payment:
    """Ask the gateway what became of the actor's payment and act on it. Again and again, it is the same answer.

    Raises PaymentUnknown, GatewayUnavailable, PaymentNotProven, PaymentFailed; BillableLapsed and InvoiceAlreadyPaid
    when the money arrived and is owed back.
    """
    payment = Payment.objects.filter(pk=payment_id, user=actor).first()
    if payment is None:
        raise PaymentUnknown
    if payment.status != PaymentStatus.COMPLETED or transaction_id != payment.transaction_id:
        provider = find_gateway(payment.gateway)
        news = provider.confirm(payment, transaction_id=transaction_id, proof=proof)
        event = record_event(gateway=provider, source=EventSource.ANSWER, news=news)
        apply_event(event.pk, now())
    return _tell_outcome(payment.pk)


def _tell_outcome(payment_id: UUID) -> Payment:
    """What the rows say by now, whoever wrote them."""
    payment = Payment.objects.select_related("invoice").prefetch_related("refunds").get(pk=payment_id)
    if payment.status != PaymentStatus.COMPLETED:
        raise PaymentFailed(payment.failure_reason or None)
    causes = {refund.cause for refund in payment.refunds.all()}
    if RefundCause.LAPSED in causes:
        raise BillableLapsed
    if RefundCause.SURPLUS in causes:
        raise InvoiceAlreadyPaid("This invoice was paid already; what was paid twice is owed back")
    return payment
