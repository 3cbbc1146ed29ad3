from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from bookings.enums import BookingStatus

if TYPE_CHECKING:
    from accounts.models import User
    from bookings.models import Booking  # noqa: F401


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, user: "User") -> "BookingQuerySet":
        """One's own. Staff look at bookings in the admin; the API shows each person their own."""
        return self.filter(customer=user)

    def taking_seats(self, at: datetime) -> "BookingQuerySet":
        """Paid ones, and unpaid ones whose hold has not run out at `at`."""
        return self.filter(
            Q(status__in=(BookingStatus.PENDING_KYC, BookingStatus.ACTIVE))
            | Q(status=BookingStatus.PENDING_PAYMENT, hold_expires_at__gt=at)
        )

    def overlapping(self, start_on: date, end_on: date) -> "BookingQuerySet":
        return self.filter(start_on__lt=end_on, end_on__gt=start_on)
