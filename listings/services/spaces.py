"""Making and changing listings."""

from collections.abc import Mapping
from typing import Any

from accounts.enums import Role
from accounts.models import User
from accounts.services import audit
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden, Invalid
from flashspace.base.locks import atomic, lock_row
from flashspace.base.transitions import check_transition
from listings import occupancy
from listings.changes import DERIVED_FIELDS, PlanChanges, PlanDiff, Values, apply_values, diff_plans, pick
from listings.enums import SPACE_TRANSITIONS, SpaceKind, SpaceStatus
from listings.exceptions import NotYourSpace, SeatsTaken, SpaceIncomplete, SpaceUnknown
from listings.models import Plan, Space
from listings.policies import acts_for_platform, can_change_space, can_create_space, is_catalogue_staff
from listings.services.documents import store_documents
from listings.services.revisions import propose_change
from listings.services.tell import tell_owner

COLUMNS = frozenset(field.name for field in Space._meta.concrete_fields)


@atomic
def create_space(
    *, kind: SpaceKind, values: Values, plans: PlanChanges, actor: User, owner: User | None = None
) -> Space:
    """A new listing with its plans. Staff's is approved at once, an owner's own waits for approval.

    Staff may name its `owner`; without one it is the platform's. What lacks a state or a plan cannot be approved and
    waits, whoever made it. Raises Forbidden, Invalid.
    """
    if not can_create_space(actor):
        raise Forbidden
    by_staff = is_catalogue_staff(actor)
    if by_staff and owner is not None and owner.role != Role.OWNER:
        raise Invalid("Must be an owner's account", field="owner")
    space = Space(kind=kind, owner=owner if by_staff else actor)
    apply_values(space, pick(values, staff=by_staff))
    diff = diff_plans(space, [], plans)
    is_approved = acts_for_platform(actor, space) and not find_gaps(space, diff.kept)
    _start(space, actor, is_approved=is_approved)
    space.save(force_insert=True)
    _save_plans(diff)
    store_documents(space)
    audit.record(action="space.created", actor=actor, target=space, after=_shown(values, plans))
    return space


def _start(space: Space, actor: User, *, is_approved: bool) -> None:
    at = now()
    space.status = SpaceStatus.APPROVED if is_approved else SpaceStatus.PENDING
    space.submitted_at = at
    if is_approved:
        space.approved_at, space.approved_by = at, actor


@atomic
def update_space(*, space: Space, values: Values, plans: PlanChanges | None = None, actor: User) -> Space:
    """Change some fields and plans.

    Staff's change counts at once. An owner's change of what is approved becomes, or joins, the change that waits; of
    what is not approved it counts, and the listing waits (again) for approval. Returns the row, which is the public
    version. Raises SpaceUnknown, NotYourSpace, Invalid, SpaceIncomplete, SeatsTaken.
    """
    space = lock_for_change(space, actor)
    by_staff = acts_for_platform(actor, space)
    values, plans = pick(values, staff=by_staff), plans or {}
    if not by_staff and space.status == SpaceStatus.APPROVED:
        propose_change(space, {**values, **({"plans": dict(plans)} if plans else {})}, actor=actor)
        store_documents(space)
        return space
    before = {name: getattr(space, name) for name in values}
    write_change(space, values, plans)
    if not by_staff:
        wait_for_approval(space)
    store_documents(space)
    audit.record(action="space.updated", actor=actor, target=space, before=before, after=_shown(values, plans))
    if by_staff:
        tell_owner(space, "changed")
    return space


def lock_for_change(space: Space, actor: User) -> Space:
    """The row, locked, if the actor may change it. Raises SpaceUnknown, NotYourSpace."""
    try:
        locked = lock_row(Space.objects.alive(), pk=space.pk)
    except Space.DoesNotExist:
        raise SpaceUnknown from None
    if not can_change_space(actor, locked):
        raise NotYourSpace
    return locked


def write_change(space: Space, values: Values, plans: PlanChanges) -> None:
    """Write a change to the public version, whose row is locked. Raises Invalid, SpaceIncomplete, SeatsTaken."""
    seats_before = space.total_seats
    apply_values(space, values)
    diff = diff_plans(space, space.plans.all(), plans)
    if space.status == SpaceStatus.APPROVED:
        check_complete(space, diff.kept)
    _check_seats(space, seats_before)
    space.save(update_fields=[*(values.keys() & COLUMNS), *DERIVED_FIELDS, "updated_at"])
    _save_plans(diff)


def _check_seats(space: Space, before: int | None) -> None:
    """Bookings take the row's lock before they take seats, so the peak cannot grow while the space shrinks."""
    after = space.total_seats
    if after is None or (before is not None and after >= before):
        return
    peak = occupancy.find_peak(space.pk)
    if after < peak:
        raise SeatsTaken(peak)


def _save_plans(diff: PlanDiff) -> None:
    for plan in diff.dropped:
        plan.delete()
    for plan in diff.saved:
        plan.save()


def find_gaps(space: Space, plans: list[Plan]) -> list[str]:
    """What a listing lacks before it can be approved."""
    gaps = {"a state": not space.state_code, "a plan with a price": not plans}
    return [gap for gap, is_open in gaps.items() if is_open]


def check_complete(space: Space, plans: list[Plan]) -> None:
    """Raise SpaceIncomplete with what is missing."""
    gaps = find_gaps(space, plans)
    if gaps:
        raise SpaceIncomplete(f"The listing needs {' and '.join(gaps)}", details={"missing": gaps})


@atomic
def submit_space(*, space: Space, actor: User) -> Space:
    """Ask for approval of a draft, or again for what was rejected. Raises IllegalTransition."""
    space = lock_for_change(space, actor)
    check_transition(SPACE_TRANSITIONS, thing="listing", current=space.status, wanted=SpaceStatus.PENDING)
    wait_for_approval(space)
    store_documents(space)
    audit.record(action="space.submitted", actor=actor, target=space)
    return space


def wait_for_approval(space: Space) -> None:
    """Waiting, from now on: what waits already is looked at anew, so it goes to the end of the queue."""
    if space.status != SpaceStatus.PENDING:
        check_transition(SPACE_TRANSITIONS, thing="listing", current=space.status, wanted=SpaceStatus.PENDING)
    space.status, space.submitted_at, space.rejection_reason = SpaceStatus.PENDING, now(), ""
    space.save(update_fields=["status", "submitted_at", "rejection_reason", "updated_at"])


@atomic
def delete_space(*, space: Space, actor: User) -> None:
    """Into the bin. Bookings of it go on. Raises SpaceUnknown, NotYourSpace."""
    space = lock_for_change(space, actor)
    space.deleted_at = now()
    space.save(update_fields=["deleted_at", "updated_at"])
    store_documents(space)
    audit.record(action="space.deleted", actor=actor, target=space)
    if acts_for_platform(actor, space):
        tell_owner(space, "deleted")


@atomic
def restore_space(*, space: Space, actor: User) -> Space:
    """Out of the bin, in the state it had. Raises SpaceUnknown, NotYourSpace."""
    try:
        space = lock_row(Space.objects.filter(deleted_at__isnull=False), pk=space.pk)
    except Space.DoesNotExist:
        raise SpaceUnknown from None
    if not can_change_space(actor, space):
        raise NotYourSpace
    space.deleted_at = None
    space.save(update_fields=["deleted_at", "updated_at"])
    store_documents(space)
    audit.record(action="space.restored", actor=actor, target=space)
    if acts_for_platform(actor, space):
        tell_owner(space, "restored")
    return space


def _shown(values: Values, plans: PlanChanges) -> Mapping[str, Any]:
    return {**values, **({"plans": plans} if plans else {})}
