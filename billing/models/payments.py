from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.enums import EventOutcome, Gateway, PaymentStatus, RefundStatus
from billing.models.invoices import Invoice, rupees
from flashspace.base.models import BaseModel


class Payment(BaseModel):
    """One try to pay an invoice at a gateway. `transaction_id` is what the gateway calls it (an order or an intent)."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=12, choices=Gateway)
    transaction_id = models.CharField(max_length=128)
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
        ]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "transaction_id"], name="payment_transaction_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(completed_at__isnull=False), name="payment_completed_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.transaction_id}"


class GatewayEvent(BaseModel):
    """What a gateway told us, as it was told: committed before it is applied, applied once."""

    gateway = models.CharField(max_length=12, choices=Gateway)
    event_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=64)
    transaction_id = models.CharField(max_length=128, blank=True, db_index=True)
    payload = models.JSONField(default=dict)
    outcome = models.CharField(max_length=12, choices=EventOutcome, default=EventOutcome.RECEIVED)
    note = models.CharField(max_length=300, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], condition=Q(handled_at__isnull=True), name="event_unhandled")]
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind}"


class Refund(BaseModel):
    """Money that goes back, or is owed. A payment's refunds never exceed it."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = rupees()
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=RefundStatus, default=RefundStatus.OWED)
    paid_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=128, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]

    def __str__(self) -> str:
        return f"{self.amount} for {self.payment}"
