"""What a change would change, for the person who decides about it."""

from collections.abc import Iterable
from copy import copy
from typing import Any, NamedTuple

from listings.changes import PlanChange, apply_values, diff_plans, photo_ids, pick, show_photos
from listings.documents import price_text
from listings.enums import PlanCode, RevisionStatus
from listings.models import Plan, Space, SpacePhoto, SpaceRevision

FIELDS = {
    "name": "Name",
    "description": "Description",
    "address": "Address",
    "city": "City",
    "area": "Area",
    "state_code": "State",
    "pincode": "Pincode",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "features": "Features",
    "availability": "Availability",
    "desk_type": "Desk type",
    "total_seats": "Seats",
    "image_url": "Picture",
}
NOTHING = "–"


class Difference(NamedTuple):
    """`photos` are the pictures that come with the difference, to be looked at."""

    label: str
    before: str
    after: str
    photos: tuple[SpacePhoto, ...] = ()


def list_differences(revision: SpaceRevision) -> list[Difference]:
    """Of a change that waits, against the public version as it is now; what was asked for, once it is decided."""
    if revision.status != RevisionStatus.PENDING:
        return _asked_for(revision)
    space, plans, photos = revision.space, list(revision.space.plans.all()), list(revision.space.photos.all())
    proposed = copy(space)
    apply_values(proposed, pick(revision.changes, staff=False))
    kept = diff_plans(proposed, map(copy, plans), revision.changes.get("plans", {})).kept
    return [*_fields(space, proposed), *_plans(plans, kept), *_photos(photos, revision)]


def _fields(space: Space, proposed: Space) -> Iterable[Difference]:
    for name, label in FIELDS.items():
        before, after = getattr(space, name), getattr(proposed, name)
        if before != after:
            yield Difference(label, _shown(before), _shown(after))


def _plans(before: Iterable[Plan], after: Iterable[Plan]) -> Iterable[Difference]:
    old, new = ({plan.code: _terms(plan) for plan in plans} for plans in (before, after))
    for code in PlanCode:
        if old.get(code) != new.get(code):
            yield Difference(code.label, old.get(code, NOTHING), new.get(code, NOTHING))


def _terms(plan: Plan) -> str:
    original = f", before {plan.original_price_text or plan.original_amount}" if plan.original_amount else ""
    seats = f", {plan.seats} seats" if plan.seats > 1 else ""
    return f"{price_text(plan)}{original}{seats}"


def _photos(photos: list[SpacePhoto], revision: SpaceRevision) -> Iterable[Difference]:
    changes = revision.changes.get("photos", {})
    public, proposed = show_photos(photos, {}), show_photos(photos, changes)
    added = tuple(photo for photo in proposed if photo not in public)
    removed = tuple(photo for photo in public if photo not in proposed)
    if added:
        yield Difference("New photos", NOTHING, str(len(added)), added)
    if removed:
        yield Difference("Photos taken away", str(len(removed)), NOTHING, removed)


def _asked_for(revision: SpaceRevision) -> list[Difference]:
    changes = revision.changes
    rows = [Difference(label, "", _shown(changes[name])) for name, label in FIELDS.items() if name in changes]
    rows += [
        Difference(PlanCode(code).label, "", _asked_price(change)) for code, change in changes.get("plans", {}).items()
    ]
    for name, label in (("add", "New photos"), ("remove", "Photos taken away")):
        count = len(photo_ids(changes, name))
        rows += [Difference(label, "", str(count))] if count else []
    return rows


def _asked_price(change: PlanChange | None) -> str:
    return ", ".join(str(value) for value in change.values()) if change else NOTHING


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NOTHING
    return NOTHING if value in (None, "") else str(value)
