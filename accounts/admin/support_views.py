"""Who of us looked at what a customer sees, and why. The audit log says it too, and keeps it longer."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Q
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.pages import LookedAt, label, link_to
from accounts.finding import Term, of_people
from accounts.models import SupportView


@admin.register(SupportView)
class SupportViewAdmin(FoundByTerm, LookedAt, ModelAdmin):
    empty = "Nobody looked yet. To see what a customer sees, open the person and press See as customer."
    list_display = ("created_at", "shown_staff", "shown_customer", "reason", "shown_state")
    list_display_links = ("created_at",)
    list_filter = (("created_at", DayRangeFilter),)
    list_filter_submit = True
    list_select_related = ("staff", "session__user")
    search_fields = ("staff__email", "session__user__email")
    search_help_text = "E-mail, phone or name of either"
    ordering = ("-created_at",)
    show_full_result_count = False
    fields: ClassVar[tuple[object, ...]] = (
        ("shown_staff", "shown_customer"),
        ("staff_session", "session"),
        "reason",
        ("created_at", "closed_at"),
        "shown_state",
    )

    def find(self, term: Term) -> Q:
        return of_people(term, "staff") | of_people(term, "session__user")

    @display(description="Colleague", ordering="staff__email")
    def shown_staff(self, view: SupportView) -> str:
        return link_to(view.staff)

    @display(description="Customer", ordering="session__user__email")
    def shown_customer(self, view: SupportView) -> str:
        return link_to(view.session.user)

    @display(description="State", ordering="closed_at")
    def shown_state(self, view: SupportView) -> str:
        return label("Open", "warning") if view.closed_at is None else label("Over")
