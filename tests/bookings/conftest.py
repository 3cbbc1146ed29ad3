from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.clients import Client as Device
from accounts.models import User
from accounts.services.sessions import open_session
from billing.models import SellerEntity
from flashspace.base.clock import pretend
from listings.models import Space
from tests.factories.bookings import make_customer, make_seller, make_space

SignIn = Callable[..., Client]


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
    device = Device(dialect="flashspace", network="192.0.2.1", user_agent="test")
    tokens = open_session(user=user, client=device).tokens
    return Client(headers={"authorization": f"Bearer {tokens.access}"})


@pytest.fixture
def january() -> Iterator[datetime]:
    """8 January 2026, the day of the document's examples, for services and for token lifetimes alike."""
    at = datetime(2026, 1, 8, 10, 0, tzinfo=UTC)
    with pretend(at):
        yield at
