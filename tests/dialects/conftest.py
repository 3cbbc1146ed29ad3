"""The kernel is tested on a small API of its own (urls.py) and needs no database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from flashspace.dialects import DIALECTS, SHARED
from flashspace.dialects.limits import Usage, register_budget_store
from flashspace.dialects.limits import _BudgetStore as BudgetStore

# Where the test API is mounted in each dialect.
BASES = {
    "flashspace": "/api",
    "nano": "/api/bookings",
    "rento": "/api/booking",
    "nakksha": "/api/v1/sessions",
    "workspace": "/api/v1/users",
}
ALL = {**DIALECTS, "shared": SHARED}


@pytest.fixture(autouse=True)
def _own_routes(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.dialects.urls"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


class Budgets:
    """A budget store in memory, with the store's own signature."""

    def __init__(self, reset_at: Any) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        self.reset_at = reset_at

    def take(self, name: str, key: str, limit: int, window_seconds: int) -> Usage:
        used = self.counts[name, key] = self.counts.get((name, key), 0) + 1
        return Usage(limit, max(0, limit - used), self.reset_at, used <= limit)


@pytest.fixture
def budgets() -> Iterator[Budgets]:
    from datetime import timedelta

    from flashspace.base.clock import now

    before = BudgetStore.take
    store = Budgets(now() + timedelta(seconds=90))
    register_budget_store(store.take)
    yield store
    BudgetStore.take = before
