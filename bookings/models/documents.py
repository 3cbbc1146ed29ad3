from django.core.files.storage import Storage, storages
from django.db import models

from bookings.enums import DocumentKind
from bookings.models.bookings import Booking
from flashspace.base.models import BaseModel


def private_storage() -> Storage:
    return storages["private"]


def document_path(document: "BookingDocument", filename: str) -> str:
    return f"bookings/{document.booking_id}/{document.id}.pdf"


class BookingDocument(BaseModel):
    """The agreement or the NOC of a booking: a PDF, its hash, and the code that opens its public verification page."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12, choices=DocumentKind)
    number = models.CharField(max_length=24, help_text="As printed: AGR-FS-2026-00042")
    holder = models.CharField(max_length=200, help_text="The client's name as printed")
    file = models.FileField(storage=private_storage, upload_to=document_path, max_length=200)
    sha256 = models.CharField(max_length=64, help_text="Of the file")
    content_hash = models.CharField(max_length=64, help_text="Of what it says; printed on it")
    verification_code = models.CharField(max_length=43, unique=True)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["booking", "kind"], name="booking_document_once")]
        indexes = [
            models.Index(fields=["-issued_at"], name="document_newest"),
            models.Index(fields=["number"], name="document_number", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.booking}"
