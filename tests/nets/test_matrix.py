"""Route × actor × id: every cell of the table, on a world that each test makes for itself."""

import pytest

from tests.nets import desk_cells
from tests.nets.cells import make_cells, run, uncovered, unlisted_methods
from tests.nets.desk_table import REVENUE
from tests.nets.routes import find_routes
from tests.nets.table import ROWS
from tests.nets.world import ACTORS, COLLEAGUES, STAFF

pytestmark = [pytest.mark.django_db, pytest.mark.net]


@pytest.fixture(autouse=True)
def _no_limits(settings, monkeypatch):
    settings.RATE_LIMITS = "off"


def test_every_route_has_its_row_and_every_row_its_route():
    found = uncovered(find_routes(), ROWS) + desk_cells.uncovered(find_routes())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("actor", ACTORS)
def test_every_cell_of_an_actor_answers_as_the_table_says(actor, world, record_property):
    cells = list(make_cells(ROWS, [actor], world))
    found = run(cells, world)
    record_property("cells of the APIs", len(cells))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("actor", COLLEAGUES)
def test_what_is_an_organizations_is_for_whoever_their_role_lets_in(actor, world):
    rows = [row for row in ROWS if actor in row.who]
    assert len(rows) > 20
    found = run(list(make_cells(rows, [actor], world)), world)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("actor", ACTORS)
def test_every_page_of_the_admin_is_for_its_desk_only(actor, world, record_property):
    cells = list(desk_cells.make_cells(actor, world))
    found = desk_cells.run(cells, world)
    record_property("cells of the admin", len(cells))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("actor", STAFF)
def test_what_was_earned_is_for_its_desk_only(actor, world):
    shown = world.client(actor).get("/admin/").context["money"] is not None
    assert shown == desk_cells.may(actor, REVENUE)


def test_no_view_of_the_admin_stands_beside_the_guard_of_its_site():
    assert desk_cells.unwrapped() == []


@pytest.mark.parametrize("actor", ["anonymous", "superuser"])
def test_methods_that_are_not_listed_are_refused_however_they_are_dressed(actor, world):
    found = unlisted_methods(ROWS, world, actor)
    assert not found, "\n".join(found)
