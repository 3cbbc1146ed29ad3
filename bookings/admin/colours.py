from bookings.enums import BookingStatus

COLOURS = {
    BookingStatus.PENDING_PAYMENT: "warning",
    BookingStatus.PENDING_KYC: "info",
    BookingStatus.ACTIVE: "success",
    BookingStatus.CANCELLED: "danger",
}
