from accounts.models import User
from bookings.enums import BookingStatus, TimelineStatus
from bookings.exceptions import NotRenewable
from bookings.models import Booking
from bookings.services.moves import add_timeline, lock_booking
from flashspace.base.clock import now
from flashspace.base.locks import atomic

RENEWABLE = (BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_KYC, BookingStatus.ACTIVE)


def set_auto_renew(*, booking: Booking, auto_renew: bool, actor: User) -> Booking:
    """Say whether the booking shall go on after its end. Saying again what is so already changes nothing.

    Raises NotRenewable for one that is over.
    """
    with atomic():
        booking = lock_booking(pk=booking.pk)
        if booking.status not in RENEWABLE:
            raise NotRenewable
        if booking.auto_renew == auto_renew:
            return booking
        booking.auto_renew = auto_renew
        booking.save(update_fields=["auto_renew", "updated_at"])
        status = TimelineStatus.AUTO_RENEW_ON if auto_renew else TimelineStatus.AUTO_RENEW_OFF
        add_timeline(booking, status, status.label, at=now(), actor=actor)
        return booking
