from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from flashspace.base.clock import now
from listings import occupancy
from tests.factories.accounts import sign_in_as


def make_user(email: str, **fields: Any) -> User:
    values: dict[str, Any] = {"email_verified_at": now(), **fields}
    return User.objects.create_user(email, "Str0ng-passphrase", **values)


@pytest.fixture
def customer(db: None) -> User:
    return make_user("customer@example.com")


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner@example.com", role=Role.OWNER, full_name="Olive Owner")


@pytest.fixture
def other_owner(db: None) -> User:
    return make_user("other@example.com", role=Role.OWNER)


@pytest.fixture
def staff(db: None) -> User:
    return make_user("staff@example.com", is_staff=True, is_superuser=True)


class Seats:
    """What bookings would say of how full a space is."""

    def __init__(self) -> None:
        self.taken: dict[UUID, int] = {}
        self.peak: dict[UUID, int] = {}
        self.asked = 0

    def count_taken(self, space_ids: Any) -> Mapping[UUID, int]:
        self.asked += 1
        return {pk: self.taken[pk] for pk in space_ids if pk in self.taken}

    def find_peak(self, space_id: UUID) -> int:
        return self.peak.get(space_id, 0)


@pytest.fixture
def seats(db: None, monkeypatch: pytest.MonkeyPatch) -> Seats:
    """Occupancy in the test's hand instead of the bookings'."""
    known = Seats()
    monkeypatch.setattr(occupancy, "_handlers", None)
    occupancy.register(count_taken=known.count_taken, find_peak=known.find_peak)
    return known


class Api:
    """A caller of the API: nobody, or somebody who is signed in."""

    def __init__(self, user: User | None = None, *, token: str = "") -> None:
        bearer = sign_in_as(user).tokens.access if user else token
        self._client = Client(headers={"Authorization": f"Bearer {bearer}"} if bearer else None)

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        return self._client.generic(method, path, b"" if body is None else orjson.dumps(body), "application/json")


@pytest.fixture
def no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "off"
