from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from flashspace.base.clock import now
from listings import occupancy
from listings.models import Space
from listings.occupancy import Sql
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

    def taken_now(self) -> Sql:
        cases = "".join(" WHEN listings_space.id = %s THEN %s" for _ in self.taken)
        values = [(Space._meta.pk.get_db_prep_value(pk, connection), taken) for pk, taken in self.taken.items()]
        return Sql(f"(CASE{cases} WHEN FALSE THEN 0 ELSE 0 END)", [value for pair in values for value in pair])

    def find_peak(self, space_id: UUID) -> int:
        return self.peak.get(space_id, 0)


@pytest.fixture
def seats(db: None, monkeypatch: pytest.MonkeyPatch) -> Seats:
    """Occupancy in the test's hand instead of the bookings'."""
    known = Seats()
    monkeypatch.setattr(occupancy, "_handlers", None)
    occupancy.register(taken_now=known.taken_now, find_peak=known.find_peak)
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
