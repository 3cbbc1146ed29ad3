"""On the page of a KYC case: the person's bookings that its approval begins."""

from django.utils.formats import date_format

from accounts.admin import kyc_sections
from accounts.admin.kyc_sections import Row, Section
from accounts.admin.pages import page_of
from accounts.models import User
from bookings.enums import BookingStatus
from bookings.models import Booking

MOST = 10


def waiting_bookings(person: User, viewer: User) -> Section:
    waiting = Booking.objects.filter(customer=person, status=BookingStatus.PENDING_KYC).order_by("confirmed_at", "pk")
    may_look = viewer.has_perm("bookings.view_booking")
    rows = [
        Row(
            f"{booking.number} · {booking.plan_name}",
            page_of(booking) if may_look else "",
            date_format(booking.start_on),
        )
        for booking in waiting.only("number", "plan_name", "start_on")[:MOST]
    ]
    return Section("Paid bookings that wait for this case", "None waits for it.", rows)


kyc_sections.register(waiting_bookings)
