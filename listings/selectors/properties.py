"""Public listings of every kind in one list, and what rento and nano tell of each."""

from decimal import Decimal

from django.db.models import IntegerField, Prefetch
from django.db.models.expressions import RawSQL

from listings import occupancy
from listings.enums import Period, PlanCode
from listings.models import Space, SpacePhoto
from listings.places import city_key
from listings.querysets import SpaceQuerySet
from listings.selectors.spaces import ORDER


def list_properties(*, kind: str = "", city: str = "", status: str = "") -> SpaceQuerySet:
    """Popular first, then the best rated. `taken` says how many seats are; an empty filter asks for nothing.

    Three queries for any number of rows. What is not public is not here, whoever asks and whatever `status` he names.
    """
    asked = {"kind": kind, "city_key": city_key(city), "status": status}
    taken = RawSQL(*occupancy.taken_now(), output_field=IntegerField())  # noqa: S611  what bookings wrote down
    spaces = Space.objects.public().filter(**{name: value for name, value in asked.items() if value})
    photos = SpacePhoto.objects.filter(is_proposed=False)
    return (
        spaces.annotate(taken=taken)
        .select_related("owner")
        .prefetch_related("plans", Prefetch("photos", queryset=photos))
        .defer("list_document", "document")
        .order_by(*ORDER)
    )


def free_seats(space: Space) -> int | None:
    """Of a row of `list_properties`, today; None where there is no limit."""
    taken: int = space.taken  # type: ignore[attr-defined]  # annotated above
    return None if space.total_seats is None else max(space.total_seats - taken, 0)


def monthly_price(space: Space, *codes: PlanCode) -> Decimal | None:
    """Of the first of these plans that is sold by the month."""
    prices = {plan.code: plan.amount for plan in space.plans.all() if plan.period == Period.MONTH}
    return next((prices[code] for code in codes if code in prices), None)


def list_pictures(space: Space) -> list[str]:
    """Addresses, the one that stands in lists first."""
    photos = [photo.file.url for photo in space.photos.all()]
    return photos if space.image_url in ("", *photos) else [space.image_url, *photos]
