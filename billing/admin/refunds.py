from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.pages import LookedAt, close_dialog, label, link_to, page_of, staff_of
from accounts.finding import Term
from billing.admin.colours import REFUNDS
from billing.admin.sources import link_to_source
from billing.enums import RefundStatus
from billing.finding import refunds
from billing.models import Refund
from billing.services.refunds import mark_refund_paid
from flashspace.base.errors import DomainError
from flashspace.base.money import format_rupees


class TransferForm(BaseDialogForm):
    reference = forms.CharField(
        max_length=128,
        widget=UnfoldAdminTextInputWidget,
        help_text="The bank's reference (UTR) or the gateway's refund id. The customer reads it.",
    )


@admin.register(Refund)
class RefundAdmin(FoundByTerm, LookedAt, ModelAdmin):
    """The queue of money that is owed: oldest first."""

    empty = (
        "Nothing is to be paid back. Money that came twice, or for what was gone by then, comes here: send it back "
        "and mark it."
    )
    list_display = ("created_at", "shown_status", "shown_amount", "cause", "shown_payer", "shown_invoice", "reference")
    list_display_links = ("created_at", "shown_amount")
    list_filter = ("status", "cause", ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("payment__user", "payment__invoice")
    search_fields = ("reference", "payment__transaction_id", "payment__invoice__number", "payment__user__email")
    search_help_text = "Number of the invoice, a reference, or who gets it"
    presets = (("Owed", "status__exact=owed"), ("Paid back", "status__exact=paid"))
    ordering = ("status", "created_at")
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["mark_paid"]
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shown_amount", "shown_status"),
                    ("shown_invoice", "shown_payer"),
                    ("cause", "reason"),
                    ("shown_payment", "shown_source"),
                    ("created_at", "paid_at"),
                    "reference",
                )
            },
        ),
    )

    def find(self, term: Term) -> Q:
        return refunds(term)

    @display(description="For")
    def shown_source(self, refund: Refund) -> str:
        return link_to_source(refund.payment.invoice)

    @display(description="Status", ordering="status")
    def shown_status(self, refund: Refund) -> str:
        return label(refund.get_status_display(), REFUNDS[RefundStatus(refund.status)])

    @display(description="Amount", ordering="amount")
    def shown_amount(self, refund: Refund) -> str:
        return format_rupees(refund.amount)

    @display(description="Goes to", ordering="payment__user__email")
    def shown_payer(self, refund: Refund) -> str:
        return link_to(refund.payment.user, refund.payment.user.email)

    @display(description="Payment")
    def shown_payment(self, refund: Refund) -> str:
        return link_to(refund.payment)

    @display(description="Invoice")
    def shown_invoice(self, refund: Refund) -> str:
        return link_to(refund.payment.invoice)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        refund = self.get_object(request, str(object_id))
        is_owed = refund is not None and refund.status == RefundStatus.OWED
        return super().get_actions_detail(request, object_id) if is_owed else []

    @action(
        description="Mark as paid back",
        icon="currency_rupee",
        variant=ActionVariant.PRIMARY,
        permissions=["billing.pay_refund"],
        dialog={
            "title": "Was it paid back?",
            "description": "Send the money first. This says that you did, and tells the customer.",
            "form_class": TransferForm,
            "form_submit_text": "It is paid back",
        },
    )
    def mark_paid(self, request: HttpRequest, form: TransferForm, object_id: str) -> HttpResponse:
        refund = get_object_or_404(Refund, pk=object_id)
        try:
            mark_refund_paid(refund_id=refund.pk, reference=form.cleaned_data["reference"], actor=staff_of(request))
        except DomainError as refusal:
            return close_dialog(request, page_of(refund), refusal=refusal)
        return close_dialog(request, page_of(refund), success=f"{format_rupees(refund.amount)} marked as paid back")
