import json
from dataclasses import dataclass

import pytest

from accounts.models import User
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.selectors import BookingLine, BookingLines
from bookings.selectors import lines as module
from tests.factories.bookings import book, make_booking, make_space


@pytest.fixture
def five(seller, customer: User, stranger: User) -> list[Booking]:
    """Newest first, and one of somebody else."""
    office, desk = make_space(), make_space(kind="coworking", name='The "Étage" · ₹')
    made = [
        book(space=office, customer=customer),
        book(space=office, customer=customer, plan="day"),
        make_booking(BookingStatus.CANCELLED, space=office, customer=customer),
        make_booking(BookingStatus.ACTIVE, space=desk, customer=customer, plan="seat", quantity=3),
        book(space=desk, customer=customer, plan="seat"),
    ]
    book(space=office, customer=stranger)
    return list(reversed(made))


def test_a_line_says_what_its_booking_says(five: list[Booking], customer: User) -> None:
    for line, booking in zip(BookingLines(user=customer)[:10], five, strict=True):
        booking.refresh_from_db()
        shown = line._asdict() | {"snapshot": json.loads(line.snapshot)}
        assert shown == {name: getattr(booking, name) for name in BookingLine._fields}


def test_lines_are_sliced_filtered_and_counted(five: list[Booking], customer: User) -> None:
    @dataclass
    class Case:
        filters: dict[str, str]
        found: list[Booking]

    for case in (
        Case({}, five),
        Case({"kind": "coworking"}, five[:2]),
        Case({"status": "cancelled"}, [five[2]]),
        Case({"kind": "coworking", "status": "pending_payment"}, [five[0]]),
        Case({"kind": "rental"}, []),
    ):
        lines = BookingLines(user=customer, **case.filters)
        assert [line.pk for line in lines[:10]] == [one.pk for one in case.found]
        assert len(BookingLines(user=customer, **case.filters)) == len(case.found)
    lines = BookingLines(user=customer)
    assert [line.pk for line in lines[1:3]] == [five[1].pk, five[2].pk]
    assert [line.pk for line in lines] == [one.pk for one in five]
    assert lines[4].pk == five[4].pk
    with pytest.raises(IndexError):
        lines[5]


def test_a_page_and_its_count_are_one_statement(five: list[Booking], customer: User, django_assert_num_queries) -> None:
    lines = BookingLines(user=customer)
    with django_assert_num_queries(1):
        assert (len(lines[:2]), len(lines)) == (2, 5)


def test_nobody_counts_a_million(five: list[Booking], customer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COUNT_UP_TO", 3)
    lines = BookingLines(user=customer)
    assert (len(lines), len(lines[:2]), len(lines)) == (3, 2, 3)
