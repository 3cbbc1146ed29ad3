"""What colleagues wrote down about a person or a booking."""

from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.masks import Viewed, shown_text, shown_to_viewer
from accounts.admin.pages import LookedAt, close_dialog, link_to, page_of, staff_of
from accounts.finding import Kind, Term, of_people
from accounts.models import StaffNote
from accounts.policies import can_read_notes
from accounts.selectors.desk import list_notes
from accounts.services.desk import add_note
from flashspace.base.errors import DomainError

MOST_SHOWN = 10
BUTTON = "add_note"


class StaffNoteForm(BaseDialogForm):
    text = forms.CharField(
        max_length=2000,
        label="Note",
        widget=UnfoldAdminTextareaWidget,
        help_text="For colleagues only. It stays as it is; what was wrong is put right by another note.",
    )


class Noted:
    """Mixin for a ModelAdmin: a button that writes a note about the row. `add_note` stands in `actions_detail`."""

    model: Any

    @action(
        description="Add a note",
        icon="edit_note",
        permissions=["accounts.add_staffnote"],
        dialog={
            "title": "What should colleagues know?",
            "description": "Customers never see it.",
            "form_class": StaffNoteForm,
            "form_submit_text": "Write it down",
        },
    )
    def add_note(self, request: HttpRequest, form: StaffNoteForm, object_id: str) -> HttpResponse:
        target = get_object_or_404(self.model, pk=object_id)
        try:
            add_note(target=target, text=form.cleaned_data["text"], author=staff_of(request))
        except DomainError as refusal:
            return close_dialog(request, page_of(target), refusal=refusal)
        return close_dialog(request, page_of(target), success="Written down")


def notes_of(request: HttpRequest, target: Model) -> list[StaffNote] | None:
    """The newest, as this colleague may read them; None for who may not."""
    viewer = staff_of(request)
    if not can_read_notes(viewer):
        return None
    notes = list(list_notes(target)[:MOST_SHOWN])
    for note in notes:
        note.text = shown_text(viewer, note.text)
    return notes


@admin.register(StaffNote)
class StaffNoteAdmin(FoundByTerm, Viewed, LookedAt, ModelAdmin):
    empty = "Nobody wrote anything down. Open a person or a booking and press Add a note."
    list_display = ("at", "shown_target", "shown_author", "shown_note")
    list_display_links = ("at",)
    list_filter = (("at", DayRangeFilter),)
    list_filter_submit = True
    list_select_related = ("author",)
    search_fields = ("target_label", "author__email")
    search_help_text = "Number of a booking, or who wrote it"
    ordering = ("-at", "-id")
    show_full_result_count = False
    fields: ClassVar[tuple[str, ...]] = ("at", "shown_target", "shown_author", "shown_note")

    def find(self, term: Term) -> Q:
        if term.kind == Kind.ID:
            return Q(pk=term.text) | Q(target_id=term.text)
        return Q(target_label=term.text.upper()) if term.kind == Kind.CODE else of_people(term, "author")

    @display(description="About")
    def shown_target(self, note: StaffNote) -> str:
        return link_to(apps.get_model(note.target_type)(pk=note.target_id), note.target_label)

    @display(description="By")
    def shown_author(self, note: StaffNote) -> str:
        return link_to(note.author)

    @display(description="Note")
    def shown_note(self, note: StaffNote) -> str:
        return shown_to_viewer(note, note.text)
