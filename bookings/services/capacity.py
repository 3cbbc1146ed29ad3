"""How many seats of a space are taken. Ask under the lock of the space's row, or the answer is old when it is used."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

from bookings.exceptions import SpaceFull
from bookings.models import Booking
from flashspace.base.clock import now, today
from listings.models import Space
from listings.occupancy import Sql


class Stay(NamedTuple):
    """Half-open: `end_on` is the first day after."""

    start_on: date
    end_on: date
    seats: int


def peak_seats(stays: Iterable[Stay], *, start_on: date, end_on: date) -> int:
    """The most seats that are taken on any one day from `start_on` to the day before `end_on`."""
    changes: dict[date, int] = {}
    for stay in stays:
        first, after = max(stay.start_on, start_on), min(stay.end_on, end_on)
        if first < after:
            changes[first] = changes.get(first, 0) + stay.seats
            changes[after] = changes.get(after, 0) - stay.seats
    taken = most = 0
    for day in sorted(changes):
        taken += changes[day]
        most = max(most, taken)
    return most


def check_free(
    space: Space, *, seats: int, start_on: date, end_on: date, at: datetime, but: UUID | None = None
) -> None:
    """Raise SpaceFull unless `seats` more are free on every day. `but` is not counted: the booking that asks.

    One query, none for a space without a limit.
    """
    if space.total_seats is None:
        return
    live = Booking.objects.taking_seats(at).overlapping(start_on, end_on).filter(space=space)
    if but is not None:
        live = live.exclude(pk=but)
    rows = live.values_list("start_on", "end_on", "seats")
    if peak_seats(map(Stay._make, rows), start_on=start_on, end_on=end_on) + seats > space.total_seats:
        raise SpaceFull


# What `taking_seats` and `overlapping` say, as a part of the statement that lists spaces. A test compares the two.
_TAKEN_NOW: Final = """(
    SELECT COALESCE(SUM(booked.seats), 0) FROM bookings_booking AS booked
    WHERE booked.space_id = listings_space.id AND booked.start_on <= %s AND booked.end_on > %s
    AND booked.status IN ('pending_payment', 'pending_kyc', 'active')
    AND (booked.status <> 'pending_payment' OR booked.hold_expires_at > %s)
)"""


def taken_now() -> Sql:
    """Seats taken on this Indian day of the row `listings_space`."""
    at = now()
    day = connection.ops.adapt_datefield_value(today(at))
    return Sql(_TAKEN_NOW, [day, day, connection.ops.adapt_datetimefield_value(at)])


def find_peak(space_id: UUID) -> int:
    """The most seats taken on any day from today on: below that a space cannot shrink. One query."""
    at = now()
    live = Booking.objects.taking_seats(at).filter(space=space_id, end_on__gt=today(at))
    rows = live.values_list("start_on", "end_on", "seats")
    return peak_seats(map(Stay._make, rows), start_on=today(at), end_on=date.max)
