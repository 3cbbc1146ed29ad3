"""What becomes of money that has arrived: it pays the invoice, or it is owed back. There is no third way."""

from datetime import datetime

from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from billing.billables import Billable
from billing.enums import UNPAID, InvoiceStatus, RefundCause
from billing.models import Invoice, Payment
from billing.services.invoices import move_invoice, revive_invoice
from billing.services.refunds import owe_refund
from flashspace.base.clock import today
from flashspace.base.money import format_rupees


def settle_capture(*, billable: Billable, invoice: Invoice, payment: Payment, at: datetime) -> None:
    """Pay the invoice and deliver, or owe the money back. The caller holds every lock and has completed the payment."""
    if invoice.status == InvoiceStatus.PAID:
        owe_refund(payment=payment, cause=RefundCause.SURPLUS)
    elif billable.on_paid(invoice, payment, at):
        _pay_invoice(invoice, payment, at)
    else:
        billable.on_lapsed(invoice, payment, at)
        invoice.refresh_from_db(fields=["status"])  # closing the thing may have cancelled it
        if invoice.status in UNPAID:
            move_invoice(invoice, to=InvoiceStatus.CANCELLED, at=at)
        owe_refund(payment=payment, cause=RefundCause.LAPSED)


def _pay_invoice(invoice: Invoice, payment: Payment, at: datetime) -> None:
    if invoice.status == InvoiceStatus.CANCELLED:
        revive_invoice(invoice, at=at)
    move_invoice(invoice, to=InvoiceStatus.PAID, at=at)
    customer, amount = payment.user, format_rupees(invoice.total)
    notify(
        user=customer,
        kind="invoice.paid",
        title=f"{amount} received",
        message=f"{invoice.description}, invoice {invoice.number}",
        data={"invoiceId": str(invoice.pk)},
    )
    queue_mail(
        to=customer.email,
        user=customer,
        template="invoice_paid",
        context={
            "name": customer.get_short_name(),
            "invoice_number": invoice.number,
            "amount": amount,
            "paid_on": today(at),
            "description": invoice.description,
            "booking_number": invoice.source_number,
        },
        attachments=[("invoice", str(invoice.pk))],
        dedupe_key=f"invoice_paid:{invoice.pk}",
    )
