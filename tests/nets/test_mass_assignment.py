"""A body sets what its document says, whatever else it names."""

import pytest

from tests.nets.mass_assignment import INSIDE, rows_that_differ

pytestmark = [pytest.mark.django_db, pytest.mark.net]


@pytest.mark.parametrize("actor", ["customer", "owner"])
def test_no_name_of_a_column_reaches_a_row_unless_its_call_takes_it(actor, world, settings):
    settings.RATE_LIMITS = "off"
    assert len(INSIDE) >= 20
    found = rows_that_differ(world, [actor])
    assert not found, "\n".join(found)
