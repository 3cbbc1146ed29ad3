"""What billing asks of a booking: locks in their order, grace for a payment in flight, and what money does."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from accounts.models import KycProfile
from billing.billables import Billable
from billing.models import Invoice, Payment
from bookings.enums import BookingStatus, TimelineStatus
from bookings.exceptions import BookingUnknown, HoldLapsed
from bookings.models import Booking
from bookings.services.cancellation import close_lapsed
from bookings.services.lifecycle import confirm_booking
from bookings.services.moves import add_timeline, lock_booking
from flashspace.base.clock import now
from flashspace.base.locks import lock_row
from listings.models import Space

GRACE = timedelta(minutes=10)


def lock_all(id: UUID) -> Booking:
    """Lock the customer's KYC case, the space and the booking, in this order.

    The case, because its approval and a payment at the same moment must see one another, or a paid booking would wait
    for ever for a KYC that is approved. The space, because a lapsed booking takes seats again.
    """
    known = Booking.objects.filter(pk=id).only("customer_id", "space_id").first()
    if known is None:
        raise BookingUnknown
    with suppress(KycProfile.DoesNotExist):
        lock_row(KycProfile.objects.all(), user=known.customer_id)
    lock_row(Space.objects.all(), pk=known.space_id)
    return lock_booking(pk=id)


def start_payment(id: UUID, at: datetime) -> None:
    """The customer has gone to the gateway: the seats wait ten minutes longer, once. Raises HoldLapsed."""
    booking = lock_booking(pk=id)
    if booking.status != BookingStatus.PENDING_PAYMENT or booking.hold_expires_at <= at:
        raise HoldLapsed
    if booking.grace_given_at is None:
        booking.hold_expires_at += GRACE
        booking.grace_given_at = at
        booking.save(update_fields=["hold_expires_at", "grace_given_at", "updated_at"])


def receive_payment(invoice: Invoice, payment: Payment, at: datetime) -> bool:
    booking = lock_booking(pk=invoice.source_id)
    return confirm_booking(booking, at=max(at, now()), actor=payment.user)


def refuse_payment(invoice: Invoice, payment: Payment, at: datetime) -> None:
    """The money came and the seats are gone: it goes back, and the booking says so."""
    booking, at = lock_booking(pk=invoice.source_id), max(at, now())
    if booking.status == BookingStatus.PENDING_PAYMENT:
        close_lapsed(booking, at=at)
    if booking.status == BookingStatus.CANCELLED:
        add_timeline(booking, TimelineStatus.CANCELLED, "The payment came too late; the money goes back", at=at)


def admin_url(id: UUID) -> str:
    return reverse("admin:bookings_booking_change", args=[id])


def find_known(ids: Collection[UUID]) -> set[UUID]:
    return set(Booking.objects.filter(pk__in=ids).values_list("pk", flat=True))


BOOKING = Billable(
    lock=lock_all,
    on_payment_started=start_payment,
    on_paid=receive_payment,
    on_lapsed=refuse_payment,
    admin_url=admin_url,
    find_known=find_known,
)
