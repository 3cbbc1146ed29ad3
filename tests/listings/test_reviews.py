"""Approval of listings, and of owners' changes of them."""

from decimal import Decimal
from typing import Any

import orjson
import pytest

from accounts.models import AuditEntry, Notification, User
from flashspace.base.errors import Forbidden, Invalid
from listings.enums import RevisionStatus, SpaceStatus
from listings.exceptions import (
    OwnSpace,
    ReasonMissing,
    RevisionUnknown,
    SeatsTaken,
    SpaceChanged,
    SpaceIncomplete,
    SpaceUnknown,
)
from listings.models import Space, SpaceRevision
from listings.services.reviews import approve_revision, approve_space, reject_revision, reject_space
from listings.services.spaces import delete_space, update_space
from tests.factories.listings import SpaceFactory
from tests.listings.conftest import Seats, make_user


def pending() -> SpaceRevision:
    return SpaceRevision.objects.get(status=RevisionStatus.PENDING)


# Listings


def test_approve_makes_public_and_tells_the_owner(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING, rejection_reason="Once")

    approve_space(space=space, actor=staff, seen_at=space.updated_at)

    space = Space.objects.public().get()
    assert (space.approved_by, space.rejected_at, space.rejection_reason) == (staff, None, "")
    assert orjson.loads(space.document)["status"] == "approved"
    assert [entry.action for entry in AuditEntry.objects.all()] == ["space.approved"]
    note = Notification.objects.get()
    assert (note.user, note.kind, note.data) == (owner, "space.approved", {"space_id": str(space.pk)})


def test_reject_keeps_the_reason_and_tells_the_owner(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)

    reject_space(space=space, reason="  The photo shows another house ", actor=staff)

    space = Space.objects.get()
    assert (space.status, space.rejection_reason) == (SpaceStatus.REJECTED, "The photo shows another house")
    assert space.rejected_at is not None
    assert AuditEntry.objects.get().reason == "The photo shows another house"
    assert "another house" in Notification.objects.get().message


@pytest.mark.parametrize("reason", ["", "   "])
def test_reject_without_a_reason_is_refused(staff: User, owner: User, reason: str) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)

    with pytest.raises(ReasonMissing):
        reject_space(space=space, reason=reason, actor=staff)


def test_nobody_decides_about_his_own(owner: User) -> None:
    owner.is_staff = owner.is_superuser = True
    owner.save()
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)

    with pytest.raises(OwnSpace):
        approve_space(space=space, actor=owner)
    with pytest.raises(OwnSpace):
        reject_space(space=space, reason="No", actor=owner)
    assert Space.objects.get().status == SpaceStatus.PENDING


def test_only_staff_with_the_permission_decides(owner: User, other_owner: User, customer: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)

    for actor in (owner, other_owner, customer, make_user("desk@example.com", is_staff=True)):
        with pytest.raises(Forbidden):
            approve_space(space=space, actor=actor)
    assert Space.objects.get().status == SpaceStatus.PENDING


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"state_code": ""}, ["a state"]),
        ({"plans": ()}, ["a plan with a price"]),
        ({"state_code": "", "plans": ()}, ["a state", "a plan with a price"]),
    ],
)
def test_approve_needs_a_state_and_a_plan(owner: User, staff: User, fields: dict[str, Any], missing: list[str]) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING, **fields)

    with pytest.raises(SpaceIncomplete) as caught:
        approve_space(space=space, actor=staff)

    assert caught.value.details == {"missing": missing}


def test_approve_of_what_changed_since_it_was_seen_is_refused(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)
    update_space(space=space, values={"name": "Another"}, actor=owner)

    with pytest.raises(SpaceChanged):
        approve_space(space=space, actor=staff, seen_at=space.updated_at)


def test_approve_of_what_is_in_the_bin_is_refused(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)
    delete_space(space=space, actor=owner)

    with pytest.raises(SpaceUnknown):
        approve_space(space=space, actor=staff)


# Changes of what is approved


def test_owner_s_change_waits_while_the_public_version_stays(owner: User) -> None:
    space = SpaceFactory(owner=owner, name="Old")
    before = Space.objects.values().get()

    update_space(space=space, values={"name": "New"}, plans={"gst": {"price_text": "₹1/month"}}, actor=owner)

    assert Space.objects.values().get() == before
    revision = pending()
    assert revision.changes == {"name": "New", "plans": {"gst": {"price_text": "₹1/month"}}}
    proposed = orjson.loads(revision.document)
    assert (proposed["name"], proposed["gstPlanPrice"], proposed["status"]) == ("New", "₹1/month", "pending")
    assert (proposed["_id"], proposed["price"]) == (str(space.pk), "₹4,999/month")


def test_later_changes_join_the_one_that_waits(owner: User) -> None:
    space = SpaceFactory(owner=owner)

    update_space(space=space, values={"name": "One", "area": "Juhu"}, actor=owner)
    update_space(space=space, values={"name": "Two"}, plans={"gst": {"price_text": "₹1/month"}}, actor=owner)
    update_space(space=space, values={}, plans={"gst": {"original_price_text": "₹2/month"}, "br": None}, actor=owner)

    assert pending().changes == {
        "name": "Two",
        "area": "Juhu",
        "plans": {"gst": {"price_text": "₹1/month", "original_price_text": "₹2/month"}, "br": None},
    }


def test_a_change_that_changes_nothing_leaves_nothing_to_approve(owner: User) -> None:
    space = SpaceFactory(owner=owner, name="Same")

    update_space(
        space=space,
        values={"name": "Same", "city": "Mumbai"},
        plans={"standard": {"price_text": "₹4,999/month"}, "seat": None},
        actor=owner,
    )

    assert not SpaceRevision.objects.exists()


def test_a_change_with_an_unreadable_price_is_refused(owner: User) -> None:
    space = SpaceFactory(owner=owner)

    with pytest.raises(Invalid):
        update_space(space=space, values={}, plans={"gst": {"price_text": "cheap"}}, actor=owner)

    assert not SpaceRevision.objects.exists()


def test_approved_change_becomes_the_public_version(owner: User, staff: User, seats: Seats) -> None:
    space = SpaceFactory(owner=owner, city="Mumbai")
    update_space(
        space=space,
        values={"name": "New", "city": "Pune", "area": "Baner", "address": "2, Baner, Pune 411045", "total_seats": 9},
        plans={"gst": {"price_text": "₹1,000/month"}, "br": None, "seat": {"price_text": "₹700/month"}},
        actor=owner,
    )

    approve_revision(revision=pending(), actor=staff, seen_at=pending().updated_at)

    space = Space.objects.get()
    assert (space.name, space.city_key, space.state_code, space.pincode) == ("New", "pune", "27", "411045")
    assert (space.status, space.total_seats) == (SpaceStatus.APPROVED, 9)
    assert dict(space.plans.values_list("code", "amount")) == {
        "standard": Decimal(4999),
        "gst": Decimal(1000),
        "mailing": Decimal(1499),
        "seat": Decimal(700),
    }
    revision = SpaceRevision.objects.get()
    assert (revision.status, revision.decided_by) == (RevisionStatus.APPROVED, staff)
    assert orjson.loads(space.document)["name"] == "New"
    assert AuditEntry.objects.latest("at").action == "space.change_approved"
    assert Notification.objects.get().kind == "space.change_approved"


def test_rejected_change_leaves_the_public_version(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner, name="Old")
    update_space(space=space, values={"name": "New"}, actor=owner)
    before = Space.objects.values().get()

    reject_revision(revision=pending(), reason="Misleading", actor=staff)

    assert Space.objects.values().get() == before
    assert SpaceRevision.objects.get().reason == "Misleading"
    assert Notification.objects.get().message.endswith("Misleading")


def test_after_a_decision_the_next_change_is_a_new_one(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    update_space(space=space, values={"name": "One"}, actor=owner)
    reject_revision(revision=pending(), reason="No", actor=staff)

    update_space(space=space, values={"area": "Juhu"}, actor=owner)

    assert pending().changes == {"area": "Juhu"}
    assert SpaceRevision.objects.count() == 2


def test_staff_s_edit_meanwhile_shows_in_what_the_owner_proposes(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    update_space(space=space, values={"name": "New"}, actor=owner)

    update_space(space=space, values={"reviews": 7}, actor=staff)

    proposed = orjson.loads(pending().document)
    assert (proposed["name"], proposed["reviews"]) == ("New", 7)


def test_change_of_a_listing_is_never_approved_by_who_proposed_or_owns_it(owner: User, staff: User) -> None:
    owner.is_staff = owner.is_superuser = True
    owner.save()
    space = SpaceFactory(owner=owner)
    update_space(space=space, values={"name": "New"}, actor=owner)
    assert pending().proposed_by == owner

    with pytest.raises(OwnSpace):
        approve_revision(revision=pending(), actor=owner)
    Space.objects.update(owner=staff)  # handed over meanwhile
    with pytest.raises(OwnSpace):
        approve_revision(revision=pending(), actor=owner)
    with pytest.raises(OwnSpace):
        reject_revision(revision=pending(), reason="No", actor=staff)


def test_approve_of_a_change_that_grew_since_it_was_seen_is_refused(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    update_space(space=space, values={"name": "One"}, actor=owner)
    seen_at = pending().updated_at
    update_space(space=space, values={"name": "Two"}, actor=owner)

    with pytest.raises(SpaceChanged):
        approve_revision(revision=pending(), actor=staff, seen_at=seen_at)


def test_approve_of_a_change_that_takes_booked_seats_is_refused(owner: User, staff: User, seats: Seats) -> None:
    space = SpaceFactory(owner=owner, total_seats=10)
    update_space(space=space, values={"total_seats": 3}, actor=owner)
    seats.peak[space.pk] = 4

    with pytest.raises(SeatsTaken):
        approve_revision(revision=pending(), actor=staff)

    assert pending().status == RevisionStatus.PENDING


def test_change_that_is_gone_is_unknown(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    update_space(space=space, values={"name": "New"}, actor=owner)
    revision = pending()
    SpaceRevision.objects.all().delete()

    with pytest.raises(RevisionUnknown):
        approve_revision(revision=revision, actor=staff)


def test_change_without_the_state_s_city_cannot_be_approved(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    update_space(space=space, values={"city": "Springfield", "address": "742 Evergreen Terrace"}, actor=owner)

    with pytest.raises(SpaceIncomplete):
        approve_revision(revision=pending(), actor=staff)


def test_approved_change_sets_only_what_an_owner_may_set(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    SpaceRevision.objects.create(
        space=space, proposed_by=owner, changes={"name": "New", "rating": 5, "is_popular": True, "owner_id": None}
    )

    approve_revision(revision=pending(), actor=staff)

    space = Space.objects.get()
    assert (space.name, space.rating, space.is_popular, space.owner) == ("New", 0, False, owner)
