from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from billing import billables
from tests.factories.accounts import sign_in_as
from tests.factories.billing import Things


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Things:
    """Who owns what is billed in these tests."""
    owner = Things()
    monkeypatch.setitem(billables._billables, "test", owner.billable)
    return owner


@pytest.fixture
def january(time_machine: TimeMachineFixture) -> datetime:
    """8 January 2026, the day of the document's examples."""
    at = datetime(2026, 1, 8, 10, 0, tzinfo=UTC)
    time_machine.move_to(at, tick=False)
    return at


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        return Client(headers={"authorization": f"Bearer {sign_in_as(user).tokens.access}"})

    return sign_in
