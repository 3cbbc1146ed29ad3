"""The stored answers."""

from datetime import UTC, datetime
from decimal import Decimal

import orjson

from accounts.models import User
from listings.documents import mark_full
from listings.enums import SpaceKind, SpaceStatus
from listings.models import Space
from listings.services.documents import store_documents
from tests.factories.listings import PlanFactory, SpaceFactory

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)


def stored(space: Space) -> tuple[dict, dict]:
    Space.objects.filter(pk=space.pk).update(created_at=AT, updated_at=AT)
    space.refresh_from_db()
    store_documents(space)
    space.refresh_from_db()
    return orjson.loads(space.list_document), orjson.loads(space.document)


def test_documents_of_a_virtual_office(db: None) -> None:
    space = SpaceFactory(
        name="Premium Virtual Office - Andheri",
        description="Two minutes from the metro",
        rating=Decimal("4.5"),
        reviews=120,
        is_popular=True,
    )
    space.plans.filter(code="standard").update(original_amount=Decimal(7999), original_price_text="₹7,999/month")

    one, whole = stored(space)

    row = {
        "_id": str(space.pk),
        "name": "Premium Virtual Office - Andheri",
        "address": "123, Business Park, Andheri East, Mumbai - 400069",
        "city": "Mumbai",
        "area": "Andheri East",
        "price": "₹4,999/month",
        "originalPrice": "₹7,999/month",
        "gstPlanPrice": "₹2,999/month",
        "mailingPlanPrice": "₹1,499/month",
        "brPlanPrice": "₹3,499/month",
        "rating": 4.5,
        "reviews": 120,
        "features": ["24/7 Access", "Meeting Rooms"],
        "availability": "Available Now",
        "popular": True,
        "coordinates": {"lat": 19.1136, "lng": 72.8697},
        "image": "https://example.com/office-image.jpg",
        "status": "approved",
        "isDeleted": False,
        "createdAt": "2026-01-05T10:00:00.000Z",
        "updatedAt": "2026-01-05T10:00:00.000Z",
    }
    assert one == row
    plan = {"currency": "INR", "period": "month", "seats": 1}
    assert whole == {
        **row,
        "kind": "virtual_office",
        "description": "Two minutes from the metro",
        "pincode": "400069",
        "stateCode": "27",
        "totalSeats": None,
        "rejectionReason": "",
        "images": [],
        "plans": [
            {"code": "standard", "name": "Standard Plan", "amount": 4999, "price": "₹4,999/month", **plan},
            {"code": "gst", "name": "GST Registration Plan", "amount": 2999, "price": "₹2,999/month", **plan},
            {"code": "mailing", "name": "Mailing Plan", "amount": 1499, "price": "₹1,499/month", **plan},
            {"code": "br", "name": "Business Registration Plan", "amount": 3499, "price": "₹3,499/month", **plan},
        ],
    }


def test_what_a_listing_does_not_have_is_left_out(db: None) -> None:
    one, _ = stored(SpaceFactory(latitude=None, longitude=None, image_url="", plans={"standard": 10}))

    assert not {"coordinates", "type", "gstPlanPrice", "mailingPlanPrice", "brPlanPrice", "originalPrice"} & set(one)
    assert one["image"] == ""


def test_document_of_a_coworking_space_has_its_desk_type(db: None) -> None:
    one, whole = stored(SpaceFactory(kind=SpaceKind.COWORKING, desk_type="Hot Desk", total_seats=40))

    assert (one["type"], whole["kind"], whole["totalSeats"]) == ("Hot Desk", "coworking", 40)


def test_price_without_a_standard_plan_is_the_first_plan_s(db: None) -> None:
    one, _ = stored(SpaceFactory(plans={"day": 350, "seat": 7000}))
    none, _ = stored(SpaceFactory(plans=(), status=SpaceStatus.PENDING))

    assert one["price"] == "₹7,000/month"
    assert none["price"] == ""


def test_price_is_written_our_way_where_it_was_a_number(db: None) -> None:
    space = SpaceFactory(plans=(), status=SpaceStatus.PENDING)
    PlanFactory(space=space, amount=Decimal("123456.50"), price_text="", original_amount=Decimal(200000))

    one, _ = stored(space)

    assert (one["price"], one["originalPrice"]) == ("₹1,23,456.50/month", "₹2,00,000/month")


def test_mark_full_changes_the_availability_only(db: None) -> None:
    document = SpaceFactory().document

    assert orjson.loads(mark_full(document)) == {**orjson.loads(document), "availability": "Fully Booked"}


def test_documents_tell_no_one_who_owns_or_approved(owner: User) -> None:
    document = SpaceFactory(owner=owner, approved_by=owner).document

    assert str(owner.pk) not in document
    assert owner.email not in document
