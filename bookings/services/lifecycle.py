"""From paid to over: what money, a KYC decision and the calendar do to a booking."""

from datetime import datetime
from uuid import UUID

from accounts.enums import KycStatus
from accounts.models import KycProfile, User
from bookings.enums import BookingStatus, CancelReason, TimelineStatus
from bookings.exceptions import SpaceFull
from bookings.models import Booking
from bookings.services.capacity import check_free
from bookings.services.documents import request_documents
from bookings.services.moves import add_timeline, lock_booking, move_booking
from bookings.services.tell import tell_active, tell_expired
from flashspace.base.clock import now, today
from flashspace.base.locks import atomic
from flashspace.base.sweeps import Sweep


def confirm_booking(booking: Booking, *, at: datetime, actor: User | None) -> bool:
    """The money is here: wait for KYC, or begin at once. False when the booking is gone and the money has to go back.

    The caller holds the locks of the customer's KYC case, of the space and of the booking. The seats are counted again
    whatever the clock says of the hold: another server's clock may have given them away a moment earlier.
    """
    if not _can_be_paid(booking, at):
        return False
    revived = booking.status == BookingStatus.CANCELLED
    if revived:
        add_timeline(booking, TimelineStatus.REVIVED, "The payment came after the hold had ended", at=at, actor=actor)
    add_timeline(booking, TimelineStatus.PAYMENT_RECEIVED, "Payment confirmed", at=at, actor=actor)
    paid = {"confirmed_at": at, "cancelled_at": None, "cancel_reason": ""}
    if not KycProfile.objects.filter(user=booking.customer_id, status=KycStatus.APPROVED).exists():
        move_booking(booking, to=BookingStatus.PENDING_KYC, at=at, **paid)
        return True
    add_timeline(booking, TimelineStatus.KYC_APPROVED, "Already verified", at=at)
    _activate(booking, at=at, **paid)
    return True


def _can_be_paid(booking: Booking, at: datetime) -> bool:
    waits = booking.status == BookingStatus.PENDING_PAYMENT
    lapsed = booking.status == BookingStatus.CANCELLED and booking.cancel_reason == CancelReason.LAPSED
    if not (waits or (lapsed and booking.space.is_public)) or booking.end_on <= today(at):
        return False
    try:
        check_free(
            booking.space, seats=booking.seats, start_on=booking.start_on, end_on=booking.end_on, at=at, but=booking.pk
        )
    except SpaceFull:
        return False
    return True


def _activate(booking: Booking, *, at: datetime, **changes: object) -> None:
    move_booking(booking, to=BookingStatus.ACTIVE, at=at, **changes)
    add_timeline(booking, TimelineStatus.ACTIVE, "Service activated", at=at)
    tell_active(booking)
    request_documents(booking)


def activate_verified(*, user: User, actor: User | None) -> list[Booking]:
    """KYC was approved: begin every paid booking of the person. The caller holds the lock of the KYC case."""
    waiting = Booking.objects.filter(customer=user, status=BookingStatus.PENDING_KYC).order_by("pk")
    activated = []
    for pk in waiting.values_list("pk", flat=True):
        booking = lock_booking(pk=pk)
        if booking.status != BookingStatus.PENDING_KYC:
            continue
        at = now()
        add_timeline(booking, TimelineStatus.KYC_APPROVED, "Verified by Admin", at=at, actor=actor)
        _activate(booking, at=at)
        activated.append(booking)
    return activated


def list_ended(at: datetime) -> list[UUID]:
    """Active bookings whose first day after has come in India."""
    ended = Booking.objects.filter(status=BookingStatus.ACTIVE, end_on__lte=today(at))
    return list(ended.order_by("end_on", "pk").values_list("pk", flat=True))


def expire_booking(id: UUID, at: datetime) -> bool:
    """End an active booking whose time is over. False when it is not, or not any more."""
    with atomic():
        booking = lock_booking(pk=id)
        if booking.status != BookingStatus.ACTIVE or booking.end_on > today(at):
            return False
        at = max(at, now())  # the sweep may have waited for the lock: a timeline never goes back
        move_booking(booking, to=BookingStatus.EXPIRED, at=at)
        add_timeline(booking, TimelineStatus.EXPIRED, "The booked time is over", at=at)
        tell_expired(booking)
        return True


EXPIRE_BOOKINGS = Sweep("bookings.expire_bookings", find=list_ended, apply=expire_booking)
