"""The mail log. Codes and links are dots here, whether they are still encrypted or struck out already."""

from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.masks import Viewed, shown_to_viewer
from accounts.admin.pages import LookedAt, close_dialog, label, link_to, page_of, staff_of
from accounts.enums import MailStatus
from accounts.finding import Term, mails
from accounts.marks import strike_out
from accounts.models import Mail
from accounts.services.delivery import resend_mail
from flashspace.base.errors import DomainError

COLOURS = {MailStatus.QUEUED: "warning", MailStatus.SENT: "success", MailStatus.DEAD: "danger"}


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
class MailAdmin(Viewed, FoundByTerm, LookedAt, ModelAdmin):
    list_display = ("created_at", "shown_to", "subject", "shown_status", "attempts", "sent_at")
    list_display_links = ("created_at", "subject")
    list_filter = ("status", TemplateFilter, ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("user",)
    search_fields = ("to", "subject", "=dedupe_key")
    search_help_text = "E-mail, phone, or words of the subject"
    presets = (("Waiting", "status__exact=queued"), ("Given up", "status__exact=dead"))
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

    def find(self, term: Term) -> Q:
        return mails(term)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Mail]":
        """A list needs no texts, which are most of a row."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match is not None and request.resolver_match.url_name == "accounts_mail_changelist"
        return rows.defer("text", "html", "attachments") if is_list else rows

    @display(description="To", ordering="to")
    def shown_to(self, mail: Mail) -> str:
        return link_to(mail.user, mail.to) if mail.user else mail.to

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
            shown_to_viewer(mail, strike_out(mail.html)),
            mail.subject,
        )

    @display(description="Plain text")
    def shown_text(self, mail: Mail) -> str:
        lines = shown_to_viewer(mail, strike_out(mail.text)).splitlines()
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
