from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.dashboard.desk import NOON, client_of
from tests.factories.accounts import StaffFactory


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def boss(db: None) -> User:
    return StaffFactory(is_superuser=True, created_at=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture
def client(boss: User) -> Client:
    return client_of(boss)
