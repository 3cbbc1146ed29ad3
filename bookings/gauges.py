from bookings.enums import BookingStatus
from bookings.models import Booking
from flashspace.base.clock import now, start_of, today
from flashspace.base.gauges import gauge, seconds_since


@gauge("hold_release_lag_seconds", "How long the oldest lapsed hold has kept its seats")
def hold_release_lag() -> float:
    lapsed = Booking.objects.filter(status=BookingStatus.PENDING_PAYMENT, hold_expires_at__lte=now())
    return seconds_since(lapsed.order_by("hold_expires_at").values_list("hold_expires_at", flat=True).first())


@gauge("booking_expiry_lag_seconds", "How long the oldest booking whose time is over has stayed active")
def booking_expiry_lag() -> float:
    ended = Booking.objects.filter(status=BookingStatus.ACTIVE, end_on__lte=today())
    first = ended.order_by("end_on").values_list("end_on", flat=True).first()
    return seconds_since(start_of(first) if first else None)


@gauge("document_lag_seconds", "How long the oldest active booking has waited for its agreement and NOC")
def document_lag() -> float:
    waiting = Booking.objects.filter(status=BookingStatus.ACTIVE, documents_issued_at__isnull=True)
    return seconds_since(waiting.order_by("activated_at").values_list("activated_at", flat=True).first())
