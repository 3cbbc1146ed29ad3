from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from accounts.admin.pages import LookedAt, link_to
from bookings.models import TimelineEntry


class TimelineInline(LookedAt, TabularInline):
    model = TimelineEntry
    fields = ("at", "status", "note", "actor")
    readonly_fields = fields
    ordering = ("id",)
    extra = 0
    max_num = 0
    hide_title = True
    verbose_name_plural = "Timeline"


@admin.register(TimelineEntry)
class TimelineEntryAdmin(LookedAt, ModelAdmin):
    list_display = ("at", "shown_booking", "status", "note", "actor")
    list_filter = ("status",)
    list_select_related = ("booking", "actor")
    search_fields = ("booking__number",)
    ordering = ("-id",)
    show_full_result_count = False
    fields: ClassVar[tuple[str, ...]] = ("shown_booking", "at", "status", "note", "actor")
    readonly_fields = fields

    @display(description="Booking")
    def shown_booking(self, entry: TimelineEntry) -> str:
        return link_to(entry.booking)
