import json

from django.contrib import admin
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import LookedAt, label, link_to
from billing.enums import EventOutcome, PaymentStatus
from billing.models import GatewayEvent, Payment, Refund
from flashspace.base.money import format_rupees

COLOURS = {
    PaymentStatus.PENDING: "warning",
    PaymentStatus.COMPLETED: "success",
    PaymentStatus.FAILED: "danger",
}
OUTCOMES = {EventOutcome.RECEIVED: "warning", EventOutcome.APPLIED: "success", EventOutcome.FAILED: "danger"}


class RefundInline(LookedAt, TabularInline):
    model = Refund
    fields = ("amount", "cause", "status", "created_at", "paid_at", "reference")
    readonly_fields = fields
    extra = 0
    max_num = 0
    hide_title = True
    show_change_link = True
    verbose_name_plural = "Refunds"


@admin.register(Payment)
class PaymentAdmin(LookedAt, ModelAdmin):
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

    @display(description="Status", ordering="status")
    def shown_status(self, payment: Payment) -> str:
        return label(payment.get_status_display(), COLOURS.get(PaymentStatus(payment.status), ""))

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


@admin.register(GatewayEvent)
class GatewayEventAdmin(LookedAt, ModelAdmin):
    list_display = ("created_at", "kind", "shown_outcome", "gateway", "source", "transaction_id", "note")
    list_display_links = ("created_at", "kind")
    list_filter = ("outcome", "gateway", "source", "meaning", ("created_at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("=event_id", "=transaction_id", "=reference")
    ordering = ("-created_at",)
    show_full_result_count = False
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind", "shown_outcome"),
                    ("meaning", "note"),
                    ("gateway", "source"),
                    ("amount", "currency"),
                    "shown_payment",
                    "event_id",
                    "reference",
                    "reason",
                    ("created_at", "handled_at"),
                )
            },
        ),
        ("Word for word", {"fields": ("shown_payload",)}),
    )

    @display(description="Outcome", ordering="outcome")
    def shown_outcome(self, event: GatewayEvent) -> str:
        return label(event.get_outcome_display(), OUTCOMES.get(EventOutcome(event.outcome), ""))

    @display(description="Payment")
    def shown_payment(self, event: GatewayEvent) -> str:
        known = Payment.objects.filter(gateway=event.gateway, transaction_id=event.transaction_id).first()
        return link_to(known, event.transaction_id) if known else event.transaction_id or "–"

    @display(description="Payload")
    def shown_payload(self, event: GatewayEvent) -> str:
        return format_html('<pre class="overflow-auto">{}</pre>', json.dumps(event.payload, indent=2, sort_keys=True))
