"""What a reviewer of listings wants to know: what comes next, and what became of the public version meanwhile."""

from typing import NamedTuple, TypeVar

from django.db.models import Q, QuerySet

from accounts.models import AuditEntry, User
from listings.enums import RevisionStatus, SpaceStatus
from listings.models import Space, SpaceRevision

# What changes the public version under a change that waits.
MOVES = ("space.updated", "space.change_approved", "space.photo_added", "space.photo_removed")
MOST_EVENTS = 30
Row = TypeVar("Row", Space, SpaceRevision)


class Move(NamedTuple):
    """`fields` are the names of what was changed."""

    entry: AuditEntry
    fields: list[str]


def next_space(reviewer: User, *, after: Space | None = None) -> Space | None:
    """The listing that waits longest; `after` one, the one behind it, and from the end the first again."""
    waiting = Space.objects.alive().filter(status=SpaceStatus.PENDING)
    # Not exclude(owner=…): that would leave out what the platform owns, which is nobody's.
    waiting = waiting.filter(~Q(owner=reviewer) | Q(owner=None))
    return _behind(waiting, "submitted_at", after)


def next_change(reviewer: User, *, after: SpaceRevision | None = None) -> SpaceRevision | None:
    waiting = SpaceRevision.objects.filter(status=RevisionStatus.PENDING, space__deleted_at=None)
    others = (~Q(space__owner=reviewer) | Q(space__owner=None)) & (~Q(proposed_by=reviewer) | Q(proposed_by=None))
    return _behind(waiting.filter(others), "created_at", after)


def _behind(waiting: "QuerySet[Row]", since: str, after: Row | None) -> Row | None:
    waiting = waiting.order_by(since, "pk")
    moment = getattr(after, since, None)
    if after is None or moment is None:
        return waiting.first()
    later = Q(**{f"{since}__gt": moment}) | Q(**{since: moment}, pk__gt=after.pk)
    return waiting.filter(later).first() or waiting.exclude(pk=after.pk).first()


def list_moves(revision: SpaceRevision) -> list[Move]:
    """How the public version was changed after the change was last proposed, newest first."""
    entries = list_events(revision.space).filter(action__in=MOVES, at__gt=revision.updated_at)
    return [Move(entry, sorted({*entry.before, *entry.after})) for entry in entries[:MOST_EVENTS]]


def list_events(space: Space) -> QuerySet[AuditEntry]:
    """What the audit log knows of a listing, newest first."""
    own = AuditEntry.objects.filter(target_type=space._meta.label_lower, target_id=str(space.pk))
    return own.order_by("-at", "-pk")
