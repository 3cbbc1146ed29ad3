from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bookings.enums import BookingStatus
from bookings.services.capacity import Stay, peak_seats
from flashspace.base.clock import today
from listings import occupancy
from tests.factories.bookings import make_booking, make_space

FIRST = date(2026, 1, 1)
offsets = st.integers(0, 40)


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    start, length = draw(offsets), draw(st.integers(1, 20))
    return Stay(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length), draw(st.integers(1, 9)))


@given(taken=st.lists(stays(), max_size=12), start=offsets, length=st.integers(1, 30))
def test_peak_seats_is_the_fullest_day(taken: list[Stay], start: int, length: int) -> None:
    window = [FIRST + timedelta(days=start + day) for day in range(length)]
    by_day = [sum(stay.seats for stay in taken if stay.start_on <= day < stay.end_on) for day in window]
    assert peak_seats(taken, start_on=window[0], end_on=window[-1] + timedelta(days=1)) == max(by_day)


def test_peak_seats_of_stays_that_touch_is_one_of_them() -> None:
    one = Stay(date(2026, 1, 1), date(2026, 2, 1), 3)
    next_one = Stay(date(2026, 2, 1), date(2026, 3, 1), 3)
    assert peak_seats([one, next_one], start_on=date(2026, 1, 15), end_on=date(2026, 2, 15)) == 3


def test_listings_learn_how_far_a_space_may_shrink(seller, django_assert_num_queries) -> None:
    space = make_space()
    make_booking(BookingStatus.ACTIVE, space=space, plan="seat", quantity=3)
    make_booking(BookingStatus.ACTIVE, space=space, plan="seat", quantity=4, start_on=today() + timedelta(days=60))
    with django_assert_num_queries(1):
        assert occupancy.find_peak(space.pk) == 7
    assert occupancy.find_peak(make_space().pk) == 0
