"""Who is signed in where, and the button that ends it."""

from ipaddress import ip_network
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.pages import LookedAt, close_dialog, label, link_to, page_of, staff_of
from accounts.finding import Term, rows_of
from accounts.models import Session
from accounts.policies import can_end_session
from accounts.selectors.sessions import device_name, is_open
from accounts.services.sessions import revoke_session
from flashspace.base.clock import now
from flashspace.base.errors import DomainError


class LiveFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "Live"), ("over", "Over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        over = Q(ended_at__isnull=False) | Q(expires_at__lte=now()) | Q(user__is_active=False)
        if self.value() == "live":
            return queryset.exclude(over)
        return queryset.filter(over) if self.value() == "over" else queryset


class DialectFilter(admin.SimpleListFilter):
    """Named, not read from the rows: there are millions of them."""

    title = "API"
    parameter_name = "dialect"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in ("admin", "flashspace", "workspace", "nano", "rento", "nakksha", "support")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        return queryset.filter(dialect=self.value()) if self.value() else queryset


def is_network(text: str) -> bool:
    try:
        return ip_network(text, strict=False) is not None and not text.isdigit()
    except ValueError:
        return False


@admin.register(Session)
class SessionAdmin(FoundByTerm, LookedAt, ModelAdmin):
    empty = "Nobody has signed in yet. Every sign-in comes here and can be ended on its page."
    list_display = ("created_at", "shown_user", "shown_state", "dialect", "network", "shown_device", "last_seen_at")
    list_display_links = ("created_at",)
    list_filter = (
        LiveFilter,
        "end_reason",
        DialectFilter,
        ("user", AutocompleteSelectFilter),
        ("created_at", DayRangeFilter),
    )
    list_filter_submit = True
    list_select_related = ("user",)
    search_fields = ("user__email", "=network")
    search_help_text = "E-mail, phone or name of the person, or the network"
    presets = (("Live", "state=live"), ("Ended by staff", "end_reason__exact=revoked"))
    ordering = ("-created_at",)
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["end"]
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shown_user", "shown_state"),
                    ("dialect", "network"),
                    "organization",
                    "user_agent",
                    ("created_at", "last_seen_at"),
                    ("expires_at", "refreshed_at"),
                    ("ended_at", "end_reason"),
                )
            },
        ),
    )

    def find(self, term: Term) -> Q:
        if is_network(term.typed):
            return Q(network__in={term.typed, str(ip_network(term.typed, strict=False))})
        return rows_of(term, "user")

    @display(description="Account", ordering="user__email")
    def shown_user(self, session: Session) -> str:
        return link_to(session.user, session.user.email)

    @display(description="State", ordering="ended_at")
    def shown_state(self, session: Session) -> str:
        if is_open(session):
            return label("Live", "success")
        return label(session.get_end_reason_display() or "Expired")

    @display(description="Device")
    def shown_device(self, session: Session) -> str:
        return device_name(session)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        session = self.get_object(request, str(object_id))
        may = session is not None and is_open(session) and can_end_session(staff_of(request), session)
        return super().get_actions_detail(request, object_id) if may else []

    @action(
        description="End session",
        icon="logout",
        variant=ActionVariant.DANGER,
        permissions=["accounts.change_session"],
        dialog={
            "title": "End this session?",
            "description": "At once. The person may sign in again.",
            "form_class": BaseDialogForm,
            "form_submit_text": "End it",
        },
    )
    def end(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        session = get_object_or_404(Session, pk=object_id)
        try:
            revoke_session(session=session, actor=staff_of(request))
        except DomainError as refusal:
            return close_dialog(request, page_of(session), refusal=refusal)
        return close_dialog(request, page_of(session), success="The session has ended")
