from flashspace.base.errors import Conflict, NotFound


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
