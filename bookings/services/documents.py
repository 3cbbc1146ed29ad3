"""Issuing agreement and NOC: printed and stored outside any transaction, then one row for each, once."""

import hashlib
import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError

from bookings.enums import BookingStatus
from bookings.exceptions import BookingUnknown, DocumentDamaged
from bookings.models import Booking, BookingDocument
from bookings.pdf import content_hash
from bookings.services.papers import PRINTERS, kinds_of
from flashspace.base.clock import now, today
from flashspace.base.crypto import new_token
from flashspace.base.locks import atomic
from flashspace.base.queue import enqueue
from flashspace.base.sweeps import Sweep

log = logging.getLogger(__name__)

# A booking that has just begun has its own task on the way; the sweep leaves it alone for a moment.
GRACE = timedelta(minutes=1)


def request_documents(booking: Booking) -> None:
    """Have the papers made after commit; where no broker hears it, the sweep finds the booking."""
    from bookings.tasks import task_issue_documents  # the task calls this module

    enqueue(task_issue_documents, booking_id=str(booking.pk))


def issue_documents(*, booking_id: UUID) -> list[BookingDocument]:
    """Make what a booking that began lacks of its papers, and return it. Safe to repeat and to run twice at once.

    Raises BookingUnknown.
    """
    booking = Booking.objects.select_related("customer", "invoice").filter(pk=booking_id).first()
    if booking is None:
        raise BookingUnknown
    if booking.status not in (BookingStatus.ACTIVE, BookingStatus.EXPIRED):
        return []
    present = set(booking.documents.values_list("kind", flat=True))
    made = [_issue(booking, kind) for kind in kinds_of(booking) if kind not in present]
    Booking.objects.filter(pk=booking.pk, documents_issued_at__isnull=True).update(documents_issued_at=now())
    return [document for document in made if document]


def _issue(booking: Booking, kind: str) -> BookingDocument | None:
    """None when somebody else was faster; the file that nobody needs is taken away again."""
    at, code = now(), new_token()
    paper, pdf = PRINTERS[kind](booking, code, today(at))
    document = BookingDocument(
        booking=booking,
        kind=kind,
        number=paper.number,
        holder=paper.client.name,
        sha256=hashlib.sha256(pdf).hexdigest(),
        content_hash=content_hash(paper),
        verification_code=code,
        issued_at=at,
    )
    document.file.save(f"{kind}.pdf", ContentFile(pdf), save=False)
    try:
        with atomic():
            document.save(force_insert=True)
    except IntegrityError:
        document.file.delete(save=False)
        return None
    return document


def read_document(document: BookingDocument) -> bytes:
    """The PDF as it was issued. Raises DocumentDamaged when the file is gone or another."""
    try:
        with document.file.open("rb") as file:
            pdf: bytes = file.read()
    except OSError:
        pdf = b""
    if hashlib.sha256(pdf).hexdigest() != document.sha256:
        log.error("the file of document %s is damaged", document.pk)
        raise DocumentDamaged
    return pdf


def list_without_documents(at: datetime) -> list[UUID]:
    waiting = Booking.objects.filter(
        status=BookingStatus.ACTIVE, documents_issued_at__isnull=True, activated_at__lte=at - GRACE
    )
    return list(waiting.order_by("activated_at").values_list("pk", flat=True)[:500])


def _issue_missing(id: UUID, at: datetime) -> bool:
    return bool(issue_documents(booking_id=id))


ISSUE_MISSING = Sweep("bookings.issue_missing_documents", find=list_without_documents, apply=_issue_missing)
