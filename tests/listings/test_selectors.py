"""Who sees what of the catalogue, in which order, at what price in queries."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from listings import occupancy
from listings.enums import SpaceKind, SpaceStatus
from listings.exceptions import NotYourSpace, SpaceUnknown
from listings.models import Space
from listings.selectors import find_document, get_managed_space, list_deleted_documents, list_documents, spaces
from listings.services.spaces import delete_space, update_space
from tests.factories.listings import SpaceFactory
from tests.listings.conftest import Seats

OFFICE = SpaceKind.VIRTUAL_OFFICE
NOBODY = AnonymousUser()


def names(documents: Any) -> list[str]:
    return [orjson.loads(document)["name"] for document in documents[0:500]]


def queries(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


@pytest.fixture
def catalogue(owner: User, other_owner: User) -> None:
    SpaceFactory(name="public")
    SpaceFactory(name="coworking", kind=SpaceKind.COWORKING)
    SpaceFactory(name="pending", owner=owner, status=SpaceStatus.PENDING)
    SpaceFactory(name="draft of the other", owner=other_owner, status=SpaceStatus.DRAFT)
    SpaceFactory(name="rejected", owner=owner, status=SpaceStatus.REJECTED)
    delete_space(space=SpaceFactory(name="deleted", owner=owner), actor=owner)


def test_list_shows_each_reader_what_he_may_see(
    catalogue: None, customer: User, owner: User, other_owner: User, staff: User
) -> None:
    seen = {
        reader: set(names(list_documents(kind=OFFICE, reader=reader)))
        for reader in (NOBODY, customer, owner, other_owner, staff)
    }

    assert seen[NOBODY] == seen[customer] == {"public"}
    assert seen[owner] == {"public", "pending", "rejected"}
    assert seen[other_owner] == {"public", "draft of the other"}
    assert seen[staff] == {"public", "pending", "rejected", "draft of the other"}


def test_bin_shows_one_s_own_and_staff_everything(catalogue: None, owner: User, other_owner: User, staff: User) -> None:
    assert names(list_deleted_documents(kind=OFFICE, reader=owner)) == ["deleted"]
    assert names(list_deleted_documents(kind=OFFICE, reader=other_owner)) == []
    assert names(list_deleted_documents(kind=OFFICE, reader=staff, city="bombay")) == ["deleted"]
    assert names(list_deleted_documents(kind=SpaceKind.COWORKING, reader=staff)) == []


@pytest.mark.parametrize("as_staff", [False, True])
def test_list_goes_by_popular_then_rating_then_newest(staff: User, as_staff: bool) -> None:
    for name, is_popular, rating in [("c", False, "5"), ("a", True, "3"), ("b", True, "2"), ("d", False, "4")]:
        SpaceFactory(name=name, is_popular=is_popular, rating=Decimal(rating))
    SpaceFactory(name="newer d", rating=Decimal(4))

    assert names(list_documents(kind=OFFICE, reader=staff if as_staff else NOBODY)) == ["a", "b", "c", "newer d", "d"]


@pytest.mark.parametrize("city", ["Bengaluru", "bangalore", "  BANGALORE "])
@pytest.mark.parametrize("as_staff", [False, True])
def test_list_of_a_city_takes_every_spelling(staff: User, city: str, as_staff: bool) -> None:
    SpaceFactory(name="old spelling", city="Bangalore")
    SpaceFactory(name="new spelling", city="Bengaluru")
    SpaceFactory(name="elsewhere")

    reader = staff if as_staff else NOBODY
    assert set(names(list_documents(kind=OFFICE, reader=reader, city=city))) == {"old spelling", "new spelling"}


@pytest.mark.parametrize("city", ["%", "_umbai", "' OR 1=1 --", "(a+)+$", "x" * 5000, "", "मुंबई"])
def test_list_of_a_strange_city_is_empty(db: None, city: str) -> None:
    SpaceFactory()

    assert names(list_documents(kind=OFFICE, reader=NOBODY, city=city)) == []


def test_len_counts_no_further_than_it_must(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spaces, "COUNT_UP_TO", 2)
    for _ in range(4):
        SpaceFactory()
    listing = list_documents(kind=OFFICE, reader=NOBODY)

    assert len(listing) == 2
    assert len(listing[2:4]) == 2
    assert len(listing) == 4  # never less than was shown
    assert orjson.loads(listing[3])["name"] == names(listing)[3]


def test_owner_sees_his_proposed_version_and_the_public_the_approved_one(
    owner: User, staff: User, customer: User
) -> None:
    space = SpaceFactory(owner=owner, name="Old")
    update_space(space=space, values={"name": "New"}, actor=owner)

    seen = {
        reader: orjson.loads(find_document(id=space.pk, kind=OFFICE, reader=reader))
        for reader in (NOBODY, customer, owner, staff)
    }

    assert {reader: (seen[reader]["name"], seen[reader]["status"]) for reader in seen} == {
        NOBODY: ("Old", "approved"),
        customer: ("Old", "approved"),
        owner: ("New", "pending"),
        staff: ("Old", "approved"),
    }
    assert names(list_documents(kind=OFFICE, reader=owner)) == ["New"]
    assert names(list_documents(kind=OFFICE, reader=NOBODY)) == ["Old"]


def test_find_is_unknown_where_a_reader_may_not_see(
    catalogue: None, owner: User, other_owner: User, staff: User
) -> None:
    pending = Space.objects.get(name="pending")
    deleted = Space.objects.get(name="deleted")

    for reader in (NOBODY, other_owner):
        with pytest.raises(SpaceUnknown):
            find_document(id=pending.pk, kind=OFFICE, reader=reader)
    for reader in (NOBODY, owner, staff):
        for unknown in (deleted.pk, uuid4()):
            with pytest.raises(SpaceUnknown):
                find_document(id=unknown, kind=OFFICE, reader=reader)
        with pytest.raises(SpaceUnknown):
            find_document(id=Space.objects.get(name="public").pk, kind=SpaceKind.COWORKING, reader=reader)
    assert orjson.loads(find_document(id=pending.pk, kind=OFFICE, reader=staff))["status"] == "pending"


def test_managed_space_is_unknown_when_hidden_and_refused_when_public(
    catalogue: None, owner: User, other_owner: User
) -> None:
    public, pending = Space.objects.get(name="public"), Space.objects.get(name="pending")

    assert get_managed_space(id=pending.pk, kind=OFFICE, actor=owner) == pending
    with pytest.raises(SpaceUnknown):
        get_managed_space(id=pending.pk, kind=OFFICE, actor=other_owner)
    with pytest.raises(NotYourSpace):
        get_managed_space(id=public.pk, kind=OFFICE, actor=other_owner)
    deleted = Space.objects.get(name="deleted")
    assert get_managed_space(id=deleted.pk, kind=OFFICE, actor=owner, is_deleted=True) == deleted
    with pytest.raises(SpaceUnknown):
        get_managed_space(id=deleted.pk, kind=OFFICE, actor=other_owner, is_deleted=True)


# Occupancy


def test_what_has_no_free_seat_today_is_fully_booked(seats: Seats, staff: User) -> None:
    full, free = SpaceFactory(name="full", total_seats=2), SpaceFactory(name="free", total_seats=3)
    SpaceFactory(name="unlimited")
    seats.taken = {full.pk: 2, free.pk: 2}

    for reader in (NOBODY, staff):
        rows = [orjson.loads(document) for document in list_documents(kind=OFFICE, reader=reader)[0:10]]
        assert {row["name"]: row["availability"] for row in rows} == {
            "full": "Fully Booked",
            "free": "Available Now",
            "unlimited": "Available Now",
        }
        assert '"Fully Booked"' in find_document(id=full.pk, kind=OFFICE, reader=reader)


def test_occupancy_nobody_registered_is_an_error(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occupancy, "_handlers", None)

    for read in (lambda: names(list_documents(kind=OFFICE, reader=NOBODY)), lambda: occupancy.find_peak(uuid4())):
        with pytest.raises(occupancy.OccupancyMissing):
            read()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_queries_for_one_row_and_for_three(
    count: int, seats: Seats, owner: User, staff: User
) -> None:
    for _ in range(count):
        update_space(space=SpaceFactory(total_seats=2, owner=owner), values={"name": "New"}, actor=owner)

    for reader in (NOBODY, owner, staff):
        listing = list_documents(kind=OFFICE, reader=reader, city="Mumbai")
        assert queries(partial(names, listing)) == 1
