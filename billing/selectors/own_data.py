"""What a person's own data tell of invoices and payments."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors.own_data import Section, fields
from billing.enums import InvoiceStatus
from billing.models import Invoice, Payment


def _invoices(user: User) -> "QuerySet[Invoice]":
    return Invoice.objects.filter(customer=user).exclude(status=InvoiceStatus.DRAFT).order_by("-created_at", "-pk")


def _payments(user: User) -> "QuerySet[Payment]":
    return Payment.objects.filter(user=user).order_by("-created_at", "-pk")


INVOICES = Section(
    _invoices,
    fields("number", "status", "description", "billing_name", "total", "currency", "issued_at", "due_at", "paid_at"),
)
PAYMENTS = Section(
    _payments, fields("gateway", "transaction_id", "amount", "currency", "status", "created_at", "completed_at")
)
