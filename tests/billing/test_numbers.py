from datetime import date

import pytest
from django.db import transaction

from billing.models import NumberSeries
from billing.services.numbers import SeriesExhausted, take_number
from flashspace.base.locks import NotInTransaction

JANUARY = date(2026, 1, 8)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("prefix", "width", "first", "second"),
    [
        ("INV", 4, "INV-2026-0001", "INV-2026-0002"),
        ("FS", 5, "FS-2026-00001", "FS-2026-00002"),
        ("I27", 4, "I27-2026-0001", "I27-2026-0002"),
    ],
)
def test_numbers_follow_one_another_in_their_series(prefix: str, width: int, first: str, second: str) -> None:
    assert take_number(prefix, on=JANUARY, width=width) == first
    assert take_number(prefix, on=JANUARY, width=width) == second


def test_a_new_year_begins_at_one_and_the_old_one_goes_on() -> None:
    take_number("INV", on=date(2026, 12, 31), width=4)
    assert take_number("INV", on=date(2027, 1, 1), width=4) == "INV-2027-0001"
    assert take_number("INV", on=date(2026, 12, 31), width=4) == "INV-2026-0002"


def test_a_number_outgrows_its_width_up_to_sixteen_characters() -> None:
    NumberSeries.objects.create(name="INV-2026", last=9999)
    assert take_number("INV", on=JANUARY, width=4) == "INV-2026-10000"
    NumberSeries.objects.filter(pk="INV-2026").update(last=9_999_998)
    assert take_number("INV", on=JANUARY, width=4) == "INV-2026-9999999"
    with pytest.raises(SeriesExhausted):
        take_number("INV", on=JANUARY, width=4)
    assert NumberSeries.objects.get().last == 9_999_999


def test_a_transaction_that_rolls_back_gives_its_number_back() -> None:
    with transaction.atomic():
        take_number("INV", on=JANUARY, width=4)
        transaction.set_rollback(True)
    assert take_number("INV", on=JANUARY, width=4) == "INV-2026-0001"


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        take_number("INV", on=JANUARY, width=4)
