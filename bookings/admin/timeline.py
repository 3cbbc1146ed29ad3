from typing import ClassVar

from django.contrib import admin
from django.db.models import Q
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.lists import FoundByTerm
from accounts.admin.pages import LookedAt, link_to
from accounts.finding import Term
from bookings.finding import entries
from bookings.models import TimelineEntry


@admin.register(TimelineEntry)
class TimelineEntryAdmin(FoundByTerm, LookedAt, ModelAdmin):
    empty = "Nothing has happened to a booking yet. Every step of one comes here, the first when it is made."
    list_display = ("at", "shown_booking", "status", "note", "shown_actor")
    list_filter = ("status",)
    list_select_related = ("booking", "actor")
    search_fields = ("booking__number",)
    search_help_text = "Number of the booking, or its customer"
    ordering = ("-id",)
    show_full_result_count = False
    fields: ClassVar[tuple[str, ...]] = ("shown_booking", "at", "status", "note", "shown_actor")
    readonly_fields = fields

    def find(self, term: Term) -> Q:
        return entries(term)

    @display(description="By")
    def shown_actor(self, entry: TimelineEntry) -> str:
        return link_to(entry.actor) if entry.actor else "the system"

    @display(description="Booking")
    def shown_booking(self, entry: TimelineEntry) -> str:
        return link_to(entry.booking)
