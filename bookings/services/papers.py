"""What agreement and NOC of a booking say, gathered from booking, invoice and KYC case."""

from collections.abc import Callable
from datetime import date

from django.conf import settings

from accounts.models import KycProfile, User
from billing.services.papers import seller_of
from bookings.enums import DocumentKind
from bookings.models import Booking
from bookings.pdf import AgreementDocument, NocDocument, Premises, render_agreement, render_noc
from flashspace.base.pdf.parties import Party
from listings.enums import PlanCode, SpaceKind

Paper = AgreementDocument | NocDocument


def has_registration(booking: Booking) -> bool:
    """A virtual office may be registered as a place of business, unless only its mail is used."""
    return booking.kind == SpaceKind.VIRTUAL_OFFICE and booking.plan_code != PlanCode.MAILING


def kinds_of(booking: Booking) -> tuple[DocumentKind, ...]:
    """The papers that a booking has: everybody an agreement, who registers the address a NOC."""
    return (DocumentKind.AGREEMENT, DocumentKind.NOC) if has_registration(booking) else (DocumentKind.AGREEMENT,)


def verification_url(code: str) -> str:
    return f"{settings.PUBLIC_URL}/verify/document/{code}"


def make_agreement(booking: Booking, *, code: str, on: date) -> AgreementDocument:
    invoice = booking.invoice
    assert invoice is not None
    return AgreementDocument(
        booking_number=booking.number,
        issued_on=on,
        licensor=seller_of(invoice),
        client=_client(booking.customer),
        premises=_premises(booking),
        kind=SpaceKind(booking.kind),
        plan=booking.plan_name,
        seats=booking.seats,
        start_on=booking.start_on,
        end_on=booking.end_on,
        fee=booking.total_amount,
        invoice_number=invoice.number or "",
        has_registration=has_registration(booking),
        is_auto_renewed=booking.auto_renew,
        verification_url=verification_url(code),
    )


def make_noc(booking: Booking, *, code: str, on: date) -> NocDocument:
    invoice = booking.invoice
    assert invoice is not None
    return NocDocument(
        booking_number=booking.number,
        issued_on=on,
        licensor=seller_of(invoice),
        client=_client(booking.customer),
        premises=_premises(booking),
        start_on=booking.start_on,
        end_on=booking.end_on,
        verification_url=verification_url(code),
    )


def _agreement_pdf(booking: Booking, code: str, on: date) -> tuple[Paper, bytes]:
    paper = make_agreement(booking, code=code, on=on)
    return paper, render_agreement(paper)


def _noc_pdf(booking: Booking, code: str, on: date) -> tuple[Paper, bytes]:
    paper = make_noc(booking, code=code, on=on)
    return paper, render_noc(paper)


# kind -> (booking, code, day of issue) -> what it says and its PDF
PRINTERS: dict[str, Callable[[Booking, str, date], tuple[Paper, bytes]]] = {
    DocumentKind.AGREEMENT: _agreement_pdf,
    DocumentKind.NOC: _noc_pdf,
}


def _client(customer: User) -> Party:
    """The company of the KYC case, represented by the person; the person where there is no company."""
    case = KycProfile.objects.filter(user=customer).first() or KycProfile()
    return Party(
        name=case.company_name or customer.full_name or customer.email,
        address=tuple(case.registered_address.splitlines()),
        state=case.gstin[:2],
        gstin=case.gstin,
        pan=case.pan,
        cin=case.cin,
        email=customer.email,
        phone=customer.phone,
        represented_by=customer.full_name if case.company_name else "",
    )


def _premises(booking: Booking) -> Premises:
    was = booking.snapshot
    return Premises(
        name=was["name"], address=was["address"], city=was["city"], state=was["stateCode"], pincode=was["pincode"]
    )
