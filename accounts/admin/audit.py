from typing import Any, ClassVar

from django.contrib import admin
from django.template.loader import render_to_string
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import FieldTextFilter
from unfold.decorators import display

from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import LookedAt
from accounts.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(LookedAt, ModelAdmin):
    list_display = ("at", "action", "target_label", "shown_actor", "reason")
    list_filter = (("action", FieldTextFilter), ("actor_email", FieldTextFilter), ("at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("=target_id", "target_label", "actor_email", "=request_id")
    ordering = ("-at", "-id")
    show_full_result_count = False
    fields: ClassVar[tuple[Any, ...]] = (
        ("at", "action"),
        ("target_label", "shown_actor"),
        ("target_type", "target_id"),
        ("network", "request_id"),
        "reason",
        "shown_changes",
    )

    @display(description="By", ordering="actor_email")
    def shown_actor(self, entry: AuditEntry) -> str:
        return entry.actor_email or "the system"

    @display(description="Changes")
    def shown_changes(self, entry: AuditEntry) -> str:
        names = sorted({*entry.before, *entry.after})
        rows = [(name, _shown(entry.before, name), _shown(entry.after, name)) for name in names]
        return render_to_string("accounts/admin/changes.html", {"rows": rows})


def _shown(values: dict[str, Any], name: str) -> str:
    return str(values[name]) if name in values else "–"
