"""Listings under load, with real threads; each race also without its guard, where it must go wrong."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from accounts.enums import Role
from accounts.models import AuditEntry, User
from bookings.services import booking
from bookings.services.booking import Wish, create_booking
from bookings.services.capacity import find_peak
from flashspace.base.errors import IllegalTransition
from listings import occupancy
from listings.enums import SpaceStatus
from listings.models import Space, SpaceRevision
from listings.services import reviews, spaces
from listings.services.reviews import approve_space
from listings.services.spaces import update_space
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import make_customer, make_seller, make_space
from tests.factories.listings import SpaceFactory
from tests.races import unguarded
from tests.together import together

CLIENTS = 8

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads wait longer for a row than a request may: on a busy machine they share one interpreter and one core."""
    options = connections.settings["default"]["OPTIONS"]
    if "options" in options:
        patient = "-c statement_timeout=60000 -c lock_timeout=60000"
        monkeypatch.setitem(options, "options", f"{options['options']} {patient}")


@contextmanager
def slow(module: Any, name: str) -> Iterator[None]:
    """Between looking and acting there is time for others to come in, if anything lets them."""
    real = getattr(module, name)

    def slowed(*arguments: Any, **options: Any) -> Any:
        answer = real(*arguments, **options)
        time.sleep(0.02)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, slowed)
        yield


@contextmanager
def unlocked() -> Iterator[None]:
    """On SQLite, where the transaction is the lock, the services run without theirs."""
    with unguarded(spaces, reviews), pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "sqlite":
            patch.setattr(reviews, "approve_space", approve_space.__wrapped__)
            patch.setattr(spaces, "update_space", update_space.__wrapped__)
        yield


def reviewer() -> User:
    return StaffFactory(is_superuser=True)


# Eight reviewers press the button


def approve_together() -> list[Any]:
    reviewers = [reviewer() for _ in range(CLIENTS)]
    space = SpaceFactory(owner=UserFactory(role=Role.OWNER), status=SpaceStatus.PENDING)
    with slow(reviews, "check_complete"):
        return together(CLIENTS, lambda number: reviews.approve_space(space=space, actor=reviewers[number]))


def test_a_listing_is_approved_once_however_many_press(race_rounds: int) -> None:
    for done in range(1, race_rounds + 1):
        results = approve_together()
        assert sum(isinstance(result, Space) for result in results) == 1
        assert sum(isinstance(result, IllegalTransition) for result in results) == CLIENTS - 1
        assert AuditEntry.objects.filter(action="space.approved").count() == done


def test_without_its_lock_a_listing_is_approved_twice(race_rounds: int) -> None:
    with unlocked():
        assert any(sum(isinstance(result, Space) for result in approve_together()) > 1 for _ in range(2 * race_rounds))


# An owner's changes come together

CHANGES: dict[str, Any] = {
    "name": "New",
    "description": "Text",
    "area": "Juhu",
    "availability": "Soon",
    "address": "1, Juhu, Mumbai",
    "features": ["Pool"],
    "desk_type": "Hot Desk",
    "image_url": "https://example.com/1.jpg",
}


def propose_together() -> set[str]:
    owner = UserFactory(role=Role.OWNER)
    space = SpaceFactory(owner=owner)
    changes = list(CHANGES.items())
    with slow(spaces, "propose_change"):
        together(
            len(changes),
            lambda number: spaces.update_space(space=space, values=dict([changes[number]]), actor=owner),
        )
    return {name for revision in SpaceRevision.objects.filter(space=space) for name in revision.changes}


def test_changes_that_come_together_are_all_in_the_one_that_waits(race_rounds: int) -> None:
    for _ in range(race_rounds):
        assert propose_together() == set(CHANGES)


def test_without_the_lock_changes_that_come_together_are_lost(race_rounds: int) -> None:
    with unlocked():
        assert any(propose_together() != set(CHANGES) for _ in range(2 * race_rounds))


# Seats are taken away while they are booked


def shrink_while_booking() -> bool:
    """Whether more seats are booked in the end than there are."""
    staff, people = reviewer(), [make_customer() for _ in range(CLIENTS - 1)]
    space = make_space(total_seats=10)
    wish = Wish(space_id=space.pk, plan_code="gst", tenure=12)

    def act(number: int) -> Any:
        if number:
            return create_booking(wish=wish, actor=people[number - 1])
        return spaces.update_space(space=space, values={"total_seats": 1}, actor=staff)

    with slow(booking, "check_free"), slow(occupancy, "find_peak"):
        together(CLIENTS, act)
    space.refresh_from_db()
    return find_peak(space.pk) > (space.total_seats or 0)


def test_seats_that_are_booked_are_not_taken_away(race_rounds: int) -> None:
    make_seller()
    assert not any(shrink_while_booking() for _ in range(race_rounds))


def test_without_the_lock_booked_seats_are_taken_away(race_rounds: int) -> None:
    make_seller()
    with unlocked():
        assert any(shrink_while_booking() for _ in range(4 * race_rounds))
