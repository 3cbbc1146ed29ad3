from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import FieldTextFilter
from unfold.decorators import display

from accounts.admin.filters import DayRangeFilter
from accounts.admin.ids import with_links
from accounts.admin.lists import FoundByTerm
from accounts.admin.masks import Viewed, shown_to_viewer
from accounts.admin.pages import LookedAt, label, link_at, link_to, page_of
from accounts.finding import Term, entries
from accounts.models import AuditEntry, AuditSeal, User
from accounts.selectors.audit_chain import is_intact


@admin.register(AuditEntry)
class AuditEntryAdmin(FoundByTerm, Viewed, LookedAt, ModelAdmin):
    empty = "Nothing was done yet. Every decision of staff comes here, with who made it and why."
    list_display = ("at", "action", "shown_target", "shown_actor", "shown_reason")
    list_filter = (("action", FieldTextFilter), ("actor_email", FieldTextFilter), ("at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("=target_id", "target_label", "actor_email", "=request_id")
    ordering = ("-at", "-id")
    show_full_result_count = False
    fields: ClassVar[tuple[Any, ...]] = (
        ("at", "action"),
        ("target_link", "actor_link"),
        ("target_type", "shown_target_id"),
        ("organization", "network", "request_id"),
        "shown_reason",
        "shown_changes",
        "shown_seal",
    )

    def find(self, term: Term) -> Q:
        return entries(term)

    @display(description="Target", ordering="target_label")
    def shown_target(self, entry: AuditEntry) -> str:
        return shown_to_viewer(entry, entry.target_label) or "–"

    @display(description="Target")
    def target_link(self, entry: AuditEntry) -> str:
        return link_at(_target_page(entry), self.shown_target(entry))

    @display(description="Target id")
    def shown_target_id(self, entry: AuditEntry) -> str:
        url = _target_page(entry)
        return link_at(url, entry.target_id) if url else with_links("", entry.target_id)

    @display(description="By", ordering="actor_email")
    def shown_actor(self, entry: AuditEntry) -> str:
        return entry.actor_email or "the system"

    @display(description="By")
    def actor_link(self, entry: AuditEntry) -> str:
        # The column promises no row.
        actor = User.objects.filter(pk=entry.actor_id).first() if entry.actor_id else None
        return link_to(actor, self.shown_actor(entry)) if actor is not None else self.shown_actor(entry)

    @display(description="Reason")
    def shown_reason(self, entry: AuditEntry) -> str:
        return shown_to_viewer(entry, entry.reason) or "–"

    @display(description="Changes")
    def shown_changes(self, entry: AuditEntry) -> str:
        names = sorted({*entry.before, *entry.after})
        rows = [(name, *(_shown(entry, values, name) for values in (entry.before, entry.after))) for name in names]
        return render_to_string("accounts/admin/changes.html", {"rows": rows})

    @display(description="Seal")
    def shown_seal(self, entry: AuditEntry) -> str:
        seal = getattr(entry, "seal", None)
        if seal is None:
            return label("Not sealed yet", "warning")
        said = label("Is what was sealed", "success") if is_intact(entry) else label("Not what was sealed", "danger")
        at = date_format(localtime(seal.sealed_at), "DATETIME_FORMAT")
        return format_html("{} {}, {}", said, link_to(seal, f"No. {seal.number}"), at)


@admin.register(AuditSeal)
class AuditSealAdmin(LookedAt, ModelAdmin):
    """Where in the chain an entry stands. `manage.py verify_audit` proves the whole of it."""

    empty = (
        "Nothing is sealed yet. Entries are sealed every minute; where there are entries and no seals, look whether "
        "the scheduler runs."
    )
    list_display = ("number", "shown_entry", "sealed_at", "hash")
    list_filter = (("sealed_at", DayRangeFilter),)
    list_filter_submit = True
    search_fields = ("=number", "=entry__id", "=hash")
    ordering = ("-number",)
    show_full_result_count = False
    fields: ClassVar[tuple[Any, ...]] = (
        ("number", "sealed_at"),
        "shown_entry",
        "previous",
        "hash",
        ("form", "key"),
        "signature",
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[AuditSeal]":
        return super().get_queryset(request).prefetch_related("entry")  # a join would hide a seal whose entry is gone

    @display(description="Entry")
    def shown_entry(self, seal: AuditSeal) -> str:
        try:
            return link_to(seal.entry)
        except AuditEntry.DoesNotExist:
            return label("Gone", "danger")


def _shown(entry: AuditEntry, values: dict[str, Any], name: str) -> str:
    return with_links(name, shown_to_viewer(entry, str(values[name]))) if name in values else "–"


def _target_page(entry: AuditEntry) -> str:
    """Read once a page. Nothing where there is none: some targets are no rows, and an entry outlives its own."""
    if not hasattr(entry, "known_page"):
        try:
            target = apps.get_model(entry.target_type)._default_manager.filter(pk=entry.target_id).first()  # noqa: SLF001
        except (LookupError, ValueError, ValidationError):
            target = None
        entry.known_page = page_of(target) if target is not None else ""  # type: ignore[attr-defined]
    return str(entry.known_page)  # type: ignore[attr-defined]
