"""Keep the stored documents equal to the rows they tell of."""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Final
from uuid import UUID

from django.db.models import Prefetch

from flashspace.base.locks import atomic, lock_row
from listings.changes import apply_values, diff_plans, pick, show_photos
from listings.documents import Documents, render
from listings.enums import RevisionStatus
from listings.models import Plan, Space, SpacePhoto, SpaceRevision

CHUNK: Final = 500


def store_documents(space: Space) -> None:
    """Render a listing and its waiting change again. Call it last, in the transaction of the write."""
    plans, photos = list(space.plans.all()), list(space.photos.all())
    render_documents(space, plans, photos)
    Space.objects.filter(pk=space.pk).update(list_document=space.list_document, document=space.document)
    revision = space.revisions.filter(status=RevisionStatus.PENDING).first()
    if revision is not None:
        one, whole = render_proposed(space, plans, photos, revision)
        SpaceRevision.objects.filter(pk=revision.pk).update(list_document=one, document=whole)


def render_documents(space: Space, plans: Sequence[Plan], photos: Sequence[SpacePhoto] = ()) -> None:
    """Set the documents of the public version on `space`, which may be a row that is not saved yet."""
    space.list_document, space.document = render(space, plans, show_photos(photos, {}))


def render_proposed(
    space: Space, plans: Sequence[Plan], photos: Sequence[SpacePhoto], revision: SpaceRevision
) -> Documents:
    """As the listing would be with the change. The rows that were given stay as they are."""
    proposed = copy(space)
    apply_values(proposed, pick(revision.changes, staff=False))
    kept = diff_plans(proposed, map(copy, plans), revision.changes.get("plans", {})).kept
    shown = show_photos(photos, revision.changes.get("photos", {}))
    return render(proposed, kept, shown, status=RevisionStatus.PENDING)


def find_stale() -> Iterator[UUID]:
    """Listings whose documents, or those of their waiting change, are not what would be rendered now."""
    waiting = SpaceRevision.objects.filter(status=RevisionStatus.PENDING)
    spaces = Space.objects.order_by().prefetch_related(
        "plans", "photos", Prefetch("revisions", queryset=waiting, to_attr="waiting")
    )
    for space in spaces.iterator(CHUNK):
        if not _is_fresh(space, space.waiting):
            yield space.pk


def _is_fresh(space: Space, waiting: Sequence[SpaceRevision]) -> bool:
    plans, photos = list(space.plans.all()), list(space.photos.all())
    if (space.list_document, space.document) != render(space, plans, show_photos(photos, {})):
        return False
    return all(
        (revision.list_document, revision.document) == render_proposed(space, plans, photos, revision)
        for revision in waiting
    )


@atomic
def refresh_documents(*, space_id: UUID) -> None:
    """Render one listing again, with its row locked: a write meanwhile waits, or is seen."""
    store_documents(lock_row(Space.objects.all(), pk=space_id))
