"""Listings as they stand in the database, documents included."""

from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from flashspace.base.clock import now
from flashspace.base.money import Price, format_price
from listings.enums import PlanCode, SpaceKind, SpaceStatus
from listings.models import Plan, Space
from listings.places import city_key
from listings.services.documents import store_documents


def _reviewer() -> User:
    """One for all listings: a person for each would only be noise."""
    return User.objects.filter(email="reviewer@example.com").first() or User.objects.create_user(
        "reviewer@example.com", is_staff=True
    )


class SpaceFactory(DjangoModelFactory[Space]):
    """An approved virtual office in Mumbai with the document's four plans; `plans=()` for one without."""

    class Meta:
        model = Space
        skip_postgeneration_save = True

    kind = SpaceKind.VIRTUAL_OFFICE
    name = factory.Sequence(lambda number: f"Premium Virtual Office {number}")
    address = "123, Business Park, Andheri East, Mumbai - 400069"
    city = "Mumbai"
    city_key = factory.LazyAttribute(lambda space: city_key(space.city))
    area = "Andheri East"
    state_code = "27"
    pincode = "400069"
    latitude = 19.1136
    longitude = 72.8697
    features = factory.LazyFunction(lambda: ["24/7 Access", "Meeting Rooms"])
    image_url = "https://example.com/office-image.jpg"
    status = SpaceStatus.APPROVED
    submitted_at = factory.LazyFunction(now)
    approved_at = factory.LazyAttribute(lambda space: now() if space.status == SpaceStatus.APPROVED else None)
    approved_by = factory.LazyAttribute(lambda space: _reviewer() if space.status == SpaceStatus.APPROVED else None)

    @factory.post_generation
    def plans(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """`plans={"seat": 500}` makes these instead of the four."""
        prices = {"standard": 4999, "gst": 2999, "mailing": 1499, "br": 3499} if extracted is None else dict(extracted)
        for code, amount in prices.items():
            price = Price(Decimal(amount), "day" if code == PlanCode.DAY else "month")
            Plan.objects.create(
                space=self,
                code=code,
                name=PlanCode(code).label,
                amount=price.amount,
                period=price.period,
                price_text=format_price(price),
            )
        store_documents(self)


class PlanFactory(DjangoModelFactory[Plan]):
    """One more plan of a space; the space's documents follow."""

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    space = factory.SubFactory(SpaceFactory, plans=())
    code = PlanCode.STANDARD
    name = factory.LazyAttribute(lambda plan: PlanCode(plan.code).label)
    amount = Decimal("4999.00")
    price_text = factory.LazyAttribute(lambda plan: format_price(Price(Decimal(plan.amount), "month")))

    @factory.post_generation
    def documents(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        store_documents(self.space)
