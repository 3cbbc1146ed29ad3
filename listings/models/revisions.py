from django.conf import settings
from django.db import models
from django.db.models import Q

from flashspace.base.models import BaseModel
from listings.enums import RevisionStatus
from listings.models.spaces import Space


class SpaceRevision(BaseModel):
    """An owner's change of what was approved. One may wait at a time; later edits merge into it."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="revisions")
    changes = models.JSONField(help_text="Proposed values by field; plans under `plans`, by code")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=12, choices=RevisionStatus, default=RevisionStatus.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    list_document = models.TextField(editable=False, default="", help_text="The space as it would be, for its owner")
    document = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = "change by an owner"
        verbose_name_plural = "changes by owners"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["space"], condition=Q(status="pending"), name="one_pending_revision"),
        ]

    def __str__(self) -> str:
        return f"Change of {self.space}"
