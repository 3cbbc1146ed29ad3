from datetime import UTC, datetime

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from billing.models import SellerEntity
from listings.models import Space
from tests.factories.accounts import sign_in_as
from tests.factories.bookings import make_customer, make_seller, make_space


@pytest.fixture
def seller(db: None) -> SellerEntity:
    return make_seller()


@pytest.fixture
def space(seller: SellerEntity) -> Space:
    return make_space()


@pytest.fixture
def customer(db: None) -> User:
    return make_customer(email="anshu@example.com")


@pytest.fixture
def stranger(db: None) -> User:
    return make_customer(email="stranger@example.com")


@pytest.fixture
def staff(db: None) -> User:
    return make_customer(email="staff@example.com", is_staff=True, is_superuser=True)


def sign_in(user: User) -> Client:
    return Client(headers={"authorization": f"Bearer {sign_in_as(user).tokens.access}"})


@pytest.fixture
def january(time_machine: TimeMachineFixture) -> datetime:
    """8 January 2026, the day of the document's examples."""
    at = datetime(2026, 1, 8, 10, 0, tzinfo=UTC)
    time_machine.move_to(at, tick=False)
    return at
