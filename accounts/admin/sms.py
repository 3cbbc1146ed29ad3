"""The log of SMS."""

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.filters import DayRangeFilter
from accounts.admin.outgoing import OutgoingAdmin
from accounts.admin.pages import close_dialog, page_of, staff_of, when
from accounts.enums import MailStatus
from accounts.finding import Term, sms
from accounts.models import Sms
from accounts.phones import written_phone
from accounts.services.sms_delivery import resend_sms
from flashspace.base.errors import DomainError


@admin.register(Sms)
class SmsAdmin(OutgoingAdmin):
    empty = "No SMS was written yet. One is written when somebody asks for a code by phone."
    list_display = ("created_at", "shown_to", "template", "shown_status", "attempts", "sent_at")
    list_display_links = ("created_at", "template")
    list_filter = ("status", ("created_at", DayRangeFilter))
    search_fields = ("to", "=provider_id", "=dedupe_key")
    search_help_text = "Phone, e-mail of the account, or Twilio's id"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shown_to", "shown_status"),
                    ("template", "shown_user"),
                    ("created_at", "sent_at"),
                    ("attempts", "due_at"),
                    ("good_until", "shown_handed"),
                    "provider_id",
                    "last_error",
                )
            },
        ),
        ("What it says", {"fields": ("shown_text",)}),
    )

    def find(self, term: Term) -> Q:
        return sms(term)

    @display(description="Handed to the provider")
    def shown_handed(self, row: Sms) -> str:
        if row.handed_at is None or row.status == MailStatus.SENT:
            return when(row.handed_at)
        return f"{when(row.handed_at)}; it may have it, and did not say"

    @action(
        description="Send again",
        icon="sms",
        variant=ActionVariant.PRIMARY,
        permissions=["accounts.change_sms"],
        dialog={
            "title": "Send this SMS again?",
            "description": "It is queued afresh, unless the code in it has run out.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Send again",
        },
    )
    def resend(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        row = get_object_or_404(Sms, pk=object_id)
        try:
            resend_sms(sms=row, actor=staff_of(request))
        except DomainError as refusal:
            return close_dialog(request, page_of(row), refusal=refusal)
        return close_dialog(request, page_of(row), success=f"The SMS to {written_phone(row.to)} is queued again")
