from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import FieldTextFilter
from unfold.decorators import display

from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import LookedAt, link_to
from accounts.models import Notification


@admin.register(Notification)
class NotificationAdmin(LookedAt, ModelAdmin):
    list_display = ("created_at", "shown_user", "kind", "title", "is_read")
    list_filter = (("kind", FieldTextFilter), ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("user",)
    search_fields = ("user__email", "title")
    ordering = ("-created_at",)
    show_full_result_count = False
    fields: ClassVar[tuple[str, ...]] = ("shown_user", "kind", "title", "message", "data", "created_at", "read_at")

    @display(description="Person", ordering="user__email")
    def shown_user(self, notification: Notification) -> str:
        return link_to(notification.user, notification.user.email)

    @display(description="Read", boolean=True)
    def is_read(self, notification: Notification) -> bool:
        return notification.read_at is not None
