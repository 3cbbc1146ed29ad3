from django.db.models import TextChoices


class InvoiceStatus(TextChoices):
    DRAFT = "draft", "Draft"
    PENDING = "pending", "Pending"
    PAID = "paid", "Paid"
    OVERDUE = "overdue", "Overdue"
    CANCELLED = "cancelled", "Cancelled"


# A paid invoice is changed only by a credit note. `cancelled` to `pending` is money that came after the hold lapsed.
INVOICE_TRANSITIONS: dict[str, set[str]] = {
    InvoiceStatus.DRAFT: {InvoiceStatus.PENDING},
    InvoiceStatus.PENDING: {InvoiceStatus.PAID, InvoiceStatus.OVERDUE, InvoiceStatus.CANCELLED},
    InvoiceStatus.OVERDUE: {InvoiceStatus.PAID, InvoiceStatus.CANCELLED},
    InvoiceStatus.PAID: set(),
    InvoiceStatus.CANCELLED: {InvoiceStatus.PENDING},
}
UNPAID = (InvoiceStatus.PENDING, InvoiceStatus.OVERDUE)


class DocumentKind(TextChoices):
    TAX_INVOICE = "tax_invoice", "Tax invoice"
    BILL_OF_SUPPLY = "bill_of_supply", "Bill of supply"


class PaymentStatus(TextChoices):
    PENDING = "pending", "Pending"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


# Money that arrives is money, whatever the gateway said before: events come in any order.
PAYMENT_TRANSITIONS: dict[str, set[str]] = {
    PaymentStatus.PENDING: {PaymentStatus.COMPLETED, PaymentStatus.FAILED, PaymentStatus.CANCELLED},
    PaymentStatus.FAILED: {PaymentStatus.COMPLETED},
    PaymentStatus.COMPLETED: set(),
    PaymentStatus.CANCELLED: {PaymentStatus.COMPLETED},
}


class Gateway(TextChoices):
    RAZORPAY = "razorpay", "Razorpay"
    STRIPE = "stripe", "Stripe"
    SANDBOX = "sandbox", "Sandbox"


class RefundStatus(TextChoices):
    OWED = "owed", "Owed"
    PAID = "paid", "Paid back"


REFUND_TRANSITIONS: dict[str, set[str]] = {
    RefundStatus.OWED: {RefundStatus.PAID},
    RefundStatus.PAID: set(),
}


class RefundCause(TextChoices):
    LAPSED = "lapsed", "What it paid for was gone"
    SURPLUS = "surplus", "The invoice was paid already"


class EventSource(TextChoices):
    WEBHOOK = "webhook", "Webhook"
    ANSWER = "answer", "Answer to our question"


class EventMeaning(TextChoices):
    CAPTURED = "captured", "Money captured"
    FAILED = "failed", "Payment failed"
    CANCELLED = "cancelled", "Payment cancelled"
    OTHER = "other", "Nothing that concerns us"


class EventOutcome(TextChoices):
    RECEIVED = "received", "Received"
    APPLIED = "applied", "Applied"
    IGNORED = "ignored", "Nothing to do"
    FAILED = "failed", "Failed"
