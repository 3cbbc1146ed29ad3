from bookings.admin import kyc_section  # noqa: F401  registers itself
from bookings.admin.bookings import BookingAdmin
from bookings.admin.documents import BookingDocumentAdmin
from bookings.admin.timeline import TimelineEntryAdmin

__all__ = ["BookingAdmin", "BookingDocumentAdmin", "TimelineEntryAdmin"]
