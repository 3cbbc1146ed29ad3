"""What the logs of mails and of SMS have in common. Codes and links are dots, still encrypted or struck out already."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.lists import FoundByTerm
from accounts.admin.masks import Viewed, shown_to_viewer
from accounts.admin.pages import LookedAt, label, link_to
from accounts.enums import MailStatus
from accounts.marks import strike_out
from accounts.phones import written_phone

COLOURS = {MailStatus.QUEUED: "warning", MailStatus.SENT: "success", MailStatus.DEAD: "danger"}


class OutgoingAdmin(Viewed, FoundByTerm, LookedAt, ModelAdmin):
    list_filter_submit = True
    list_select_related = ("user",)
    presets = (("Waiting", "status__exact=queued"), ("Given up", "status__exact=dead"))
    ordering = ("-created_at",)
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["resend"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        row = self.get_object(request, str(object_id))
        is_dead = row is not None and row.status == MailStatus.DEAD
        return super().get_actions_detail(request, object_id) if is_dead else []

    @display(description="Status", ordering="status")
    def shown_status(self, row: Any) -> str:
        return label(row.get_status_display(), COLOURS[MailStatus(row.status)])

    @display(description="To", ordering="to")
    def shown_to(self, row: Any) -> str:
        to = row.to if "@" in row.to else written_phone(row.to)
        return link_to(row.user, to) if row.user else to

    @display(description="Account")
    def shown_user(self, row: Any) -> str:
        return link_to(row.user)

    @display(description="Plain text")
    def shown_text(self, row: Any) -> str:
        lines = shown_to_viewer(row, strike_out(row.text)).splitlines()
        return format_html_join("", "{}<br>", ((line,) for line in lines))
