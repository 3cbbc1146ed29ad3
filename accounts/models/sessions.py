from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.enums import EndReason
from flashspace.base.models import BaseModel


class Session(BaseModel):
    """A sign-in. Every access token names one, and every request reads it: ended here is ended at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    organization = models.ForeignKey(
        "accounts.Organization", models.CASCADE, null=True, blank=True, related_name="+", help_text="Signed in to it"
    )
    dialect = models.CharField(max_length=16)
    refresh_hash = models.CharField(max_length=64, help_text="Keyed hash of the id of the live refresh token")
    previous_refresh_hash = models.CharField(max_length=64, blank=True)
    signed_by = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text="Which key signed its last tokens (`kid`)"
    )
    refreshed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    mfa_verified_at = models.DateTimeField(null=True, blank=True, help_text="When the second factor was shown")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=16, choices=EndReason, blank=True)
    network = models.CharField(max_length=64, blank=True, help_text="Client address, or the /64 of an IPv6 one")
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="session_user_newest"),
            models.Index(fields=["expires_at"], name="session_expiry"),
            models.Index(fields=["-created_at"], name="session_newest"),
            models.Index(fields=["network", "-created_at"], name="session_network"),
        ]

    def __str__(self) -> str:
        return f"{self.dialect}, {date_format(localtime(self.created_at), 'j M Y, H:i')}"
