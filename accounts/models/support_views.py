from django.conf import settings
from django.db import models
from django.db.models import Q

from flashspace.base.models import BaseModel


class SupportView(BaseModel):
    """A colleague looks at what a customer sees, and changes nothing.

    `session` is the customer's, read only; it is good for as long as `staff_session`, the colleague's own, is.
    """

    session = models.OneToOneField("accounts.Session", models.CASCADE, related_name="support_view")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    staff_session = models.ForeignKey("accounts.Session", models.CASCADE, related_name="support_views")
    reason = models.CharField(max_length=500)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When the audit log was told of its end")

    class Meta:
        ordering = ["-created_at"]
        permissions = [("impersonate_user", "Can see what a customer sees, read only")]
        indexes = [
            models.Index(fields=["-created_at"], name="support_view_newest"),
            models.Index(fields=["created_at"], condition=Q(closed_at=None), name="support_view_open"),
        ]

    def __str__(self) -> str:
        return f"Look of {self.staff}"
