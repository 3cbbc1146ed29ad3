"""The mail log. Codes and links are dots here, whether they are still encrypted or struck out already."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import LookedAt, close_dialog, label, link_to, page_of, staff_of
from accounts.enums import MailStatus
from accounts.marks import strike_out
from accounts.models import Mail
from accounts.services.delivery import resend_mail
from flashspace.base.errors import DomainError

COLOURS = {MailStatus.QUEUED: "warning", MailStatus.SENT: "success", MailStatus.DEAD: "danger"}


@admin.register(Mail)
class MailAdmin(LookedAt, ModelAdmin):
    list_display = ("created_at", "to", "subject", "shown_status", "attempts", "sent_at")
    list_display_links = ("created_at", "subject")
    list_filter = ("status", "template", ("created_at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("to", "subject", "=dedupe_key")
    ordering = ("-created_at",)
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["resend"]
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("to", "shown_status"),
                    ("subject", "shown_user"),
                    ("created_at", "sent_at"),
                    ("attempts", "due_at"),
                    ("template", "shown_attachments"),
                    "last_error",
                )
            },
        ),
        ("What it says", {"fields": ("shown_html", "shown_text")}),
    )

    @display(description="Status", ordering="status")
    def shown_status(self, mail: Mail) -> str:
        return label(mail.get_status_display(), COLOURS[MailStatus(mail.status)])

    @display(description="Account")
    def shown_user(self, mail: Mail) -> str:
        return link_to(mail.user)

    @display(description="Attachments")
    def shown_attachments(self, mail: Mail) -> str:
        return ", ".join(kind for kind, _ in mail.attachments) or "–"

    @display(description="As it looks")
    def shown_html(self, mail: Mail) -> str:
        # A sandbox without a single permission: whatever stood in the mail, nothing in it runs or navigates.
        return format_html(
            '<iframe sandbox srcdoc="{}" title="{}" class="rounded-default w-full" style="height: 640px"></iframe>',
            strike_out(mail.html),
            mail.subject,
        )

    @display(description="Plain text")
    def shown_text(self, mail: Mail) -> str:
        lines = strike_out(mail.text).splitlines()
        return format_html_join("", "{}<br>", ((line,) for line in lines))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        mail = self.get_object(request, str(object_id))
        is_dead = mail is not None and mail.status == MailStatus.DEAD
        return super().get_actions_detail(request, object_id) if is_dead else []

    @action(
        description="Send again",
        icon="forward_to_inbox",
        variant=ActionVariant.PRIMARY,
        permissions=["accounts.change_mail"],
        dialog={
            "title": "Send this mail again?",
            "description": "It is queued afresh. A code in it may have run out meanwhile.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Send again",
        },
    )
    def resend(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        mail = get_object_or_404(Mail, pk=object_id)
        try:
            resend_mail(mail=mail, actor=staff_of(request))
        except DomainError as refusal:
            return close_dialog(request, page_of(mail), refusal=refusal)
        return close_dialog(request, page_of(mail), success=f"The mail to {mail.to} is queued again")
