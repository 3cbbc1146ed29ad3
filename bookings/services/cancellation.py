"""Giving seats back: a customer's or staff's cancellation, and holds that nobody paid."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from accounts.services import audit
from billing.services.invoices import cancel_invoice
from bookings.enums import BookingStatus, CancelReason, TimelineStatus
from bookings.exceptions import NotCancellable
from bookings.models import Booking
from bookings.services.moves import add_timeline, lock_booking, move_booking
from bookings.services.tell import tell_cancelled
from flashspace.base.clock import now
from flashspace.base.errors import Invalid
from flashspace.base.locks import atomic
from flashspace.base.sweeps import Sweep


def cancel_booking(*, booking: Booking, actor: User) -> Booking:
    """The customer gives up a booking that is not paid; its invoice keeps its number as cancelled.

    Raises NotCancellable for a paid one, IllegalTransition for one that is over.
    """
    with atomic():
        booking = lock_booking(pk=booking.pk)
        if booking.status in (BookingStatus.PENDING_KYC, BookingStatus.ACTIVE):
            raise NotCancellable
        _cancel(booking, reason=CancelReason.CUSTOMER, note="Cancelled by the customer", at=now(), actor=actor)
        return booking


def cancel_booking_by_staff(*, booking: Booking, reason: str, actor: User) -> Booking:
    """Staff cancel any booking that is not over, paid or not, with a reason that the customer reads.

    Money that was paid stays what it is: giving it back is a step of its own. Raises Invalid, IllegalTransition.
    """
    if not reason.strip():
        raise Invalid("Say why", field="reason")
    with atomic():
        booking = lock_booking(pk=booking.pk)
        before = {"status": booking.status}
        _cancel(booking, reason=CancelReason.STAFF, note=reason.strip(), at=now(), actor=actor)
        audit.record(
            action="booking.cancelled",
            actor=actor,
            target=booking,
            before=before,
            after={"status": booking.status},
            reason=reason.strip(),
        )
        tell_cancelled(booking, reason.strip())
        return booking


def list_lapsed(at: datetime) -> list[UUID]:
    """Unpaid bookings whose hold, with the grace of a payment in flight, has run out."""
    lapsed = Booking.objects.filter(status=BookingStatus.PENDING_PAYMENT, hold_expires_at__lte=at)
    return list(lapsed.order_by("hold_expires_at", "pk").values_list("pk", flat=True))


def release_hold(id: UUID, at: datetime) -> bool:
    """Cancel an unpaid booking whose hold has run out. False when it was paid, or a payment began, meanwhile."""
    with atomic():
        booking = lock_booking(pk=id)
        if booking.status != BookingStatus.PENDING_PAYMENT or booking.hold_expires_at > at:
            return False
        close_lapsed(booking, at=max(at, now()))
        return True


RELEASE_HOLDS = Sweep("bookings.release_holds", find=list_lapsed, apply=release_hold)


def close_lapsed(booking: Booking, *, at: datetime) -> None:
    """Give up an unpaid booking whose time to pay is over. The caller holds its lock."""
    _cancel(booking, reason=CancelReason.LAPSED, note="Not paid in time", at=at, actor=None)


def _cancel(booking: Booking, *, reason: CancelReason, note: str, at: datetime, actor: User | None) -> None:
    was_unpaid = booking.status == BookingStatus.PENDING_PAYMENT
    move_booking(booking, to=BookingStatus.CANCELLED, at=at, cancel_reason=reason)
    add_timeline(booking, TimelineStatus.CANCELLED, note, at=at, actor=actor)
    if was_unpaid and booking.invoice_id:
        cancel_invoice(invoice_id=booking.invoice_id, at=at)
