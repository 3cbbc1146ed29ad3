from bookings.models.bookings import Booking, TimelineEntry
from bookings.models.documents import BookingDocument

__all__ = ["Booking", "BookingDocument", "TimelineEntry"]
