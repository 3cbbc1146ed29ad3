"""Reads for the desk: notes, newest first, and kept lists."""

from django.db.models import Model, Q, QuerySet

from accounts.models import SavedFilter, StaffNote, User

MOST_SHOWN = 40


def list_notes(target: Model) -> QuerySet[StaffNote]:
    mine = StaffNote.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))
    return mine.select_related("author").order_by("-at", "-id")


def list_filters(*, page: str, user: User) -> list[SavedFilter]:
    """One's own and what colleagues share, by name."""
    kept = SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True), page=page)
    return list(kept.select_related("owner").order_by("name", "pk")[:MOST_SHOWN])
