"""A listing as the API answers it: JSON text that is written with every change and read as it is.

The names are those of the flashspace document, which is where listings are read most. Pure: rows in, text out.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from flashspace.base.clock import now
from flashspace.base.money import Price, format_price
from flashspace.dialects.wire import iso_millis, json_number
from listings.enums import PlanCode
from listings.models import Plan, Space, SpacePhoto

FULLY_BOOKED = "Fully Booked"
# The documented price keys, and the plan whose price each of them is.
PRICE_KEYS = {
    "price": PlanCode.STANDARD,
    "gstPlanPrice": PlanCode.GST,
    "mailingPlanPrice": PlanCode.MAILING,
    "brPlanPrice": PlanCode.BR,
}


class Documents(NamedTuple):
    """`one` stands in lists, `whole` is the answer about the listing alone."""

    one: str
    whole: str


def render(space: Space, plans: Collection[Plan], photos: Sequence[SpacePhoto], *, status: str = "") -> Documents:
    """`status` is shown instead of the row's own: a proposed version is pending though the public one is approved."""
    row = list_row(space, plans, photos, status=status or space.status)
    return Documents(_json(row), _json({**row, **_details(space, plans, photos)}))


def list_row(space: Space, plans: Collection[Plan], photos: Sequence[SpacePhoto], *, status: str) -> dict[str, Any]:
    place = None if space.latitude is None else {"lat": space.latitude, "lng": space.longitude}
    row = {
        "_id": str(space.pk),
        "name": space.name,
        "address": space.address,
        "city": space.city,
        "area": space.area,
        **_prices(plans),
        "rating": json_number(Decimal(space.rating)),
        "reviews": space.reviews,
        "type": space.desk_type or None,
        "features": space.features,
        "availability": space.availability,
        "popular": space.is_popular,
        "coordinates": place,
        "image": space.image_url or next((photo.file.url for photo in photos), ""),
        "status": status,
        "isDeleted": space.deleted_at is not None,
        "createdAt": iso_millis(space.created_at),
        "updatedAt": iso_millis(space.updated_at or now()),  # none before a row that is loaded in bulk is saved
    }
    # What a listing does not have is left out: the document's keys have one type each.
    return {key: value for key, value in row.items() if value is not None}


def mark_full(document: str) -> str:
    """The document of a listing that has no free seat today."""
    return _json({**orjson.loads(document), "availability": FULLY_BOOKED})


def _details(space: Space, plans: Collection[Plan], photos: Sequence[SpacePhoto]) -> dict[str, Any]:
    return {
        "kind": space.kind,
        "description": space.description,
        "pincode": space.pincode,
        "stateCode": space.state_code,
        "totalSeats": space.total_seats,
        "rejectionReason": space.rejection_reason,
        "images": [photo.file.url for photo in photos],
        "plans": [
            {
                "code": plan.code,
                "name": plan.name,
                "amount": json_number(Decimal(plan.amount)),
                "currency": plan.currency,
                "period": plan.period,
                "seats": plan.seats,
                "price": price_text(plan),
            }
            for plan in sorted(plans, key=_place)
        ],
    }


def price_text(plan: Plan) -> str:
    """As it was sent; as we write it where it was given as a number."""
    return plan.price_text or format_price(Price(Decimal(plan.amount), plan.period))


_CODES = PlanCode.values


def _place(plan: Plan) -> int:
    """In the order in which the codes are written down."""
    return _CODES.index(plan.code) if plan.code in _CODES else len(_CODES)


def _prices(plans: Collection[Plan]) -> dict[str, str | None]:
    """`price` is always there: the standard plan's, else the first other one's, else an empty text."""
    by_code = {plan.code: plan for plan in plans}
    prices: dict[str, str | None] = {
        key: price_text(by_code[code]) if code in by_code else None for key, code in PRICE_KEYS.items()
    }
    main = by_code.get(PlanCode.STANDARD) or min(plans, key=_place, default=None)
    prices["price"] = price_text(main) if main else ""
    return {"price": prices.pop("price"), "originalPrice": _original_price(main), **prices}


def _original_price(plan: Plan | None) -> str | None:
    if plan is None or plan.original_amount is None:
        return None
    return plan.original_price_text or format_price(Price(Decimal(plan.original_amount), plan.period))


def _json(row: dict[str, Any]) -> str:
    return orjson.dumps(row).decode()
