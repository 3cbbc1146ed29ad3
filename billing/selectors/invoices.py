"""Reading invoices and payments. A person sees their own; a draft is nobody's yet."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from billing.enums import UNPAID, InvoiceStatus
from billing.exceptions import InvoiceUnknown, PaymentUnknown
from billing.models import Invoice, Payment
from billing.services.papers import seller_of
from flashspace.base.clock import start_of, today
from flashspace.base.money import format_rupees
from flashspace.base.pdf.parties import Party

ZERO = Decimal(0)
# In words, and how it looks.
STATES = {
    InvoiceStatus.PENDING: ("Genuine, not paid yet", "upcoming"),
    InvoiceStatus.OVERDUE: ("Genuine, payment is overdue", "expired"),
    InvoiceStatus.PAID: ("Genuine and paid", "active"),
    InvoiceStatus.CANCELLED: ("Genuine, but cancelled: nothing is owed", "cancelled"),
}


@dataclass(frozen=True)
class InvoiceSummary:
    """Sums in rupees over all of a person's invoices; `count` includes cancelled ones, for they keep their numbers."""

    paid: Decimal
    unpaid: Decimal
    count: int


@dataclass(frozen=True)
class Proof:
    """What anybody who holds an invoice may learn of it: nothing about its buyer."""

    title: str
    number: str
    state: str
    tone: str
    issued_on: date
    seller: Party
    total: str
    content_hash: str


def _issued(user: User) -> QuerySet[Invoice]:
    return Invoice.objects.filter(customer=user).exclude(status=InvoiceStatus.DRAFT)


def list_invoices(
    *, user: User, status: str | None = None, from_date: date | None = None, to_date: date | None = None
) -> QuerySet[Invoice]:
    """The user's invoices, newest first. Dates are Indian days of issue, both included."""
    found = _issued(user).order_by("-created_at")
    if status:
        found = found.filter(status=status)
    if from_date:
        found = found.filter(issued_at__gte=start_of(from_date))
    if to_date:
        found = found.filter(issued_at__lt=start_of(to_date + timedelta(days=1)))
    return found


def summarize_invoices(*, user: User) -> InvoiceSummary:
    sums = _issued(user).aggregate(
        paid=Sum("total", filter=Q(status=InvoiceStatus.PAID)),
        unpaid=Sum("total", filter=Q(status__in=UNPAID)),
        count=Count("pk"),
    )
    return InvoiceSummary(sums["paid"] or ZERO, sums["unpaid"] or ZERO, sums["count"])


def get_invoice(*, user: User, id: UUID) -> Invoice:
    """The user's invoice with its lines. Raises InvoiceUnknown."""
    return _get(_issued(user), id)


def get_invoice_by_link(*, id: UUID) -> Invoice:
    """Any issued invoice with its lines; the caller has checked a link to it. Raises InvoiceUnknown."""
    return _get(Invoice.objects.exclude(status=InvoiceStatus.DRAFT), id)


def _get(invoices: QuerySet[Invoice], id: UUID) -> Invoice:
    invoice = invoices.prefetch_related("lines").filter(pk=id).first()
    if invoice is None:
        raise InvoiceUnknown
    return invoice


def find_invoice_by_code(code: str) -> Invoice | None:
    """For the public verification page."""
    return Invoice.objects.exclude(status=InvoiceStatus.DRAFT).filter(verification_code=code).first()


def prove_invoice(invoice: Invoice) -> Proof:
    """What the page shows of an issued invoice."""
    assert invoice.issued_at is not None
    state, tone = STATES[InvoiceStatus(invoice.status)]
    return Proof(
        title=invoice.get_kind_display(),
        number=invoice.number or "",
        state=state,
        tone=tone,
        issued_on=today(invoice.issued_at),
        seller=seller_of(invoice),
        total=format_rupees(invoice.total),
        content_hash=invoice.content_hash,
    )


def list_payments(*, user: User) -> QuerySet[Payment]:
    return Payment.objects.filter(user=user).select_related("invoice").order_by("-created_at")


def get_payment(*, user: User, id: UUID) -> Payment:
    """Raises PaymentUnknown."""
    payment = list_payments(user=user).filter(pk=id).first()
    if payment is None:
        raise PaymentUnknown
    return payment
