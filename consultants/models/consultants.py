from django.conf import settings
from django.db import models
from django.db.models import Q

from consultants.enums import Approval, Subscription
from consultants.names import RESERVED
from flashspace.base.models import BaseModel


class Consultant(BaseModel):
    """What makes an account a consultant's. Name, address and password are the account's own."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consultant")
    slug = models.SlugField(max_length=100, unique=True)
    slug_base = models.CharField(max_length=80, help_text="The slug made at sign-up, without its number")
    slug_number = models.PositiveIntegerField()
    phone_country_code = models.CharField(max_length=5, default="+91")
    phone_number = models.CharField(max_length=15, blank=True)
    personal_session_title = models.CharField(max_length=200, blank=True)
    personal_session_price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    description = models.CharField(max_length=2000, blank=True)
    subscription_plan = models.CharField(max_length=16, choices=Subscription, default=Subscription.FREE)
    subscription_expires_at = models.DateTimeField(null=True, blank=True)
    approval = models.CharField(max_length=12, choices=Approval, default=Approval.PENDING)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    rejection_reason = models.CharField(max_length=500, blank=True)
    is_active = models.BooleanField("active", default=True, help_text="A rejected consultant is not")

    class Meta:
        ordering = ["-created_at"]
        permissions = [("review_consultant", "Can approve and reject consultants")]
        indexes = [
            models.Index(fields=["approval", "-created_at"], name="consultant_approval_newest"),
            models.Index(fields=["-created_at"], name="consultant_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slug_base", "slug_number"], name="consultant_slug_once"),
            models.CheckConstraint(condition=~Q(slug__in=RESERVED), name="consultant_slug_not_reserved"),
            models.CheckConstraint(
                condition=~Q(approval=Approval.APPROVED) | Q(approved_at__isnull=False),
                name="consultant_approved_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(approval=Approval.REJECTED) | Q(is_active=False), name="consultant_rejected_is_inactive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_approved(self) -> bool:
        return self.approval == Approval.APPROVED and self.is_active

    @property
    def is_profile_complete(self) -> bool:
        """What a client has to know before booking: who, how to call, what for, at which price."""
        return self.personal_session_price is not None and all(
            (
                self.user.first_name,
                self.user.last_name,
                self.phone_number,
                self.personal_session_title,
                self.description,
            )
        )
