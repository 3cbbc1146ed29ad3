from typing import ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.pages import LookedAt, label, link_to
from accounts.finding import Term
from billing.admin import customer_sections  # noqa: F401  registers its own
from billing.admin.colours import INVOICES
from billing.admin.sources import link_to_source
from billing.enums import InvoiceStatus
from billing.finding import invoices
from billing.models import Invoice, InvoiceLine
from billing.services.papers import invoice_file_name, invoice_pdf, verification_url
from flashspace.base.money import format_rupees
from flashspace.base.states import get_state

MOST_PAYMENTS = 20


class LineInline(LookedAt, TabularInline):
    model = InvoiceLine
    fields = (
        "description",
        "sac",
        "rule_id",
        "quantity",
        "rate",
        "taxable",
        "tax_rate",
        "cgst",
        "sgst",
        "igst",
        "total",
    )
    readonly_fields = fields
    extra = 0
    max_num = 0
    hide_title = True
    verbose_name_plural = "Lines"


@admin.register(Invoice)
class InvoiceAdmin(FoundByTerm, LookedAt, ModelAdmin):
    empty = "Nothing was billed yet. An invoice comes here when somebody books."
    list_display = (
        "number",
        "shown_status",
        "shown_customer",
        "description",
        "shown_total",
        "issued_at",
        "due_at",
        "paid_at",
    )
    list_display_links = ("number", "description")
    list_filter = (
        "status",
        "kind",
        "seller",
        ("issued_at", DayRangeFilter),
        ("paid_at", DayRangeFilter),
    )
    list_filter_submit = True
    list_select_related = ("customer",)
    search_fields = ("number", "source_number", "customer__email", "billing_name", "billing_company", "billing_gstin")
    search_help_text = "Number of it or of its booking, GSTIN or name of the buyer, or the customer"
    presets = (
        ("Unpaid", "status__exact=pending"),
        ("Overdue", "status__exact=overdue"),
        ("Paid", "status__exact=paid"),
    )
    ordering = ("-created_at",)
    show_full_result_count = False
    inlines = (LineInline,)
    actions_detail: ClassVar[list[str]] = ["open_pdf"]
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "shown_status"),
                    ("description", "kind"),
                    ("shown_customer", "shown_source"),
                    ("issued_at", "due_at"),
                    ("paid_at", "cancelled_at"),
                )
            },
        ),
        (
            "Amounts",
            {
                "fields": (
                    ("subtotal", "shown_total"),
                    ("tax_amount", "tax_rate"),
                    ("cgst", "sgst"),
                    ("igst", "shown_place"),
                )
            },
        ),
        ("Payments", {"fields": ("shown_payments",)}),
        (
            "Buyer and seller, as printed",
            {
                "fields": (
                    ("billing_name", "billing_email"),
                    ("billing_company", "billing_gstin"),
                    "billing_address",
                    "shown_seller",
                )
            },
        ),
        ("Proof", {"fields": ("shown_verification", "content_hash")}),
    )

    def find(self, term: Term) -> Q:
        return invoices(term)

    @display(description="Status", ordering="status")
    def shown_status(self, invoice: Invoice) -> str:
        return label(invoice.get_status_display(), INVOICES.get(InvoiceStatus(invoice.status), ""))

    @display(description="Customer", ordering="customer__email")
    def shown_customer(self, invoice: Invoice) -> str:
        return link_to(invoice.customer, invoice.customer.email)

    @display(description="Total", ordering="total")
    def shown_total(self, invoice: Invoice) -> str:
        return format_rupees(invoice.total)

    @display(description="Bills")
    def shown_source(self, invoice: Invoice) -> str:
        return link_to_source(invoice)

    @display(description="Place of supply")
    def shown_place(self, invoice: Invoice) -> str:
        return get_state(invoice.place_of_supply).label

    @display(description="Payments")
    def shown_payments(self, invoice: Invoice) -> str:
        payments = invoice.payments.order_by("created_at")[:MOST_PAYMENTS]
        rows = ((link_to(one, str(one)), format_rupees(one.amount), one.get_status_display()) for one in payments)
        return format_html_join(mark_safe("<br>"), "{} · {} · {}", rows) or "–"

    @display(description="Seller")
    def shown_seller(self, invoice: Invoice) -> str:
        details = invoice.seller_details
        return link_to(invoice.seller, f"{details['name']}, GSTIN {details['gstin']}")

    @display(description="Public page")
    def shown_verification(self, invoice: Invoice) -> str:
        url = verification_url(invoice)
        return format_html('<a class="underline" href="{}">{}</a>', url, url)

    @action(
        description="Open the PDF",
        icon="picture_as_pdf",
        variant=ActionVariant.PRIMARY,
        permissions=["billing.view_invoice"],
        attrs={"target": "_blank"},
    )
    def open_pdf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        invoice = get_object_or_404(Invoice, pk=object_id)
        answer = HttpResponse(invoice_pdf(invoice), content_type="application/pdf")
        answer.headers["Content-Disposition"] = f'inline; filename="{invoice_file_name(invoice)}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
