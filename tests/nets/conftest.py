import os
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.nets.world import World, make_world


@pytest.fixture(scope="session")
def net_rate() -> int:
    """How many times its usual amount a net does: 1 by default, 20 by `make nets`."""
    return int(os.environ.get("NET_RATE", "1"))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One for all tests of a module, which undo what they do to it."""
    block = transaction.atomic()
    block._from_testcase = True  # what wants to commit on its own may do so within a test's transaction
    with django_db_blocker.unblock(), block:
        yield make_world()
        transaction.set_rollback(True)
