"""What staff keep for themselves: notes about a person or a booking, and the lists they come back to."""

from django.conf import settings
from django.db import models

from flashspace.base.clock import now
from flashspace.base.models import AppendOnlyModel, BaseModel, new_id


class StaffNote(AppendOnlyModel):
    """What a colleague wrote down. Never shown to customers, never changed: what was wrong is put right by another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=now)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    target_type = models.CharField(max_length=48)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=200, help_text="As it was called then")
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "-at"], name="note_target_newest"),
            models.Index(fields=["-at", "-id"], name="note_newest"),
        ]

    def __str__(self) -> str:
        return f"Note on {self.target_label}"


class SavedFilter(BaseModel):
    """A list as somebody wants to see it again: which filters, which search, which order."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=64, help_text="The model whose list it is: bookings.booking")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField("shared", default=False, help_text="All colleagues see it")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_filter_once")]
        indexes = [models.Index(fields=["page"], condition=models.Q(is_shared=True), name="saved_filter_shared")]

    def __str__(self) -> str:
        return self.name
