from bookings.selectors.bookings import (
    days_remaining,
    get_booking,
    get_document,
    get_story,
    list_bookings,
)
from bookings.selectors.dashboard import Activity, Dashboard, MonthCount, get_dashboard
from bookings.selectors.lines import BookingLine, BookingLines
from bookings.selectors.proofs import Proof, find_document_by_code, verify_document

__all__ = [
    "Activity",
    "BookingLine",
    "BookingLines",
    "Dashboard",
    "MonthCount",
    "Proof",
    "days_remaining",
    "find_document_by_code",
    "get_booking",
    "get_dashboard",
    "get_document",
    "get_story",
    "list_bookings",
    "verify_document",
]
