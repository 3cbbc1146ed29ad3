from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from accounts.enums import DocumentStatus, DocumentType, KycStatus
from flashspace.base.models import BaseModel, new_id


def private_storage() -> Storage:
    return storages["private"]


def document_path(document: "KycDocument", filename: str) -> str:
    """A random name: what a stranger called the file is nobody's path."""
    return f"kyc/{document.profile_id}/{new_id()}{PurePath(filename).suffix.lower()}"


class KycProfile(BaseModel):
    """A person's KYC case: who they are in business, and what a reviewer decided."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="kyc")
    status = models.CharField(max_length=16, choices=KycStatus, default=KycStatus.NOT_STARTED)
    company_name = models.CharField(max_length=200, blank=True)
    company_type = models.CharField(max_length=60, blank=True)
    gstin = models.CharField("GSTIN", max_length=15, blank=True)
    pan = models.CharField("PAN", max_length=10, blank=True)
    cin = models.CharField("CIN", max_length=21, blank=True)
    registered_address = models.CharField(max_length=500, blank=True)
    warnings = models.JSONField(default=list, blank=True, help_text="What a reviewer should look at twice")
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="When it began to wait for review")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="kyc_decisions"
    )
    reason = models.TextField(blank=True, help_text="Told to the person when rejected or asked again")

    class Meta:
        verbose_name = "KYC case"
        ordering = ["submitted_at"]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="kyc_queue"),
            models.Index(fields=["gstin"], name="kyc_gstin", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pan"], name="kyc_pan", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["cin"], name="kyc_cin", opclasses=["varchar_pattern_ops"]),
        ]
        permissions = [
            ("review_kyc", "Can review KYC cases"),
            ("open_kyc_document", "Can open KYC documents"),
            ("view_identity_numbers", "Can view PAN and bank numbers in full"),
        ]

    def __str__(self) -> str:
        return f"KYC of {self.user}"


class KycDocument(BaseModel):
    """One paper of a case. A newer one of the same type supersedes it; nothing is overwritten."""

    profile = models.ForeignKey(KycProfile, models.CASCADE, related_name="documents")
    type = models.CharField(max_length=24, choices=DocumentType)
    name = models.CharField(max_length=150)
    status = models.CharField(max_length=16, choices=DocumentStatus, default=DocumentStatus.PENDING)
    file = models.FileField(storage=private_storage, upload_to=document_path, max_length=200, blank=True)
    file_url = models.CharField(max_length=1000, blank=True, help_text="A reference; never fetched by the server")
    content_type = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    uploaded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="kyc_document_decisions"
    )
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = "KYC document"
        ordering = ["uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "type"], condition=Q(superseded_at__isnull=True), name="kyc_one_current_document"
            ),
            models.CheckConstraint(condition=~Q(file="") | ~Q(file_url=""), name="kyc_document_has_content"),
        ]

    def __str__(self) -> str:
        """Not the name: people type numbers into it, and this goes into the audit log and the heads of pages."""
        return str(self.get_type_display())
