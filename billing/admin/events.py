import json
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.masks import Viewed, shown_to_viewer
from accounts.admin.pages import LookedAt, close_dialog, label, link_to, page_of, staff_of
from accounts.finding import Term
from billing.admin.colours import EVENTS
from billing.admin.sources import link_to_source
from billing.enums import EventOutcome
from billing.finding import events
from billing.models import GatewayEvent, Payment
from billing.policies import can_close_event
from billing.services.closing import close_event
from flashspace.base.errors import DomainError
from flashspace.base.money import format_rupees


class OpenFilter(admin.SimpleListFilter):
    """What failed and nobody dealt with."""

    title = "work"
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Needs a person"), ("closed", "Dealt with")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[GatewayEvent]) -> QuerySet[GatewayEvent]:
        if self.value() not in {"open", "closed"}:
            return queryset
        return queryset.filter(outcome=EventOutcome.FAILED, closed_at__isnull=self.value() == "open")


class ClosingForm(BaseDialogForm):
    reason = forms.CharField(
        max_length=500,
        label="What was done",
        widget=UnfoldAdminTextareaWidget,
        help_text="Where the money went, or why there is nothing to do. Kept with the event and in the audit log.",
    )


@admin.register(GatewayEvent)
class GatewayEventAdmin(Viewed, FoundByTerm, LookedAt, ModelAdmin):
    empty = (
        "No gateway has told us anything. It does with the first payment; if customers pay and nothing comes, check "
        "the address of the webhook there."
    )
    list_display = ("created_at", "kind", "shown_outcome", "gateway", "source", "shown_transaction", "note")
    list_display_links = ("created_at", "kind")
    list_filter = (OpenFilter, "outcome", "gateway", "source", "meaning", ("created_at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("event_id", "transaction_id", "reference")
    search_help_text = "An id of the gateway"
    presets = (("Needs a person", "work=open"), ("Dealt with", "work=closed"))
    actions_detail: ClassVar[list[str]] = ["close"]
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
                    ("shown_amount", "currency"),
                    ("shown_payment", "shown_invoice"),
                    "shown_source",
                    "event_id",
                    "reference",
                    "reason",
                    ("created_at", "handled_at"),
                )
            },
        ),
        ("Dealt with", {"fields": (("closed_at", "shown_closer"), "close_reason")}),
        ("Word for word", {"fields": ("shown_payload",)}),
    )

    def find(self, term: Term) -> Q:
        return events(term)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayEvent]:
        return super().get_queryset(request).select_related("closed_by")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        event = self.get_object(request, str(object_id))
        may = event is not None and can_close_event(staff_of(request), event)
        return super().get_actions_detail(request, object_id) if may else []

    @display(description="Outcome", ordering="outcome")
    def shown_outcome(self, event: GatewayEvent) -> str:
        if event.closed_at:
            return label("Failed, dealt with")
        return label(event.get_outcome_display(), EVENTS.get(EventOutcome(event.outcome), ""))

    @display(description="Transaction", ordering="transaction_id")
    def shown_transaction(self, event: GatewayEvent) -> str:
        return event.transaction_id or "–"

    @display(description="Amount")
    def shown_amount(self, event: GatewayEvent) -> str:
        return "–" if event.amount is None else format_rupees(event.amount)

    @display(description="Payment")
    def shown_payment(self, event: GatewayEvent) -> str:
        known = payment_of(event)
        return link_to(known, event.transaction_id) if known else event.transaction_id or "–"

    @display(description="Invoice")
    def shown_invoice(self, event: GatewayEvent) -> str:
        known = payment_of(event)
        return link_to(known.invoice) if known else "–"

    @display(description="For")
    def shown_source(self, event: GatewayEvent) -> str:
        known = payment_of(event)
        return link_to_source(known.invoice) if known else "–"

    @display(description="By")
    def shown_closer(self, event: GatewayEvent) -> str:
        return link_to(event.closed_by)

    @action(
        description="Close",
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
        permissions=["billing.close_event"],
        dialog={
            "title": "Was this dealt with?",
            "description": "It leaves the list of what needs a person. No money is moved by this.",
            "form_class": ClosingForm,
            "form_submit_text": "Close it",
        },
    )
    def close(self, request: HttpRequest, form: ClosingForm, object_id: str) -> HttpResponse:
        event = get_object_or_404(GatewayEvent, pk=object_id)
        try:
            close_event(event_id=event.pk, reason=form.cleaned_data["reason"], actor=staff_of(request))
        except DomainError as refusal:
            return close_dialog(request, page_of(event), refusal=refusal)
        return close_dialog(request, page_of(event), success="Closed")

    @display(description="Payload")
    def shown_payload(self, event: GatewayEvent) -> str:
        text = json.dumps(event.payload, indent=2, sort_keys=True)
        return format_html('<pre class="overflow-auto">{}</pre>', shown_to_viewer(event, text))


def payment_of(event: GatewayEvent) -> Payment | None:
    """Ours with the event's transaction, read once a page."""
    if not hasattr(event, "known_payment"):
        ours = Payment.objects.filter(gateway=event.gateway, transaction_id=event.transaction_id)
        event.known_payment = ours.select_related("invoice").first() if event.transaction_id else None  # type: ignore[attr-defined]
    return event.known_payment  # type: ignore[attr-defined]
