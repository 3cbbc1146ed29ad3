from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.pages import LookedAt, label, link_to
from accounts.finding import Term
from billing.admin.colours import PAYMENTS
from billing.admin.sources import link_to_source
from billing.enums import PaymentStatus
from billing.finding import payments
from billing.models import GatewayEvent, Payment, Refund
from flashspace.base.money import format_rupees


class RefundInline(LookedAt, TabularInline):
    model = Refund
    fields = ("shown_amount", "cause", "status", "created_at", "paid_at", "reference")
    readonly_fields = fields
    extra = 0
    max_num = 0
    hide_title = True
    show_change_link = True
    verbose_name_plural = "Refunds"

    @display(description="Amount")
    def shown_amount(self, refund: Refund) -> str:
        return link_to(refund, format_rupees(refund.amount))


@admin.register(Payment)
class PaymentAdmin(FoundByTerm, LookedAt, ModelAdmin):
    empty = "Nobody has paid yet. A payment comes here when a customer begins to pay an invoice."
    list_display = (
        "created_at",
        "transaction_id",
        "shown_status",
        "shown_amount",
        "gateway",
        "shown_invoice",
        "shown_user",
    )
    list_display_links = ("created_at", "transaction_id")
    list_filter = ("status", "gateway", ("created_at", DayRangeFilter), ("completed_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("invoice", "user")
    search_fields = ("transaction_id", "reference", "invoice__number", "user__email")
    search_help_text = "Number of the invoice, the gateway's id, or the payer"
    presets = (("Pending", "status__exact=pending"), ("Failed", "status__exact=failed"))
    ordering = ("-created_at",)
    show_full_result_count = False
    inlines = (RefundInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shown_amount", "shown_status"),
                    ("shown_invoice", "shown_user"),
                    "shown_source",
                    ("gateway", "currency"),
                    "transaction_id",
                    "reference",
                    ("created_at", "completed_at"),
                    "failure_reason",
                )
            },
        ),
        ("What the gateway said", {"fields": ("shown_events",)}),
    )

    def find(self, term: Term) -> Q:
        return payments(term)

    @display(description="For")
    def shown_source(self, payment: Payment) -> str:
        return link_to_source(payment.invoice)

    @display(description="Status", ordering="status")
    def shown_status(self, payment: Payment) -> str:
        return label(payment.get_status_display(), PAYMENTS.get(PaymentStatus(payment.status), ""))

    @display(description="Amount", ordering="amount")
    def shown_amount(self, payment: Payment) -> str:
        return format_rupees(payment.amount)

    @display(description="Invoice", ordering="invoice__number")
    def shown_invoice(self, payment: Payment) -> str:
        return link_to(payment.invoice)

    @display(description="Payer")
    def shown_user(self, payment: Payment) -> str:
        return link_to(payment.user, payment.user.email)

    @display(description="Events")
    def shown_events(self, payment: Payment) -> str:
        events = GatewayEvent.objects.filter(gateway=payment.gateway, transaction_id=payment.transaction_id)
        told = [format_html("{} · {}", link_to(one, one.kind), one.get_outcome_display()) for one in events[:20]]
        return format_html("<br>".join(["{}"] * len(told)), *told) if told else "–"
