"""On a person's page: what they booked."""

from django.utils.formats import date_format

from accounts.admin.customer_page import MOST, Section, list_url, register_section
from accounts.admin.pages import label, link_to
from accounts.admin.see_as_looks import Look, register_look
from accounts.models import User
from bookings.admin.colours import COLOURS
from bookings.enums import BookingStatus
from bookings.models import Booking
from flashspace.base.money import format_rupees


def bookings(person: User, viewer: User) -> Section:
    newest = Booking.objects.filter(customer=person).select_related("space").order_by("-created_at")[:MOST]
    rows = [
        (
            link_to(one),
            label(one.get_status_display(), COLOURS.get(BookingStatus(one.status), "")),
            link_to(one.space, one.snapshot["name"]),
            one.plan_name,
            date_format(one.start_on),
            format_rupees(one.total_amount),
        )
        for one in newest
    ]
    more = list_url("bookings_booking", customer__id__exact=person.pk)
    heads = ("Number", "State", "Space", "Plan", "Starts", "Total")
    return Section("Bookings", heads, rows, "They booked nothing yet.", more)


register_section(30, "bookings.view_booking", bookings)
register_look(10, Look("dashboard", "Dashboard", "/api/user/dashboard"))
register_look(20, Look("bookings", "Bookings", "/api/user/bookings", "/api/user/bookings/{id}"))
