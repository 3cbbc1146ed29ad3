from django.db.models import TextChoices


class BookingStatus(TextChoices):
    PENDING_PAYMENT = "pending_payment", "Waiting for payment"
    PENDING_KYC = "pending_kyc", "Waiting for KYC"
    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Expired"
    CANCELLED = "cancelled", "Cancelled"


# `cancelled` to a live state only by money that arrived after a lapsed hold.
BOOKING_TRANSITIONS: dict[str, set[str]] = {
    BookingStatus.PENDING_PAYMENT: {BookingStatus.PENDING_KYC, BookingStatus.ACTIVE, BookingStatus.CANCELLED},
    BookingStatus.PENDING_KYC: {BookingStatus.ACTIVE, BookingStatus.CANCELLED},
    BookingStatus.ACTIVE: {BookingStatus.EXPIRED, BookingStatus.CANCELLED},
    BookingStatus.EXPIRED: set(),
    BookingStatus.CANCELLED: {BookingStatus.PENDING_KYC, BookingStatus.ACTIVE},
}


class CancelReason(TextChoices):
    CUSTOMER = "customer", "By the customer"
    STAFF = "staff", "By staff"
    LAPSED = "lapsed", "Not paid in time"


class TenureUnit(TextChoices):
    MONTHS = "months", "Months"
    DAYS = "days", "Days"


class TimelineStatus(TextChoices):
    CREATED = "created", "Booked"
    PAYMENT_RECEIVED = "payment_received", "Payment received"
    KYC_APPROVED = "kyc_approved", "KYC approved"
    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Expired"
    CANCELLED = "cancelled", "Cancelled"
    REVIVED = "revived", "Revived"
    AUTO_RENEW_ON = "auto_renew_on", "Auto-renewal enabled"
    AUTO_RENEW_OFF = "auto_renew_off", "Auto-renewal disabled"


class DocumentKind(TextChoices):
    AGREEMENT = "agreement", "Client Agreement"
    NOC = "noc", "NOC Certificate"
