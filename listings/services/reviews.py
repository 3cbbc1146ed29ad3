"""Approving and rejecting: listings that wait, and changes of approved ones. Nobody decides about his own."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from accounts.services import audit
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden
from flashspace.base.locks import atomic, lock_row
from flashspace.base.transitions import check_transition
from listings.changes import photo_ids, pick
from listings.enums import REVISION_TRANSITIONS, SPACE_TRANSITIONS, RevisionStatus, SpaceStatus
from listings.exceptions import OwnSpace, ReasonMissing, RevisionUnknown, SpaceChanged, SpaceUnknown
from listings.models import Space, SpaceRevision
from listings.policies import can_review_spaces, is_own_space
from listings.services.documents import store_documents
from listings.services.photos import drop_photos
from listings.services.spaces import check_complete, write_change
from listings.services.tell import tell_owner


@atomic
def approve_space(*, space: Space, actor: User, seen_at: datetime | None = None) -> Space:
    """Make a waiting listing public. `seen_at` is the `updated_at` that the reviewer looked at.

    Raises Forbidden, OwnSpace, SpaceUnknown, IllegalTransition, SpaceIncomplete, SpaceChanged.
    """
    space = _lock_for_review(space.pk, actor)
    check_transition(SPACE_TRANSITIONS, thing="listing", current=space.status, wanted=SpaceStatus.APPROVED)
    _check_seen(space.updated_at, seen_at)
    check_complete(space, list(space.plans.all()))
    space.status, space.approved_at, space.approved_by = SpaceStatus.APPROVED, now(), actor
    space.rejected_at, space.rejection_reason = None, ""
    space.save(update_fields=["status", "approved_at", "approved_by", "rejected_at", "rejection_reason", "updated_at"])
    store_documents(space)
    audit.record(action="space.approved", actor=actor, target=space)
    tell_owner(space, "approved")
    return space


@atomic
def reject_space(*, space: Space, reason: str, actor: User) -> Space:
    """Send a waiting listing back, with the reason. Raises as approve_space does, and ReasonMissing."""
    reason = _need(reason)
    space = _lock_for_review(space.pk, actor)
    check_transition(SPACE_TRANSITIONS, thing="listing", current=space.status, wanted=SpaceStatus.REJECTED)
    space.status, space.rejected_at, space.rejection_reason = SpaceStatus.REJECTED, now(), reason
    space.save(update_fields=["status", "rejected_at", "rejection_reason", "updated_at"])
    store_documents(space)
    audit.record(action="space.rejected", actor=actor, target=space, reason=reason)
    tell_owner(space, "rejected", reason)
    return space


@atomic
def approve_revision(*, revision: SpaceRevision, actor: User, seen_at: datetime | None = None) -> Space:
    """Write a waiting change to the public version.

    Raises as approve_space does, and Invalid, SeatsTaken where the change does not fit any more.
    """
    space, revision = _lock_change(revision, actor)
    check_transition(REVISION_TRANSITIONS, thing="change", current=revision.status, wanted=RevisionStatus.APPROVED)
    _check_seen(revision.updated_at, seen_at)
    values, plans = pick(revision.changes, staff=False), revision.changes.get("plans", {})
    before = {name: getattr(space, name) for name in values}
    _decide(revision, RevisionStatus.APPROVED, actor)
    write_change(space, values, plans)
    space.photos.filter(pk__in=photo_ids(revision.changes, "add")).update(is_proposed=False)
    drop_photos(space, photo_ids(revision.changes, "remove"))
    store_documents(space)
    audit.record(action="space.change_approved", actor=actor, target=space, before=before, after=revision.changes)
    tell_owner(space, "change_approved")
    return space


@atomic
def reject_revision(*, revision: SpaceRevision, reason: str, actor: User) -> Space:
    """Drop a waiting change, with the reason; the public version stays. Its new photos are deleted."""
    reason = _need(reason)
    space, revision = _lock_change(revision, actor)
    check_transition(REVISION_TRANSITIONS, thing="change", current=revision.status, wanted=RevisionStatus.REJECTED)
    _decide(revision, RevisionStatus.REJECTED, actor, reason)
    drop_photos(space, photo_ids(revision.changes, "add"))
    store_documents(space)
    audit.record(action="space.change_rejected", actor=actor, target=space, after=revision.changes, reason=reason)
    tell_owner(space, "change_rejected", reason)
    return space


def _decide(revision: SpaceRevision, status: RevisionStatus, actor: User, reason: str = "") -> None:
    revision.status, revision.decided_at, revision.decided_by, revision.reason = status, now(), actor, reason
    revision.save(update_fields=["status", "decided_at", "decided_by", "reason", "updated_at"])


def _lock_for_review(pk: UUID, actor: User) -> Space:
    if not can_review_spaces(actor):
        raise Forbidden
    try:
        space = lock_row(Space.objects.alive(), pk=pk)
    except Space.DoesNotExist:
        raise SpaceUnknown from None
    if is_own_space(actor, space):
        raise OwnSpace
    return space


def _lock_change(revision: SpaceRevision, actor: User) -> tuple[Space, SpaceRevision]:
    """Whoever changes a revision holds the lock of its space."""
    space = _lock_for_review(revision.space_id, actor)
    try:
        revision = space.revisions.get(pk=revision.pk)
    except SpaceRevision.DoesNotExist:
        raise RevisionUnknown from None
    if revision.proposed_by_id == actor.pk:
        raise OwnSpace
    return space, revision


def _check_seen(updated_at: datetime, seen_at: datetime | None) -> None:
    if seen_at is not None and updated_at != seen_at:
        raise SpaceChanged


def _need(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
