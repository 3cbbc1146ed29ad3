"""What a person's own data tell of bookings."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors.own_data import Section, fields
from bookings.models import Booking


def _bookings(user: User) -> "QuerySet[Booking]":
    return Booking.objects.filter(customer=user).order_by("-created_at", "-pk")


BOOKINGS = Section(
    _bookings,
    fields(
        "number",
        "kind",
        "status",
        "plan_name",
        "quantity",
        "total_amount",
        "start_on",
        "end_on",
        "customer_name",
        "customer_email",
        "customer_phone",
        "notes",
        "created_at",
    ),
)
