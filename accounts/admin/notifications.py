from typing import ClassVar

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import FieldTextFilter
from unfold.decorators import display

from accounts.admin.answers import words
from accounts.admin.filters import DayRangeFilter
from accounts.admin.ids import with_links
from accounts.admin.lists import FoundByTerm
from accounts.admin.masks import Viewed, shown_to_viewer
from accounts.admin.pages import LookedAt, link_to
from accounts.finding import Term, rows_of
from accounts.models import Notification


@admin.register(Notification)
class NotificationAdmin(Viewed, FoundByTerm, LookedAt, ModelAdmin):
    empty = "Nobody was told anything yet. People are told when their booking, invoice or KYC case moves."
    list_display = ("created_at", "shown_user", "kind", "title", "is_read")
    list_filter = (("kind", FieldTextFilter), ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("user",)
    search_fields = ("user__email", "title")
    search_help_text = "E-mail, phone or name of the person"
    ordering = ("-created_at",)
    show_full_result_count = False
    fields: ClassVar[tuple[str, ...]] = (
        "shown_user",
        "kind",
        "title",
        "shown_message",
        "shown_data",
        "created_at",
        "read_at",
    )

    def find(self, term: Term) -> Q:
        return rows_of(term, "user")

    @display(description="Person", ordering="user__email")
    def shown_user(self, notification: Notification) -> str:
        return link_to(notification.user, notification.user.email)

    @display(description="Message")
    def shown_message(self, notification: Notification) -> str:
        return shown_to_viewer(notification, notification.message) or "–"

    @display(description="Data")
    def shown_data(self, notification: Notification) -> str:
        told = ((name, str(value)) for name, value in sorted(notification.data.items()))
        lines = ((words(name), with_links(name, shown_to_viewer(notification, text))) for name, text in told)
        return format_html_join(mark_safe("<br>"), "{}: {}", lines) or "–"

    @display(description="Read", boolean=True)
    def is_read(self, notification: Notification) -> bool:
        return notification.read_at is not None
