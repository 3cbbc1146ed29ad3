"""What the bench of the desk fills its database with, past the foreign keys, is what they would let in."""

import pytest
from django.db import connection

from accounts.models import User
from bookings.models import Booking
from tests.bench.desk import BOOKINGS_EACH, ROWS
from tests.bench.seed import make_seller, make_spaces

CUSTOMERS = 50


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL makes the rows")
def test_the_database_takes_every_row_of_the_bench_with_all_its_constraints() -> None:
    make_seller()
    make_spaces(20)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rows in ROWS:
            cursor.execute(rows.format(c=CUSTOMERS, b=CUSTOMERS * BOOKINGS_EACH))
            assert cursor.rowcount > 0

    assert User.objects.count() == CUSTOMERS
    assert (
        Booking.objects.filter(customer__kyc__isnull=False, invoice__lines__isnull=False).count()
        == Booking.objects.count()
    )
