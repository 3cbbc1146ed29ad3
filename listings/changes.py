"""Changes of a listing as data, applied to rows in memory: one rule shows a proposal and writes an approval.

A change is a dict of field values with two more keys: `plans` (by code: what changes of it, or None to drop the plan)
and `photos` (`{"add": [ids], "remove": [ids]}`). It is JSON, for a revision stores it. Nothing here touches the
database.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

from flashspace.base.errors import Invalid
from listings.enums import PlanCode
from listings.models import Plan, Space, SpacePhoto
from listings.places import city_key, find_pincode, find_place, find_state_code
from listings.validators import read_price

OWNER_FIELDS = frozenset(
    {
        "name",
        "description",
        "address",
        "city",
        "area",
        "latitude",
        "longitude",
        "features",
        "availability",
        "desk_type",
        "home_size",
        "total_seats",
        "image_url",
    }
)
STAFF_FIELDS = OWNER_FIELDS | {"rating", "reviews", "is_popular", "state_code", "pincode"}
# Written together with any of the above, because they follow from them.
DERIVED_FIELDS = ("city_key", "pincode", "state_code", "latitude", "longitude")


class PlanChange(TypedDict, total=False):
    """An empty `original_price_text` drops the original price."""

    price_text: str
    original_price_text: str
    name: str
    seats: int


Values = Mapping[str, Any]
PlanChanges = Mapping[str, PlanChange | None]


class PlanDiff(NamedTuple):
    """`kept` are all plans afterwards, `saved` those of them that are new or other, `dropped` those that go."""

    kept: list[Plan]
    saved: list[Plan]
    dropped: list[Plan]


def pick(values: Values, *, staff: bool) -> dict[str, Any]:
    """The values that a person may set; the rest is left out without a word, as the document's example sends it."""
    allowed = STAFF_FIELDS if staff else OWNER_FIELDS
    return {name: value for name, value in values.items() if name in allowed}


def apply_values(space: Space, values: Values) -> None:
    """Set the values on `space`, and what follows from them: compared city, pincode, state, coordinates."""
    is_elsewhere = "city" in values and city_key(values["city"]) != space.city_key
    has_other_address = is_elsewhere or values.get("address", space.address) != space.address
    has_other_area = is_elsewhere or values.get("area", space.area) != space.area
    for name, value in values.items():
        setattr(space, name, value)
    if has_other_address:
        _locate(space, values, is_elsewhere=is_elsewhere)
    if has_other_area and values.get("latitude") is None:
        _place_on_map(space, is_elsewhere=is_elsewhere)


def _locate(space: Space, values: Values, *, is_elsewhere: bool) -> None:
    space.city_key = city_key(space.city)
    # What staff set by hand for a city nobody knows outlives a new spelling of the street.
    old_pincode, old_state = ("", "") if is_elsewhere else (space.pincode, space.state_code)
    space.pincode = values.get("pincode") or find_pincode(space.address) or old_pincode
    derived = find_state_code(city=space.city, pincode=space.pincode)
    space.state_code = values.get("state_code") or derived or old_state


def _place_on_map(space: Space, *, is_elsewhere: bool) -> None:
    place = find_place(space.city, space.area)
    if is_elsewhere or space.latitude is None or (place is not None and place.area):
        space.latitude = place.latitude if place else None
        space.longitude = place.longitude if place else None


def diff_plans(space: Space, plans: Iterable[Plan], changes: PlanChanges) -> PlanDiff:
    """The plans as they would be; the rows of `plans` change in place. Raises Invalid for an unreadable price."""
    kept = {plan.code: plan for plan in plans}
    saved: list[Plan] = []
    dropped: list[Plan] = []
    for code, change in changes.items():
        plan = kept.get(code)
        if change is None:
            if plan is not None:
                dropped.append(kept.pop(code))
            continue
        if plan is None:
            if "price_text" not in change:
                raise Invalid("A plan needs a price", field=f"plans.{code}")
            plan = kept[code] = Plan(space=space, code=code, name=PlanCode(code).label)
        _apply_plan(plan, change)
        saved.append(plan)
    return PlanDiff(list(kept.values()), saved, dropped)


def _apply_plan(plan: Plan, change: PlanChange) -> None:
    plan.name = change.get("name", plan.name)
    plan.seats = change.get("seats", plan.seats)
    try:
        if "price_text" in change:
            price = read_price(change["price_text"])
            plan.price_text, plan.amount, plan.period = change["price_text"], price.amount, price.period
        if "original_price_text" in change:
            plan.original_price_text = text = change["original_price_text"]
            plan.original_amount = read_price(text).amount if text.strip() else None
    except ValueError as error:
        raise Invalid(str(error), field=f"plans.{plan.code}") from None


def show_photos(photos: Iterable[SpacePhoto], changes: Mapping[str, list[str]]) -> list[SpacePhoto]:
    """The photos as they would be."""
    added, removed = map(set, (changes.get("add", []), changes.get("remove", [])))
    return [
        photo for photo in photos if (not photo.is_proposed or str(photo.pk) in added) and str(photo.pk) not in removed
    ]


def merge(older: Mapping[str, Any], newer: Mapping[str, Any]) -> dict[str, Any]:
    """Two changes in a row as one: the newer counts, plan by plan and key by key."""
    merged = {**older, **newer}
    if "plans" in older and "plans" in newer:
        plans = dict(older["plans"])
        for code, change in newer["plans"].items():
            plans[code] = {**(plans.get(code) or {}), **change} if change is not None else None
        merged["plans"] = plans
    if "photos" in older and "photos" in newer:
        merged["photos"] = _merge_photos(older["photos"], newer["photos"])
    return merged


def _merge_photos(older: Mapping[str, list[str]], newer: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """A photo that was proposed and taken back again is in neither list."""
    taken_back = set(newer.get("remove", [])) & set(older.get("add", []))
    return {
        name: [pk for pk in dict.fromkeys([*older.get(name, []), *newer.get(name, [])]) if pk not in taken_back]
        for name in ("add", "remove")
    }


def photo_ids(changes: Mapping[str, Any], name: str) -> list[UUID]:
    """The photos that a change adds or removes."""
    return [UUID(pk) for pk in changes.get("photos", {}).get(name, [])]
