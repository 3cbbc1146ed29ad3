"""On a person's page: what was billed, what they owe, what they paid."""

from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from accounts.admin.customer_page import MOST, Section, list_url, register_section
from accounts.admin.pages import label, link_to, when
from accounts.admin.see_as_looks import Look, register_look
from accounts.models import User
from billing.admin.colours import INVOICES, PAYMENTS
from billing.enums import UNPAID, InvoiceStatus, PaymentStatus
from billing.models import Invoice, Payment
from flashspace.base.money import format_rupees


def invoices(person: User, viewer: User) -> Section:
    unpaid = Invoice.objects.filter(customer=OuterRef("customer"), status__in=UNPAID).order_by().values("customer")
    newest = Invoice.objects.filter(customer=person).annotate(
        owed=Subquery(unpaid.annotate(sum=Sum("total")).values("sum"))
    )
    shown = list(newest.only("number", "status", "total", "description", "issued_at").order_by("-created_at")[:MOST])
    rows = [
        (
            link_to(one),
            label(one.get_status_display(), INVOICES.get(InvoiceStatus(one.status), "")),
            format_rupees(one.total),
            one.description,
            when(one.issued_at),
        )
        for one in shown
    ]
    owed: Decimal = (shown[0].owed if shown else None) or Decimal(0)
    more = list_url("billing_invoice", customer__id__exact=person.pk)
    heads = ("Number", "State", "Total", "For", "Issued")
    said = f"{format_rupees(owed)} is owed" if owed else "Nothing is owed"
    return Section("Invoices", heads, rows, "Nothing was billed.", more, said if shown else "", bool(owed))


def payments(person: User, viewer: User) -> Section:
    newest = Payment.objects.filter(user=person).select_related("invoice").order_by("-created_at")[:MOST]
    rows = [
        (
            when(one.created_at),
            link_to(one, f"{format_rupees(one.amount)} by {one.get_gateway_display()}"),
            label(one.get_status_display(), PAYMENTS.get(PaymentStatus(one.status), "")),
            link_to(one.invoice),
        )
        for one in newest
    ]
    more = list_url("billing_payment", user__id__exact=person.pk)
    return Section("Payments", ("When", "Amount", "State", "Invoice"), rows, "Nothing was paid.", more)


register_section(40, "billing.view_invoice", invoices)
register_section(50, "billing.view_payment", payments)
register_look(30, Look("invoices", "Invoices", "/api/user/invoices", "/api/user/invoices/{id}"))
