from django.conf import settings
from django.db import models

from flashspace.base.models import AppendOnlyModel, new_id


class AuditEntry(AppendOnlyModel):
    """Who did what to which thing, when and from where. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="audit_entries"
    )
    organization = models.ForeignKey(
        "accounts.Organization",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="audit_entries",
        help_text="Whose log it is in, beside ours",
    )
    actor_email = models.CharField(max_length=254, blank=True, help_text="As it was then")
    action = models.CharField(max_length=64)
    target_type = models.CharField(max_length=48)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    network = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["actor", "-at"], name="audit_actor"),
            models.Index(fields=["organization", "-at"], name="audit_organization"),
            models.Index(fields=["target_id"], name="audit_target_id"),
            models.Index(fields=["request_id"], name="audit_request"),
            models.Index(fields=["actor_email"], name="audit_actor_email", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"
