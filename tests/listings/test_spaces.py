"""Making, changing, deleting and restoring listings."""

from decimal import Decimal
from typing import Any

import orjson
import pytest

from accounts.enums import Role
from accounts.models import AuditEntry, Notification, User
from flashspace.base.errors import Forbidden, Invalid
from listings.changes import OWNER_FIELDS, STAFF_FIELDS
from listings.enums import SpaceKind, SpaceStatus
from listings.exceptions import NotYourSpace, SeatsTaken, SpaceIncomplete, SpaceUnknown
from listings.models import Plan, Space, SpaceRevision
from listings.services.spaces import create_space, delete_space, restore_space, update_space
from tests.factories.listings import SpaceFactory
from tests.listings.conftest import Seats, make_user

VALUES: dict[str, Any] = {
    "name": "Premium Virtual Office - Andheri",
    "address": "123, Business Park, Andheri East, Mumbai - 400069",
    "city": "Mumbai",
    "area": "Andheri",
    "features": ["24/7 Access"],
    "latitude": 19.1136,
    "longitude": 72.8697,
}
PLANS: Any = {
    "standard": {"price_text": "₹4,999/month", "original_price_text": "₹7,999/month"},
    "gst": {"price_text": "Rs. 2999"},
}


def create(actor: User, values: dict[str, Any] | None = None, plans: Any = None, **options: Any) -> Space:
    return create_space(
        kind=SpaceKind.VIRTUAL_OFFICE,
        values={**VALUES, **(values or {})},
        plans=PLANS if plans is None else plans,
        actor=actor,
        **options,
    )


def audited() -> list[str]:
    return list(AuditEntry.objects.order_by("at", "id").values_list("action", flat=True))


# Creating


def test_create_by_staff_is_approved_at_once_and_the_platform_s(staff: User) -> None:
    space = create(staff)

    space.refresh_from_db()
    assert (space.status, space.owner, space.approved_by) == (SpaceStatus.APPROVED, None, staff)
    assert space.approved_at is not None
    assert (space.city_key, space.state_code, space.pincode) == ("mumbai", "27", "400069")
    assert audited() == ["space.created"]


def test_create_by_staff_for_an_owner_is_the_owner_s(staff: User, owner: User) -> None:
    space = create(staff, owner=owner)

    assert (space.owner, space.status, space.approved_by) == (owner, SpaceStatus.APPROVED, staff)


def test_create_by_staff_for_himself_waits_for_somebody_else(staff: User) -> None:
    staff.role = Role.OWNER

    assert create(staff, owner=staff).status == SpaceStatus.PENDING


def test_create_by_staff_for_who_is_no_owner_is_refused(staff: User, customer: User) -> None:
    with pytest.raises(Invalid, match="owner's account"):
        create(staff, owner=customer)


@pytest.mark.parametrize(
    ("values", "plans"), [({"city": "Springfield", "address": "742 Evergreen Terrace"}, PLANS), ({}, {})]
)
def test_create_by_staff_of_what_cannot_be_approved_waits(staff: User, values: dict[str, Any], plans: Any) -> None:
    assert create(staff, values, plans).status == SpaceStatus.PENDING


def test_create_by_owner_waits_for_approval_and_is_his(owner: User) -> None:
    space = create(owner, owner=None)

    assert (space.status, space.owner, space.approved_at) == (SpaceStatus.PENDING, owner, None)
    assert space.submitted_at is not None


def test_create_by_owner_for_another_is_his_own(owner: User, other_owner: User) -> None:
    assert create(owner, owner=other_owner).owner == owner


def test_create_by_a_customer_or_an_unverified_owner_is_refused(customer: User) -> None:
    for actor in (customer, make_user("new@example.com", role="owner", email_verified_at=None)):
        with pytest.raises(Forbidden):
            create(actor)
    assert not Space.objects.exists()


def test_create_by_staff_without_the_permission_is_refused(db: None) -> None:
    with pytest.raises(Forbidden):
        create(make_user("desk@example.com", is_staff=True))


def test_create_stores_prices_as_numbers_and_as_they_were_sent(staff: User) -> None:
    plans = {plan.code: plan for plan in create(staff).plans.all()}

    standard, gst = plans["standard"], plans["gst"]
    assert (standard.amount, standard.original_amount, standard.period) == (Decimal(4999), Decimal(7999), "month")
    assert (standard.price_text, standard.original_price_text) == ("₹4,999/month", "₹7,999/month")
    assert (gst.amount, gst.price_text, gst.name, gst.seats) == (Decimal(2999), "Rs. 2999", "GST Registration Plan", 1)


@pytest.mark.parametrize("text", ["", "free", "₹4,999/year", "₹4,999/hour", "-5", "₹9,99,99,99,999", "₹1e9"])
def test_create_with_an_unreadable_price_is_refused_by_its_plan(staff: User, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        create(staff, plans={"gst": {"price_text": text}})

    assert caught.value.field == "plans.gst"
    assert not Space.objects.exists()


def test_create_without_coordinates_takes_those_of_the_area(staff: User) -> None:
    space = create(staff, {"latitude": None, "longitude": None, "area": "Andheri East"})

    assert (space.latitude, space.longitude) == (19.1136, 72.8697)


def test_create_by_owner_ignores_what_only_staff_may_set(owner: User) -> None:
    space = create(owner, {"rating": Decimal(5), "reviews": 999, "is_popular": True, "state_code": "01"})

    assert (space.rating, space.reviews, space.is_popular, space.state_code) == (0, 0, False, "27")


def test_create_by_staff_believes_rating_reviews_and_popular(staff: User) -> None:
    space = create(staff, {"rating": Decimal("4.5"), "reviews": 120, "is_popular": True})

    assert (space.rating, space.reviews, space.is_popular) == (Decimal("4.5"), 120, True)


COLUMNS = {field.name for field in Space._meta.get_fields()}
DUNDERS = ["pk", "owner_id", "__class__", "__dict__", "_state", "__init__", "save", "objects"]


@pytest.mark.parametrize("name", [*sorted(COLUMNS - STAFF_FIELDS), *DUNDERS])
def test_no_other_attribute_can_be_set(staff: User, owner: User, name: str) -> None:
    space = SpaceFactory(owner=owner)
    before = Space.objects.values().get(pk=space.pk)

    for actor in (staff, owner):
        update_space(space=space, values={name: "approved"}, actor=actor)

    after = Space.objects.values().get(pk=space.pk)
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"updated_at", "list_document", "document"}
    assert not SpaceRevision.objects.exists()


def test_owner_fields_are_a_part_of_what_staff_may_set() -> None:
    assert OWNER_FIELDS < STAFF_FIELDS


# Changing


def test_update_by_staff_counts_at_once_and_is_told_to_the_owner(staff: User, owner: User) -> None:
    space = SpaceFactory(owner=owner)

    update_space(
        space=space,
        values={"is_popular": True, "name": "Renamed"},
        plans={"standard": {"price_text": "₹5,499/month"}, "mailing": None},
        actor=staff,
    )

    space = Space.objects.get()
    assert (space.name, space.is_popular, space.status) == ("Renamed", True, SpaceStatus.APPROVED)
    assert dict(space.plans.values_list("code", "amount")) == {
        "standard": Decimal(5499),
        "gst": Decimal(2999),
        "br": Decimal(3499),
    }
    assert audited() == ["space.updated"]
    assert Notification.objects.get().user == owner


def test_update_records_before_and_after(staff: User) -> None:
    update_space(space=SpaceFactory(name="Old"), values={"name": "New"}, actor=staff)

    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after, entry.actor) == ({"name": "Old"}, {"name": "New"}, staff)


def test_update_by_another_owner_or_a_customer_is_refused(customer: User, owner: User, other_owner: User) -> None:
    space = SpaceFactory(owner=owner)

    for actor in (customer, other_owner):
        with pytest.raises(NotYourSpace):
            update_space(space=space, values={"name": "Mine now"}, actor=actor)


@pytest.mark.parametrize("status", [SpaceStatus.DRAFT, SpaceStatus.PENDING, SpaceStatus.REJECTED])
def test_update_by_owner_of_what_is_not_approved_counts_and_waits(owner: User, status: SpaceStatus) -> None:
    space = SpaceFactory(owner=owner, status=status, rejection_reason="No picture")

    update_space(space=space, values={"name": "Better"}, actor=owner)

    space = Space.objects.get()
    assert (space.name, space.status, space.rejection_reason) == ("Better", SpaceStatus.PENDING, "")
    assert not SpaceRevision.objects.exists()


def test_update_can_clear_a_text_and_set_a_price_to_nothing(staff: User) -> None:
    space = SpaceFactory(description="Nice", image_url="https://example.com/x.jpg")

    update_space(
        space=space,
        values={"description": "", "image_url": "", "features": []},
        plans={"standard": {"price_text": "₹0/month", "original_price_text": ""}},
        actor=staff,
    )

    space = Space.objects.get()
    assert (space.description, space.image_url, space.features) == ("", "", [])
    assert Plan.objects.get(code="standard").amount == 0


def test_update_to_another_city_moves_state_pincode_and_coordinates(staff: User) -> None:
    space = SpaceFactory()

    update_space(
        space=space, values={"city": "Bangalore", "area": "", "address": "1, MG Road, Bangalore 560001"}, actor=staff
    )

    space = Space.objects.get()
    assert (space.city, space.city_key, space.state_code, space.pincode) == ("Bangalore", "bengaluru", "29", "560001")
    assert space.latitude is not None
    assert 12.7 < space.latitude < 13.2


def test_update_of_the_address_keeps_a_state_that_staff_set(staff: User) -> None:
    space = SpaceFactory(city="Springfield", state_code="27", pincode="", address="742 Evergreen Terrace")

    update_space(space=space, values={"address": "744 Evergreen Terrace"}, actor=staff)

    assert Space.objects.get().state_code == "27"


def test_update_with_the_same_area_keeps_exact_coordinates(staff: User) -> None:
    space = SpaceFactory(latitude=19.2, longitude=72.9)

    update_space(space=space, values={"city": "Mumbai", "area": "Andheri East", "name": "Same place"}, actor=staff)

    assert (Space.objects.get().latitude, Space.objects.get().longitude) == (19.2, 72.9)


@pytest.mark.parametrize(
    ("values", "plans"),
    [
        ({"city": "Springfield", "address": "742 Evergreen Terrace"}, {}),
        ({}, {"standard": None, "gst": None, "mailing": None, "br": None}),
    ],
)
def test_update_cannot_make_an_approved_listing_incomplete(staff: User, values: dict[str, Any], plans: Any) -> None:
    space = SpaceFactory()

    with pytest.raises(SpaceIncomplete):
        update_space(space=space, values=values, plans=plans, actor=staff)

    assert Space.objects.get().city == "Mumbai"
    assert Plan.objects.count() == 4


def test_update_of_an_original_price_alone_needs_the_plan(staff: User) -> None:
    with pytest.raises(Invalid, match="needs a price"):
        update_space(space=SpaceFactory(), values={}, plans={"seat": {"original_price_text": "₹9/day"}}, actor=staff)


@pytest.mark.parametrize(
    ("before", "after", "is_refused"),
    [(10, 4, True), (None, 4, True), (10, 5, False), (4, 8, False), (10, None, False)],
)
def test_update_cannot_take_seats_away_that_are_booked(
    staff: User, seats: Seats, before: int | None, after: int | None, is_refused: bool
) -> None:
    space = SpaceFactory(total_seats=before)
    seats.peak[space.pk] = 5

    if is_refused:
        with pytest.raises(SeatsTaken, match="5 seats"):
            update_space(space=space, values={"total_seats": after}, actor=staff)
    else:
        update_space(space=space, values={"total_seats": after}, actor=staff)

    assert Space.objects.get().total_seats == (before if is_refused else after)


def test_update_writes_the_documents_anew(staff: User) -> None:
    space = SpaceFactory()

    update_space(space=space, values={"name": "Renamed"}, actor=staff)

    space = Space.objects.get()
    assert orjson.loads(space.list_document)["name"] == orjson.loads(space.document)["name"] == "Renamed"


# Deleting and restoring


def test_delete_and_restore_by_owner_keep_the_state(owner: User) -> None:
    space = SpaceFactory(owner=owner)

    delete_space(space=space, actor=owner)
    assert Space.objects.get().deleted_at is not None
    assert not Space.objects.public().exists()

    restore_space(space=space, actor=owner)
    assert Space.objects.public().get().status == SpaceStatus.APPROVED
    assert audited() == ["space.deleted", "space.restored"]


def test_delete_by_staff_is_told_to_the_owner(owner: User, staff: User) -> None:
    delete_space(space=SpaceFactory(owner=owner), actor=staff)

    assert Notification.objects.get().kind == "space.deleted"


def test_deleted_listing_is_unknown_to_every_change(staff: User, other_owner: User) -> None:
    space = SpaceFactory()
    delete_space(space=space, actor=staff)

    with pytest.raises(SpaceUnknown):
        delete_space(space=space, actor=staff)
    with pytest.raises(SpaceUnknown):
        update_space(space=space, values={"name": "x"}, actor=staff)
    with pytest.raises(NotYourSpace):
        restore_space(space=space, actor=other_owner)


def test_restore_of_what_is_not_in_the_bin_is_unknown(staff: User) -> None:
    with pytest.raises(SpaceUnknown):
        restore_space(space=SpaceFactory(), actor=staff)


def test_delete_by_another_owner_is_refused(other_owner: User) -> None:
    with pytest.raises(NotYourSpace):
        delete_space(space=SpaceFactory(), actor=other_owner)
