"""Money that goes back."""

from uuid import UUID

from accounts.models import User
from accounts.services import audit
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from billing.enums import REFUND_TRANSITIONS, RefundCause, RefundStatus
from billing.exceptions import RefundUnknown
from billing.models import Payment, Refund
from flashspace.base.clock import now
from flashspace.base.errors import Invalid
from flashspace.base.locks import atomic, lock_row
from flashspace.base.money import format_rupees
from flashspace.base.transitions import check_transition

TEMPLATES = {RefundCause.LAPSED: "refund_owed", RefundCause.SURPLUS: "refund_surplus"}


def owe_refund(*, payment: Payment, cause: RefundCause) -> Refund:
    """Write down that all of a completed payment goes back, and tell its payer. The caller holds the payment's lock."""
    invoice, customer, amount = payment.invoice, payment.user, format_rupees(payment.amount)
    refund = Refund.objects.create(payment=payment, amount=payment.amount, cause=cause, reason=cause.label)
    notify(
        user=customer,
        kind="refund.owed",
        title=f"You get {amount} back",
        message=f"{cause.label}: invoice {invoice.number}",
        data={"refundId": str(refund.pk), "invoiceId": str(invoice.pk)},
    )
    queue_mail(
        to=customer.email,
        user=customer,
        template=TEMPLATES[cause],
        context={
            "name": customer.get_short_name(),
            "amount": amount,
            "booking_number": invoice.source_number,
            "invoice_number": invoice.number,
        },
        dedupe_key=f"refund_owed:{refund.pk}",
    )
    return refund


def mark_refund_paid(*, refund_id: UUID, reference: str, actor: User) -> Refund:
    """Staff sent the money; `reference` proves the transfer. Raises RefundUnknown, Invalid, IllegalTransition."""
    reference = reference.strip()
    if not reference:
        raise Invalid("Say which transfer paid it back", field="reference")
    with atomic():
        try:
            refund = lock_row(Refund.objects.select_related("payment__user", "payment__invoice"), pk=refund_id)
        except Refund.DoesNotExist:
            raise RefundUnknown from None
        check_transition(REFUND_TRANSITIONS, thing="refund", current=refund.status, wanted=RefundStatus.PAID)
        refund.status, refund.paid_at, refund.reference = RefundStatus.PAID, now(), reference
        refund.save(update_fields=["status", "paid_at", "reference", "updated_at"])
        audit.record(
            action="refund.paid",
            actor=actor,
            target=refund,
            before={"status": RefundStatus.OWED},
            after={"status": RefundStatus.PAID, "reference": reference},
        )
        notify(
            user=refund.payment.user,
            kind="refund.paid",
            title=f"{format_rupees(refund.amount)} is on its way back",
            message=f"Invoice {refund.payment.invoice.number}, transfer {reference}",
            data={"refundId": str(refund.pk)},
        )
    return refund
