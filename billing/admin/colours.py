from billing.enums import EventOutcome, InvoiceStatus, PaymentStatus, RefundStatus

INVOICES = {
    InvoiceStatus.PENDING: "warning",
    InvoiceStatus.OVERDUE: "danger",
    InvoiceStatus.PAID: "success",
}
PAYMENTS = {
    PaymentStatus.PENDING: "warning",
    PaymentStatus.COMPLETED: "success",
    PaymentStatus.FAILED: "danger",
}
EVENTS = {EventOutcome.RECEIVED: "warning", EventOutcome.APPLIED: "success", EventOutcome.FAILED: "danger"}
REFUNDS = {RefundStatus.OWED: "danger", RefundStatus.PAID: "success"}
