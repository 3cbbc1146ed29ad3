from billing.enums import InvoiceStatus, RefundStatus
from billing.models import GatewayEvent, Invoice, Refund
from flashspace.base.clock import now
from flashspace.base.gauges import gauge, seconds_since


@gauge("gateway_event_lag_seconds", "How long the oldest event of a payment gateway has waited to be applied")
def gateway_event_lag() -> float:
    waiting = GatewayEvent.objects.filter(handled_at__isnull=True)
    return seconds_since(waiting.order_by("created_at").values_list("created_at", flat=True).first())


@gauge("overdue_mark_lag_seconds", "How long the oldest unpaid invoice past its day has not been called overdue")
def overdue_mark_lag() -> float:
    due = Invoice.objects.filter(status=InvoiceStatus.PENDING, due_at__lte=now())
    return seconds_since(due.order_by("due_at").values_list("due_at", flat=True).first())


@gauge("refund_wait_seconds", "How long the oldest refund that is owed has waited")
def refund_wait() -> float:
    owed = Refund.objects.filter(status=RefundStatus.OWED)
    return seconds_since(owed.order_by("created_at").values_list("created_at", flat=True).first())
