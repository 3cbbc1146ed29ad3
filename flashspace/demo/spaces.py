"""The demo's catalogue, entered as staff and owners enter theirs."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from billing.models import SellerEntity
from flashspace.base import clock
from flashspace.base.money import Price, format_price
from flashspace.demo.catalogue import CITIES, Area, DemoSpace, make_space
from flashspace.demo.pictures import draw_street
from listings.changes import PlanChanges
from listings.enums import SpaceKind
from listings.models import Space
from listings.places import DATA
from listings.services.reviews import approve_space
from listings.services.spaces import create_space, update_space

PER_CITY = 10
PICTURES = 20
OWNED = {2, 7}  # positions in a city that belong to an owner; the rest is the platform's
LONG_AGO, YESTERDAY, TODAY = timedelta(days=420), timedelta(days=1), timedelta(hours=5)
WAITING = "Pune"  # where an owner's listing still waits for approval, and another has a change that waits
SELLERS = (
    # legal name, address, state, GSTIN, PAN, invoice prefix
    (
        "FlashSpace India Private Limited",
        "123, Business Park, Andheri East\nMumbai - 400069",
        "27",
        "27AAPFU0939F1ZV",
        "INV",
    ),
    ("FlashSpace India Private Limited", "4, Connaught Place\nNew Delhi - 110001", "07", "07AAPFU0939F1ZX", "I07"),
    ("FlashSpace India Private Limited", "88, MG Road\nBengaluru - 560001", "29", "29AAPFU0939F1ZR", "I29"),
)


def ensure_sellers() -> None:
    for position, (name, address, state, gstin, prefix) in enumerate(SELLERS):
        SellerEntity.objects.get_or_create(
            gstin=gstin,
            defaults={
                "legal_name": name,
                "address": address,
                "state_code": state,
                "pan": gstin[2:12],
                "invoice_prefix": prefix,
                "is_default": position == 0,
                "email": "billing@flashspace.example",
            },
        )


def seed_spaces(*, staff: User, owners: list[User]) -> Iterator[Space]:
    """Sixty listings; those that stand already are left alone."""
    for city, areas in _areas().items():
        for position in range(PER_CITY):
            made = make_space(areas[position % len(areas)], position)
            found = Space.objects.filter(name=made.name, city=city).first()
            yield found or _enter(made, position, staff=staff, owner=owners[position % len(owners)])


def _enter(made: DemoSpace, position: int, *, staff: User, owner: User) -> Space:
    actor = owner if position in OWNED else staff
    waits = made.city == WAITING and position == min(OWNED)
    with clock.pretend(clock.now() - (YESTERDAY if waits else LONG_AGO)):
        space = create_space(kind=made.kind, values=_values(made), plans=_plans(made), actor=actor)
        if waits:
            return space
        if actor is owner:
            space = approve_space(space=space, actor=staff)
    if actor is owner and made.city == WAITING:
        with clock.pretend(clock.now() - TODAY):
            update_space(
                space=space,
                actor=owner,
                values={"features": [*made.features, "Rooftop"]},
                plans={"standard": {"price_text": _price(made.standard + 500)}},
            )
    return space


def _values(made: DemoSpace) -> dict[str, Any]:
    return {
        "name": made.name,
        "address": made.address,
        "city": made.city,
        "area": made.area,
        "latitude": made.latitude,
        "longitude": made.longitude,
        "features": made.features,
        "rating": made.rating,
        "reviews": made.reviews,
        "is_popular": made.is_popular,
        "desk_type": made.desk_type,
        "total_seats": made.total_seats,
        "image_url": _picture(made),
    }


def _plans(made: DemoSpace) -> PlanChanges:
    if made.kind == SpaceKind.COLIVING:
        return {"month": {"price_text": _price(made.standard)}}
    plans: dict[str, Any] = {
        "standard": {"price_text": _price(made.standard), "original_price_text": _price(made.original)},
        "gst": {"price_text": _price(made.standard * 3 // 5)},
        "mailing": {"price_text": _price(made.standard * 3 // 10)},
        "br": {"price_text": _price(made.standard * 7 // 10)},
    }
    if made.kind == SpaceKind.COWORKING:
        plans |= {
            "day": {"price_text": _price(made.standard // 12, "day")},
            "seat": {"price_text": _price(made.standard)},
        }
    return plans


def _price(amount: int, period: str = "month") -> str:
    return format_price(Price(Decimal(amount), period))


def _picture(made: DemoSpace) -> str:
    """One of a score of pictures; drawing takes a tenth of a second each."""
    name = f"demo-{sum(map(ord, made.name)) % PICTURES}.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(draw_street(name)))
    return default_storage.url(name)


def _areas() -> dict[str, list[Area]]:
    with (DATA / "cities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["city"] in CITIES]
    return {
        city: [
            Area(city, row["area"].split(" (")[0], row["pincode"], float(row["latitude"]), float(row["longitude"]))
            for row in group
        ]
        for city, group in groupby(rows, key=lambda row: row["city"])
    }
