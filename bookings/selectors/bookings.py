"""Reading bookings: a person's own, and one of them whole."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from bookings.enums import BookingStatus
from bookings.exceptions import BookingUnknown, DocumentUnknown
from bookings.models import Booking, BookingDocument


def list_bookings(*, user: User) -> QuerySet[Booking]:
    """A person's bookings whole, newest first. What a list shows of them is `BookingLines`."""
    return Booking.objects.visible_to(user).order_by("-created_at", "-pk")


def get_booking(*, user: User, id: UUID) -> Booking:
    """One's own booking. Somebody else's is as unknown as one that never was. Raises BookingUnknown."""
    return _one(Booking.objects.visible_to(user), id)


def get_story(*, user: User, id: UUID) -> Booking:
    """As `get_booking`, with `timeline` and `documents` read: three queries. Raises BookingUnknown."""
    return _one(Booking.objects.visible_to(user).prefetch_related("timeline", "documents"), id)


def _one(found: QuerySet[Booking], id: UUID) -> Booking:
    booking = found.filter(pk=id).first()
    if booking is None:
        raise BookingUnknown
    return booking


def get_document(*, owner: User | None, booking_id: UUID, kind: str) -> BookingDocument:
    """A paper of the owner's booking; None for the owner: the caller has a link to it. Raises DocumentUnknown."""
    found = BookingDocument.objects.select_related("booking").filter(booking=booking_id, kind=kind)
    if owner is not None:
        found = found.filter(booking__customer=owner)
    document = found.first()
    if document is None:
        raise DocumentUnknown
    return document


def days_remaining(status: str, end_on: date, today: date) -> int:
    """Whole Indian days until the end; 0 for what is over."""
    return 0 if status in (BookingStatus.CANCELLED, BookingStatus.EXPIRED) else max(0, (end_on - today).days)
