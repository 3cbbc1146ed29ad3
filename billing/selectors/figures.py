"""What the desk wants to know about money."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from billing.enums import EventOutcome, InvoiceStatus, RefundStatus
from billing.models import GatewayEvent, Invoice, Refund
from flashspace.base.clock import india_date
from flashspace.base.money import PAISA
from flashspace.base.periods import Span
from flashspace.base.queues import Queue

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Takings:
    """Invoices paid in the span: `net` is what the platform earned, `gst` what it owes the state."""

    span: Span
    net: Decimal = ZERO
    gst: Decimal = ZERO
    count: int = 0

    @property
    def total(self) -> Decimal:
        return self.net + self.gst


def list_queues() -> list[Queue]:
    return [
        Queue(
            name="overdue",
            title="Overdue invoices",
            icon="event_busy",
            rows=Invoice.objects.filter(status=InvoiceStatus.OVERDUE),
            since="due_at",
            query="status__exact=overdue",
        ),
        Queue(
            name="refunds",
            title="Open refunds",
            icon="currency_exchange",
            rows=Refund.objects.filter(status=RefundStatus.OWED),
            since="created_at",
            query="status__exact=owed",
        ),
        Queue(
            name="events",
            title="Failed gateway events",
            icon="sync_problem",
            rows=GatewayEvent.objects.filter(outcome=EventOutcome.FAILED, closed_at=None),
            since="created_at",
            query="work=open",
        ),
    ]


def list_takings(span: Span) -> tuple[Takings, ...]:
    """Paid invoices by the Indian unit they were paid in, empty ones included. One query."""
    unit = span.unit
    rows = (
        Invoice.objects.filter(status=InvoiceStatus.PAID, paid_at__gte=span.begins_at, paid_at__lt=span.ends_at)
        .order_by()
        .values_list(unit.cut("paid_at"))
        .annotate(net=Sum("subtotal"), gst=Sum("tax_amount"), how_many=Count("*"))
    )
    sums: dict[date, tuple[Decimal, Decimal, int]] = {
        india_date(begins_at): (net.quantize(PAISA), gst.quantize(PAISA), count) for begins_at, net, gst, count in rows
    }
    return tuple(Takings(part, *sums.get(first, ())) for first, part in span.parts(unit))
