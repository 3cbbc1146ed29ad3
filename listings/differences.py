"""What a change would change, for the person who decides about it."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, NamedTuple

from flashspace.base.money import format_rupees
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
    "home_size": "Home size",
    "total_seats": "Seats",
    "image_url": "Picture",
}
NOTHING = "–"


class Difference(NamedTuple):
    """`photos` are the pictures that come with the difference, to be looked at. `note` says how much it is."""

    label: str
    before: str
    after: str
    photos: tuple[SpacePhoto, ...] = ()
    note: str = ""


class Comparison(NamedTuple):
    fields: list[Difference]
    plans: list[Difference]
    photos: list[Difference]

    @property
    def rows(self) -> list[Difference]:
        return [*self.fields, *self.plans, *self.photos]


def list_differences(revision: SpaceRevision) -> list[Difference]:
    return compare(revision).rows


def compare(revision: SpaceRevision) -> Comparison:
    """Of a change that waits, against the public version as it is now; what was asked for, once it is decided."""
    if revision.status != RevisionStatus.PENDING:
        return _asked_for(revision)
    space, plans, photos = revision.space, list(revision.space.plans.all()), list(revision.space.photos.all())
    proposed = copy(space)
    apply_values(proposed, pick(revision.changes, staff=False))
    kept = diff_plans(proposed, map(copy, plans), revision.changes.get("plans", {})).kept
    return Comparison(
        list(_fields(space, proposed)), list(_plans(plans, kept)), list(_photos(photos, revision.changes))
    )


def compare_new(space: Space) -> Comparison:
    """Of a listing that nobody has seen yet: all of it is new."""
    fields = [Difference(label, "", _shown(value)) for name, label in FIELDS.items() if (value := getattr(space, name))]
    photos = tuple(show_photos(space.photos.all(), {}))
    return Comparison(
        fields,
        list(_plans([], space.plans.all())),
        [Difference("New photos", NOTHING, str(len(photos)), photos)] if photos else [],
    )


def _fields(space: Space, proposed: Space) -> Iterable[Difference]:
    for name, label in FIELDS.items():
        before, after = getattr(space, name), getattr(proposed, name)
        if before != after:
            yield Difference(label, _shown(before), _shown(after))


def _plans(before: Iterable[Plan], after: Iterable[Plan]) -> Iterable[Difference]:
    old, new = ({plan.code: plan for plan in plans} for plans in (before, after))
    for code in PlanCode:
        was, becomes = old.get(code), new.get(code)
        terms = _terms(was) if was else NOTHING, _terms(becomes) if becomes else NOTHING
        if terms[0] != terms[1]:
            yield Difference(code.label, *terms, note=_how_much(was, becomes))


def _how_much(was: Plan | None, becomes: Plan | None) -> str:
    if was is None or becomes is None:
        return "new" if was is None else "dropped"
    by = becomes.amount - was.amount
    if was.period != becomes.period or not by:
        return ""
    share = f" ({by / was.amount:+.0%})" if was.amount else ""
    return f"{format_rupees(abs(by))} {'more' if by > 0 else 'less'}{share}"


def _terms(plan: Plan) -> str:
    original = f", before {plan.original_price_text or plan.original_amount}" if plan.original_amount else ""
    seats = f", {plan.seats} seats" if plan.seats > 1 else ""
    return f"{price_text(plan)}{original}{seats}"


def _photos(photos: list[SpacePhoto], changes: Mapping[str, Any]) -> Iterable[Difference]:
    public, proposed = show_photos(photos, {}), show_photos(photos, changes.get("photos", {}))
    added = tuple(photo for photo in proposed if photo not in public)
    removed = tuple(photo for photo in public if photo not in proposed)
    if added:
        yield Difference("New photos", NOTHING, str(len(added)), added)
    if removed:
        yield Difference("Photos taken away", str(len(removed)), NOTHING, removed)


def _asked_for(revision: SpaceRevision) -> Comparison:
    changes = revision.changes
    fields = [Difference(label, "", _shown(changes[name])) for name, label in FIELDS.items() if name in changes]
    plans = [
        Difference(PlanCode(code).label, "", _asked_price(change)) for code, change in changes.get("plans", {}).items()
    ]
    counts = {"New photos": len(photo_ids(changes, "add")), "Photos taken away": len(photo_ids(changes, "remove"))}
    return Comparison(fields, plans, [Difference(label, "", str(count)) for label, count in counts.items() if count])


def _asked_price(change: PlanChange | None) -> str:
    return ", ".join(str(value) for value in change.values()) if change else NOTHING


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NOTHING
    return NOTHING if value in (None, "") else str(value)
