"""One world for the scenarios of a module: each leaves it well."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.chaos.machines import demand_servers
from tests.chaos.size import size
from tests.chaos.world import World

SCENARIO = [
    pytest.mark.chaos,
    pytest.mark.fault,
    pytest.mark.server,
    pytest.mark.timeout(3600),
    # They bring their own servers, so once is enough: in the half of the suite that has PostgreSQL.
    pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="run with PostgreSQL's half"),
]


@pytest.fixture(scope="module")
def standing_world() -> Iterator[World]:
    demand_servers()
    made = World(people=size(200, 1500))
    yield made
    made.remove()


@pytest.fixture
def world(standing_world: World) -> World:
    """What an earlier scenario complained of is not complained of again."""
    standing_world.forget_complaints()
    return standing_world
