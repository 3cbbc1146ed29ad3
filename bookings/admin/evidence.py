"""What the three pages have in common: rows are looked at, never typed into; every move is a button."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


class LookedAt:
    """Mixin: no row is added, changed or deleted by a form."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def link_to(obj: Model | None, text: str = "") -> SafeString | str:
    """A link to the page of a row; plain text for one whose model has none."""
    if obj is None:
        return "–"
    kind = obj._meta  # noqa: SLF001  Django's own name for it
    try:
        url = reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[obj.pk])
    except NoReverseMatch:
        return text or str(obj)
    return format_html('<a href="{}">{}</a>', url, text or str(obj))


def in_lines(parts: Iterable[SafeString | str]) -> SafeString | str:
    return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts)) or "–"
