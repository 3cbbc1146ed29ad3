from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.models import Invoice
from bookings.enums import BookingStatus, CancelReason, TenureUnit, TimelineStatus
from bookings.querysets import BookingQuerySet
from flashspace.base.models import BaseModel
from listings.enums import SpaceKind
from listings.models import Space


class Booking(BaseModel):
    """Seats of a space for a time: from the day `start_on` to the day before `end_on` (half-open)."""

    number = models.CharField(max_length=16, unique=True)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings")
    space = models.ForeignKey(Space, models.PROTECT, related_name="bookings")
    kind = models.CharField(max_length=16, choices=SpaceKind)
    status = models.CharField(max_length=16, choices=BookingStatus, default=BookingStatus.PENDING_PAYMENT)
    plan_code = models.CharField(max_length=12)
    plan_name = models.CharField(max_length=80)
    unit_price = models.DecimalField(
        max_digits=12, decimal_places=2, help_text="Of one, for one month or day, GST included"
    )
    quantity = models.PositiveSmallIntegerField(default=1)
    seats = models.PositiveIntegerField(help_text="Quantity times the plan's seats")
    tenure = models.PositiveSmallIntegerField()
    tenure_unit = models.CharField(max_length=8, choices=TenureUnit, default=TenureUnit.MONTHS)
    total_amount = models.DecimalField(max_digits=12, decimal_places=2)
    start_on = models.DateField()
    end_on = models.DateField(help_text="The first day after it")
    hold_expires_at = models.DateTimeField(help_text="Unpaid, it holds its seats until then")
    grace_given_at = models.DateTimeField(
        null=True, blank=True, help_text="When a payment in flight lengthened the hold"
    )
    auto_renew = models.BooleanField(default=False)
    snapshot = models.JSONField(help_text="Name, address, city, area, image and place of the space when it was booked")
    customer_name = models.CharField(max_length=200, blank=True)
    customer_email = models.CharField(max_length=254, blank=True)
    customer_phone = models.CharField(max_length=32, blank=True)
    notes = models.TextField(blank=True)
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, blank=True, related_name="+", help_text="The first one"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When it was paid")
    activated_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=12, choices=CancelReason, blank=True)
    documents_issued_at = models.DateTimeField(null=True, blank=True, help_text="When agreement and NOC were complete")

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        permissions = [
            ("cancel_any_booking", "Can cancel anybody's booking"),
            ("issue_documents", "Can issue missing documents"),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="booking_customer_newest"),
            models.Index(
                fields=["space", "start_on", "end_on"],
                name="booking_live",
                condition=Q(status__in=["pending_payment", "pending_kyc", "active"]),
            ),
            models.Index(fields=["hold_expires_at"], condition=Q(status="pending_payment"), name="booking_holds"),
            models.Index(fields=["end_on"], condition=Q(status="active"), name="booking_ends"),
            models.Index(
                fields=["activated_at"],
                condition=Q(status="active", documents_issued_at__isnull=True),
                name="booking_without_papers",
            ),
            models.Index(fields=["confirmed_at"], condition=Q(status="pending_kyc"), name="booking_unverified"),
            models.Index(fields=["-created_at"], name="booking_newest"),
            models.Index(fields=["status", "-created_at"], name="booking_status_newest"),
            models.Index(fields=["kind", "-created_at"], name="booking_kind_newest"),
            models.Index(fields=["customer_phone"], name="booking_phone"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="booking_ends_after_start"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, seats__gt=0, tenure__gt=0), name="booking_counts_positive"
            ),
            models.CheckConstraint(condition=Q(total_amount__gte=0), name="booking_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(activated_at__isnull=False), name="booking_active_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="expired") | Q(expired_at__isnull=False), name="booking_expired_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | Q(cancelled_at__isnull=False), name="booking_cancelled_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["pending_kyc", "active", "expired"]) | Q(confirmed_at__isnull=False),
                name="booking_paid_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TimelineEntry(models.Model):
    """What happened to a booking, in order. Written with the change it tells of."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="timeline")
    status = models.CharField(max_length=20, choices=TimelineStatus)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["status", "-id"], name="timeline_status_newest")]
        ordering = ["id"]  # written under the booking's lock, so ids tell the order even where servers' clocks differ
        verbose_name_plural = "timeline"

    def __str__(self) -> str:
        return self.get_status_display()
