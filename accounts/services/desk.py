"""What staff keep for themselves: notes that stay, and lists they come back to."""

from django.db import transaction
from django.db.models import Model
from django.http import QueryDict

from accounts.exceptions import StaffOnly
from accounts.models import SavedFilter, StaffNote, User
from accounts.policies import can_save_filter, can_write_note
from accounts.services import audit
from flashspace.base.clock import now
from flashspace.base.errors import Conflict, Invalid
from flashspace.base.text import one_line

MOST_FILTERS = 20
LONGEST_QUERY = 1000
# How a page is shown, not which rows are on it.
OF_THE_PAGE = {"p", "e", "all", "_changelist_filters", "_popup", "_to_field"}


@transaction.atomic
def add_note(*, target: Model, text: str, author: User) -> StaffNote:
    """Write down what colleagues should know of a thing. It stays as it is. Raises StaffOnly, Invalid."""
    if not can_write_note(author):
        raise StaffOnly
    if not text.strip():
        raise Invalid("Write what colleagues should know", field="text")
    note = StaffNote.objects.create(
        at=now(),
        author=author,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=one_line(str(target))[:200],
        text=text.strip()[:2000],
    )
    audit.record(action="note.added", actor=author, target=target, after={"note": str(note.pk)})
    return note


@transaction.atomic
def save_filter(*, page: str, name: str, query: str, is_shared: bool, owner: User) -> SavedFilter:
    """Keep a list under a name; the same name again replaces it. Raises StaffOnly, Invalid, Conflict."""
    if not can_save_filter(owner):
        raise StaffOnly
    name, kept = one_line(name).strip()[:40], clean_query(query)
    if not name:
        raise Invalid("Give the list a name", field="name")
    if not kept or len(kept) > LONGEST_QUERY:
        raise Invalid("There is no filter to keep" if not kept else "The filter is too long to keep", field="query")
    mine = SavedFilter.objects.filter(owner=owner, page=page)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_FILTERS:
        raise Conflict(f"You keep {MOST_FILTERS} lists here already; delete one first")
    return SavedFilter.objects.update_or_create(
        owner=owner, page=page, name=name, defaults={"query": kept, "is_shared": is_shared}
    )[0]


def delete_filter(*, filter_id: str, owner: User) -> bool:
    """One's own, or anybody's for a superuser. False when there is none."""
    kept = SavedFilter.objects.filter(pk=filter_id)
    return bool((kept if owner.is_superuser else kept.filter(owner=owner)).delete()[0])


def clean_query(query: str) -> str:
    """Only what chooses and orders rows."""
    given = QueryDict(query.lstrip("?"), mutable=True)
    for name in [name for name in given if name in OF_THE_PAGE or not any(given.getlist(name))]:
        del given[name]
    return given.urlencode()
