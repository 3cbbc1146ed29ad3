from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import LookedAt, close_dialog, label, link_to, page_of, staff_of
from billing.enums import RefundStatus
from billing.models import Refund
from billing.services.refunds import mark_refund_paid
from flashspace.base.errors import DomainError
from flashspace.base.money import format_rupees

COLOURS = {RefundStatus.OWED: "danger", RefundStatus.PAID: "success"}


class TransferForm(BaseDialogForm):
    reference = forms.CharField(
        max_length=128,
        widget=UnfoldAdminTextInputWidget,
        help_text="The bank's reference (UTR) or the gateway's refund id. The customer reads it.",
    )


@admin.register(Refund)
class RefundAdmin(LookedAt, ModelAdmin):
    """The queue of money that is owed: oldest first."""

    list_display = ("created_at", "shown_status", "shown_amount", "cause", "shown_payer", "shown_invoice", "reference")
    list_display_links = ("created_at", "shown_amount")
    list_filter = ("status", "cause", ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("payment__user", "payment__invoice")
    search_fields = ("reference", "payment__transaction_id", "payment__invoice__number", "payment__user__email")
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
                    "shown_payment",
                    ("created_at", "paid_at"),
                    "reference",
                )
            },
        ),
    )

    @display(description="Status", ordering="status")
    def shown_status(self, refund: Refund) -> str:
        return label(refund.get_status_display(), COLOURS[RefundStatus(refund.status)])

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
