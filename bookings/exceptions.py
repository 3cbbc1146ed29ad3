from flashspace.base.errors import Conflict, DomainError, NotFound


class BookingUnknown(NotFound):
    message = "Booking not found"


class SpaceFull(Conflict):
    code = "SPACE_FULL"
    message = "Not enough seats are free on these days"


class PriceMismatch(Conflict):
    """`extra["total_amount"]` is the right amount."""

    code = "PRICE_MISMATCH"
    message = "The amount is not the price of this booking"


class SpaceNotBookable(Conflict):
    code = "SPACE_NOT_BOOKABLE"
    message = "This listing cannot be booked"


class NotCancellable(Conflict):
    code = "BOOKING_NOT_CANCELLABLE"
    message = "A paid booking is cancelled by support"


class NotRenewable(Conflict):
    code = "BOOKING_NOT_RENEWABLE"
    message = "A booking that is over cannot be renewed"


class DocumentUnknown(NotFound):
    message = "Document not found"


class DocumentDamaged(DomainError):
    """The file is not there or not what was issued."""

    code = "DOCUMENT_DAMAGED"
    status = 410
    message = "This document is damaged; support has been told"


class HoldLapsed(Conflict):
    code = "BOOKING_LAPSED"
    message = "The seats were not paid in time; please book again"
