"""The one place where a booking's status changes. Callers hold the lock of its row."""

from datetime import datetime
from typing import Any

from accounts.models import User
from bookings.enums import BOOKING_TRANSITIONS, BookingStatus, TimelineStatus
from bookings.exceptions import BookingUnknown
from bookings.models import Booking, TimelineEntry
from flashspace.base.locks import lock_row
from flashspace.base.transitions import check_transition

STAMPS = {
    BookingStatus.ACTIVE: "activated_at",
    BookingStatus.EXPIRED: "expired_at",
    BookingStatus.CANCELLED: "cancelled_at",
}


def lock_booking(**lookup: Any) -> Booking:
    """The booking, locked until the transaction ends. Raises BookingUnknown."""
    try:
        return lock_row(Booking.objects.all(), **lookup)
    except Booking.DoesNotExist:
        raise BookingUnknown from None


def move_booking(booking: Booking, *, to: BookingStatus, at: datetime, **changes: Any) -> None:
    """Check the table, then write status, its time and `changes`. Writes no timeline: what happened has its own words.

    Raises IllegalTransition.
    """
    check_transition(BOOKING_TRANSITIONS, thing="booking", current=booking.status, wanted=to)
    values = {"status": to, **({STAMPS[to]: at} if to in STAMPS else {}), **changes}
    for name, value in values.items():
        setattr(booking, name, value)
    booking.save(update_fields=[*values, "updated_at"])


def add_timeline(
    booking: Booking, status: TimelineStatus, note: str, *, at: datetime, actor: User | None = None
) -> TimelineEntry:
    return TimelineEntry.objects.create(booking=booking, status=status, note=note[:300], at=at, actor=actor)
