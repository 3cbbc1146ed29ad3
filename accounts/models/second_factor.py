"""What proves a sign-in besides the password. The confirmed TOTP itself is allauth's row, `mfa.Authenticator`."""

from django.conf import settings
from django.db import models

from flashspace.base.ciphertext import CiphertextField
from flashspace.base.models import BaseModel


class TotpSetup(BaseModel):
    """A secret that its owner has not confirmed with a code yet: it opens nothing.

    Only the sign-in that began it sees it and may confirm it: else somebody who knows the password could hold the
    secret that its owner sets up.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="totp_setups")
    begun_by = models.UUIDField(null=True, help_text="A session, or a sign-in that waits for this")
    secret = CiphertextField(max_length=255, help_text="Encrypted")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "TOTP set-up"
        constraints = [models.UniqueConstraint(fields=["user", "begun_by"], name="totp_setup_once_a_sign_in")]

    def __str__(self) -> str:
        return f"set-up of {self.user}"


class BackupCode(BaseModel):
    """One of the ten codes for the day the phone is lost. Hashed: nobody reads it a second time.

    Its owner keeps it for years, longer than any key: so the hash needs no key but is encrypted, which
    `reencrypt_fields` can do again under another one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="backup_codes")
    code_hash = CiphertextField(max_length=255)
    hint = models.CharField(max_length=2, help_text="Its last two digits, so that the owner can strike it out on paper")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"•••••-•••{self.hint}"
