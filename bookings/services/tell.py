"""What the customer hears about a booking: rows in the transaction of what they tell."""

from functools import partial
from uuid import UUID

from accounts.services.mail import Attachment, queue_mail, register_attachment
from accounts.services.notify import notify
from bookings.enums import DocumentKind
from bookings.models import Booking, BookingDocument
from bookings.services.documents import issue_documents, read_document
from bookings.services.papers import kinds_of
from bookings.services.pricing import last_day


def tell_active(booking: Booking) -> None:
    customer = booking.customer
    _notify(booking, "booking.active", f"{booking.number} is active", _place(booking))
    queue_mail(
        to=customer.email,
        user=customer,
        template="booking_active",
        context={
            **_facts(booking),
            "address": booking.snapshot["address"],
            "start_on": booking.start_on,
            "last_on": last_day(booking.end_on, booking.tenure_unit),
        },
        attachments=[(f"booking_{kind}", str(booking.pk)) for kind in kinds_of(booking)],
        dedupe_key=f"booking_active:{booking.pk}",
    )


def tell_expired(booking: Booking) -> None:
    _notify(booking, "booking.expired", f"{booking.number} has ended", _place(booking))


def tell_cancelled(booking: Booking, reason: str) -> None:
    customer = booking.customer
    _notify(booking, "booking.cancelled", f"{booking.number} was cancelled", reason)
    queue_mail(
        to=customer.email, user=customer, template="booking_cancelled", context={**_facts(booking), "reason": reason}
    )


def _notify(booking: Booking, kind: str, title: str, message: str) -> None:
    notify(user=booking.customer, kind=kind, title=title, message=message, data={"bookingId": str(booking.pk)})


def _place(booking: Booking) -> str:
    return f"{booking.plan_name} at {booking.snapshot['name']}"


def _facts(booking: Booking) -> dict[str, object]:
    return {
        "name": booking.customer.get_short_name(),
        "booking_number": booking.number,
        "space_name": booking.snapshot["name"],
    }


def attach_paper(kind: str, booking_id: str) -> Attachment:
    """A paper of the booking as a mail's attachment, made first when the mail is faster than its task.

    Raises BookingDocument.DoesNotExist when the booking ended before its papers were made.
    """
    issue_documents(booking_id=UUID(booking_id))
    document = BookingDocument.objects.select_related("booking").get(booking=UUID(booking_id), kind=kind)
    return f"{kind}-{document.booking.number}.pdf", read_document(document), "application/pdf"


def register_papers() -> None:
    """Agreement and NOC as attachments of the mail that says the booking is active."""
    for kind in DocumentKind.values:
        register_attachment(f"booking_{kind}", partial(attach_paper, kind))
