from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.enums import (
    EventMeaning,
    EventOutcome,
    EventSource,
    Gateway,
    PaymentStatus,
    RefundCause,
    RefundStatus,
)
from billing.models.invoices import Invoice, rupees
from flashspace.base.models import BaseModel
from flashspace.base.money import format_rupees


class Payment(BaseModel):
    """One try to pay an invoice at a gateway. `transaction_id` is what the gateway calls it (an order or an intent).

    The row is there before the gateway is asked, so `transaction_id` is empty for a moment.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=12, choices=Gateway)
    transaction_id = models.CharField(max_length=128, blank=True)
    amount = rupees()
    currency = models.CharField(max_length=3, default="INR")
    status = models.CharField(max_length=12, choices=PaymentStatus, default=PaymentStatus.PENDING)
    reference = models.CharField(max_length=128, blank=True, help_text="The gateway's own id of the captured money")
    failure_reason = models.CharField(max_length=300, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="payment_user_newest"),
            models.Index(fields=["created_at"], condition=Q(status="pending"), name="payment_pending"),
            models.Index(fields=["-created_at"], name="payment_newest"),
            models.Index(fields=["status", "-created_at"], name="payment_status_newest"),
            models.Index(fields=["transaction_id"], name="payment_transaction", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["reference"], name="payment_reference", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "transaction_id"], condition=~Q(transaction_id=""), name="payment_transaction_once"
            ),
            models.UniqueConstraint(
                fields=["invoice", "gateway"], condition=Q(status="pending"), name="payment_one_pending"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(completed_at__isnull=False), name="payment_completed_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_gateway_display()} {self.transaction_id}"


class GatewayEvent(BaseModel):
    """What a gateway told us, as it was told: committed before it is applied, applied once.

    A webhook tells it, or the gateway's answer when we ask. `kind` is the gateway's own word, `meaning` ours.
    """

    gateway = models.CharField(max_length=12, choices=Gateway)
    event_id = models.CharField(max_length=160)
    source = models.CharField(max_length=8, choices=EventSource)
    kind = models.CharField(max_length=64)
    meaning = models.CharField(max_length=12, choices=EventMeaning)
    transaction_id = models.CharField(max_length=128, blank=True, db_index=True)
    reference = models.CharField(max_length=128, blank=True, help_text="The gateway's own id of the money")
    amount = rupees(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it failed, in the gateway's words")
    payload = models.JSONField(default=dict)
    outcome = models.CharField(max_length=12, choices=EventOutcome, default=EventOutcome.RECEIVED)
    note = models.CharField(max_length=300, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When a person had dealt with a failed one")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    close_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(handled_at__isnull=True), name="event_unhandled"),
            models.Index(
                fields=["-created_at"], condition=Q(outcome="failed", closed_at__isnull=True), name="event_needs_person"
            ),
            models.Index(fields=["-created_at"], name="event_newest"),
            models.Index(fields=["outcome", "-created_at"], name="event_outcome_newest"),
            models.Index(fields=["reference"], name="event_reference", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["event_id"], name="event_event_id", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | (Q(outcome="failed", closed_by__isnull=False) & ~Q(close_reason="")),
                name="event_closed_with_reason",
            ),
        ]
        permissions = [("close_event", "Can close failed gateway events")]

    def __str__(self) -> str:
        return f"{self.get_gateway_display()} {self.kind}"


class Refund(BaseModel):
    """Money that goes back, or is owed. A payment's refunds never exceed it."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = rupees()
    cause = models.CharField(max_length=12, choices=RefundCause)
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=RefundStatus, default=RefundStatus.OWED)
    paid_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=128, blank=True, help_text="Of the transfer that paid it back")

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(status="owed"), name="refund_owed"),
            models.Index(fields=["status", "created_at"], name="refund_queue"),
            models.Index(fields=["reference"], name="refund_reference", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=~Q(status="paid") | (Q(paid_at__isnull=False) & ~Q(reference="")),
                name="refund_paid_is_proven",
            ),
        ]
        permissions = [("pay_refund", "Can mark refunds as paid back")]

    def __str__(self) -> str:
        return f"{format_rupees(self.amount)} of {self.payment}"
