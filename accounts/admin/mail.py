"""The mail log. Codes and links are dots here, whether they are still encrypted or struck out already."""

from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.filters import DayRangeFilter
from accounts.admin.masks import shown_to_viewer
from accounts.admin.outgoing import OutgoingAdmin
from accounts.admin.pages import close_dialog, page_of, staff_of
from accounts.finding import Term, mails
from accounts.marks import strike_out
from accounts.models import Mail
from accounts.services.delivery import resend_mail
from flashspace.base.errors import DomainError


class TemplateFilter(admin.SimpleListFilter):
    """Of the templates there are, not of those in the rows, which would be read to the end."""

    title = "template"
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.replace("_", " ").capitalize()) for name in template_names()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Mail]") -> "QuerySet[Mail]":
        return queryset.filter(template=self.value()) if self.value() else queryset


@cache
def template_names() -> list[str]:
    folders = [Path(app.path) / "templates" / "mail" for app in apps.get_app_configs()]
    return sorted({path.stem for folder in folders for path in folder.glob("*.txt")} - {"base"})


@admin.register(Mail)
class MailAdmin(OutgoingAdmin):
    empty = "No mail was written yet. The first one is written when somebody signs up."
    list_display = ("created_at", "shown_to", "subject", "shown_status", "attempts", "sent_at")
    list_display_links = ("created_at", "subject")
    list_filter = ("status", TemplateFilter, ("created_at", DayRangeFilter))
    search_fields = ("to", "subject", "=dedupe_key")
    search_help_text = "E-mail, phone, or words of the subject"
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

    def find(self, term: Term) -> Q:
        return mails(term)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Mail]":
        """A list needs no texts, which are most of a row."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match is not None and request.resolver_match.url_name == "accounts_mail_changelist"
        return rows.defer("text", "html", "attachments") if is_list else rows

    @display(description="Attachments")
    def shown_attachments(self, mail: Mail) -> str:
        return ", ".join(kind for kind, _ in mail.attachments) or "–"

    @display(description="As it looks")
    def shown_html(self, mail: Mail) -> str:
        # A sandbox without a single permission: whatever stood in the mail, nothing in it runs or navigates.
        return format_html(
            '<iframe sandbox srcdoc="{}" title="{}" class="rounded-default w-full" style="height: 640px"></iframe>',
            shown_to_viewer(mail, strike_out(mail.html)),
            mail.subject,
        )

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
