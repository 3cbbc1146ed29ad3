from flashspace.base.errors import Conflict, DomainError, NotFound, Unavailable


class InvoiceUnknown(NotFound):
    message = "Invoice not found"


class PaymentUnknown(NotFound):
    message = "Payment not found"


class PackageUnknown(NotFound):
    message = "Package not found"


class PackageTermInvalid(DomainError):
    code = "PACKAGE_TERM_INVALID"
    message = "A package ends in the future, and Freemium never does"


class InvoiceNotPayable(Conflict):
    code = "INVOICE_NOT_PAYABLE"
    message = "This invoice cannot be paid"


class InvoiceAlreadyPaid(InvoiceNotPayable):
    code = "INVOICE_ALREADY_PAID"
    message = "This invoice is already paid"


class GatewayUnavailable(Unavailable):
    code = "GATEWAY_UNAVAILABLE"
    message = "This payment gateway is not available"


class PaymentNotProven(DomainError):
    code = "PAYMENT_NOT_PROVEN"
    message = "The gateway does not confirm this payment"


class PaymentFailed(DomainError):
    code = "PAYMENT_FAILED"
    message = "The payment failed"


class SignatureInvalid(DomainError):
    code = "SIGNATURE_INVALID"
    message = "The signature does not match"


class BillableLapsed(Conflict):
    """The money is here, what it was for is gone: a refund is owed."""

    code = "BOOKING_LAPSED"
    message = "The booking lapsed before the payment arrived; a refund is owed"


class NoSeller(Unavailable):
    code = "NO_SELLER"
    message = "No seller entity is set up"


class RefundUnknown(NotFound):
    message = "Refund not found"


class GatewayUnknown(NotFound):
    message = "There is no such payment gateway"


class EventNotOpen(Conflict):
    message = "This event needs nobody, or was dealt with already"
