"""What anybody who holds a paper may learn from us about it."""

from dataclasses import dataclass
from datetime import date, timedelta

from bookings.enums import BookingStatus
from bookings.models import BookingDocument
from flashspace.base.clock import india_date, today

DOT = "•"


@dataclass(frozen=True)
class Proof:
    """`state` is active, upcoming, expired or cancelled. The holder's name is enough to recognise, not to learn it."""

    title: str
    number: str
    booking_number: str
    state: str
    premises: str
    address: str
    holder: str
    start_on: date
    last_on: date
    issued_on: date
    sha256: str
    content_hash: str


def find_document_by_code(code: str) -> BookingDocument | None:
    """None for a code that we never gave out."""
    return BookingDocument.objects.select_related("booking").filter(verification_code=code).first()


def verify_document(document: BookingDocument) -> Proof:
    booking = document.booking
    return Proof(
        title=document.get_kind_display(),
        number=document.number,
        booking_number=booking.number,
        state=_state(document, today()),
        premises=booking.snapshot["name"],
        address=booking.snapshot["address"],
        holder=mask_name(document.holder),
        start_on=booking.start_on,
        last_on=booking.end_on - timedelta(days=1),
        issued_on=india_date(document.issued_at),
        sha256=document.sha256,
        content_hash=document.content_hash,
    )


def _state(document: BookingDocument, day: date) -> str:
    booking = document.booking
    if booking.status == BookingStatus.CANCELLED:
        return "cancelled"
    if booking.status == BookingStatus.EXPIRED or booking.end_on <= day:
        return "expired"
    return "upcoming" if day < booking.start_on else "active"


def mask_name(name: str) -> str:
    """`Talenode A•••••••• P•• L••`: the first word, and the others by their first letter."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(word[0] + DOT * (len(word) - 1) for word in rest)])
