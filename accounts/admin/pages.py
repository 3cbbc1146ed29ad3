"""What the staff's pages have in common: rows are looked at, never typed into; every move is a button with a dialog."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.models import User
from flashspace.base.context import viewer
from flashspace.base.errors import DomainError
from flashspace.base.lookups import DeclaredLookups

ANYWHERE = "overflow-wrap: anywhere"  # an address may be longer than its column


class LookedAt(DeclaredLookups):
    """Mixin: no row is added, changed or deleted by a form."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Casework:
    """Mixin: keys decide, pictures zoom, and the page lays papers and differences side by side."""

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["accounts/casework.css"]}
        js: ClassVar[list[str]] = ["accounts/casework.js"]


class ReasonForm(BaseDialogForm):
    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextareaWidget, help_text="The person reads this.")


class NoteForm(BaseDialogForm):
    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Note",
        widget=UnfoldAdminTextareaWidget,
        help_text="For colleagues; the person does not read this.",
    )


def close_dialog(
    request: HttpRequest, url: str, *, success: str = "", refusal: DomainError | None = None
) -> HttpResponse:
    """Say what came of it on the page behind the dialog, which is loaded anew."""
    if refusal is None:
        messages.success(request, success)
    else:
        messages.error(request, refusal.message)
    return HttpResponse(headers={"HX-Redirect": url})


def page_of(obj: Model) -> str:
    """The address of a row's page; nothing for a model that has none, or one that is not for who looks."""
    kind = obj._meta
    looks = viewer.get()
    if looks and not any(looks.has_perm(f"{kind.app_label}.{verb}_{kind.model_name}") for verb in ("view", "change")):
        return ""
    try:
        return reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[obj.pk])
    except NoReverseMatch:
        return ""


def account_page(key: Any) -> str:
    """Of whoever has this id, without reading them; nothing where nobody has it, or for who may not look."""
    return page_of(User(pk=key)) if key else ""


def link_to(obj: Model | None, text: str = "") -> str:
    if obj is None:
        return "–"
    return link_at(page_of(obj), text or str(obj))


def link_at(url: str, text: str) -> str:
    return format_html('<a class="underline" style="{}" href="{}">{}</a>', ANYWHERE, url, text) if url else text


def when(moment: datetime | None) -> str:
    """Indian time, whoever looks."""
    return date_format(localtime(moment), "j M Y, H:i") if moment else "–"


def staff_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin site lets nobody else in
    return request.user


def label(text: str, colour: str = "") -> str:
    """A status as a coloured label, in lists and on pages alike. `colour`: success, warning, danger, info."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": colour})
