"""What bookings tell listings of how full a space is."""

from datetime import timedelta

import orjson
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import IntegerField, Sum
from django.db.models.expressions import RawSQL

from billing.models import SellerEntity
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.services.capacity import taken_now
from flashspace.base.clock import now, today
from listings.enums import SpaceKind
from listings.models import Space
from listings.selectors import find_document, list_documents
from tests.factories.bookings import book, make_space

DAY = timedelta(days=1)


def booking(status: str, *, start: int = 0, end: int = 10, hold: int = 5, seats: int = 2) -> Booking:
    """A row of any state and time; where it came from does not matter here."""
    made = book(space=make_space(total_seats=100))
    at = now()
    Booking.objects.filter(pk=made.pk).update(
        status=status,
        start_on=today() + timedelta(days=start),
        end_on=today() + timedelta(days=end),
        hold_expires_at=at + timedelta(minutes=hold),
        seats=seats,
        confirmed_at=at,
        activated_at=at,
        expired_at=at if status == BookingStatus.EXPIRED else None,
        cancelled_at=at if status == BookingStatus.CANCELLED else None,
    )
    return made


@pytest.fixture
def every_kind_of_booking(seller: SellerEntity) -> None:
    for status in BookingStatus:
        for start, end in [(0, 1), (-5, 0), (1, 5), (-5, 5)]:
            for hold in (-1, 1):
                booking(status, start=start, end=end, hold=hold)
    make_space(total_seats=1)


def test_the_sql_for_lists_counts_what_the_bookings_count(every_kind_of_booking: None) -> None:
    sql = RawSQL(*taken_now(), output_field=IntegerField())
    by_sql = dict(Space.objects.annotate(taken=sql).values_list("pk", "taken"))
    live = Booking.objects.taking_seats(now()).overlapping(today(), today() + timedelta(days=1))
    by_bookings = dict(live.order_by().values_list("space").annotate(taken=Sum("seats")))

    assert by_sql == {pk: by_bookings.get(pk, 0) for pk in by_sql}
    assert (
        len(by_bookings) == 10
    )  # today, of the two kinds of paid ones whatever their hold, and of unpaid ones in time


def test_a_space_is_fully_booked_while_its_last_seat_is_taken(seller: SellerEntity) -> None:
    space = make_space(total_seats=1)

    def availability() -> set[str]:
        reader = AnonymousUser()
        row = list_documents(kind=SpaceKind.VIRTUAL_OFFICE, reader=reader)[0]
        one = find_document(id=space.pk, kind=SpaceKind.VIRTUAL_OFFICE, reader=reader)
        return {orjson.loads(document)["availability"] for document in (row, one)}

    assert availability() == {"Available Now"}
    made = book(space=space, start_on=today())
    assert availability() == {"Fully Booked"}
    Booking.objects.filter(pk=made.pk).update(hold_expires_at=now() - DAY)
    assert availability() == {"Available Now"}
