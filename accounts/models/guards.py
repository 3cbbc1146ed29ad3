"""Rows that keep guard: exact under parallel load, and not lost with a cache."""

from django.conf import settings
from django.db import models

from accounts.enums import TokenPurpose
from flashspace.base.models import BaseModel


class Budget(models.Model):
    """How often something was done in the window that ends at `resets_at`. Moved only by one atomic upsert."""

    name = models.CharField(max_length=64)
    key = models.CharField(max_length=64, help_text="Keyed hash of an address or an account")
    count = models.PositiveIntegerField(default=0)
    resets_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="budget_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


class OtpChallenge(BaseModel):
    """The one live code of an e-mail address or phone, and its wrong tries, which a new code does not forgive."""

    identifier = models.CharField(max_length=254, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="otp_challenges")
    code_hash = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.identifier


class OneTimeToken(BaseModel):
    """A link's secret, hashed, good for one purpose."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="one_time_tokens")
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, null=True, related_name="+")
    session = models.ForeignKey("accounts.Session", models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=24, choices=TokenPurpose)
    email = models.EmailField(max_length=254, blank=True, help_text="The address that it confirms, where it names one")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "purpose"], name="token_user_purpose")]

    def __str__(self) -> str:
        return self.get_purpose_display()


class IdempotencyKey(models.Model):
    """The answer to a POST, kept 24 hours so that a retry gets the same one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    leased_until = models.DateTimeField(help_text="A request that was killed frees its key then")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
