from bookings.selectors.bookings import (
    days_remaining,
    find_document_by_code,
    get_booking,
    get_document,
    get_story,
    list_bookings,
)
from bookings.selectors.dashboard import Activity, Dashboard, MonthCount, get_dashboard

__all__ = [
    "Activity",
    "Dashboard",
    "MonthCount",
    "days_remaining",
    "find_document_by_code",
    "get_booking",
    "get_dashboard",
    "get_document",
    "get_story",
    "list_bookings",
]
