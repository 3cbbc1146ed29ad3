"""An invoice row on paper: what it says, its hash, its PDF."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from billing.enums import DocumentKind, InvoiceStatus, PaymentStatus
from billing.models import Invoice, InvoiceLine
from billing.pdf import InvoiceDocument, PrintedLine, content_hash, render_invoice
from flashspace.base.clock import today
from flashspace.base.pdf.parties import Party

EXEMPT = "This supply is exempt from GST."


def verification_url(invoice: Invoice) -> str:
    return f"{settings.PUBLIC_URL}/verify/invoice/{invoice.verification_code}"


def print_invoice(
    invoice: Invoice, lines: Sequence[InvoiceLine] | None = None, *, payment_reference: str = ""
) -> InvoiceDocument:
    """What the invoice says, from its row alone: what seller or buyer are called by now does not matter."""
    assert invoice.issued_at is not None
    is_exempt = invoice.kind == DocumentKind.BILL_OF_SUPPLY
    return InvoiceDocument(
        kind=DocumentKind(invoice.kind),
        number=invoice.number or "",
        issued_on=today(invoice.issued_at),
        seller=seller_of(invoice),
        buyer=_buyer(invoice),
        place_of_supply=invoice.place_of_supply,
        lines=tuple(_line(line) for line in (invoice.lines.all() if lines is None else lines)),
        verification_url=verification_url(invoice),
        due_on=today(invoice.due_at) if invoice.due_at else None,
        paid_on=today(invoice.paid_at) if invoice.paid_at else None,
        payment_reference=payment_reference,
        is_cancelled=invoice.status == InvoiceStatus.CANCELLED,
        references=(("Booking", invoice.source_number),) if invoice.source_number else (),
        declarations=(EXEMPT,) if is_exempt else (),
    )


def seller_of(invoice: Invoice) -> Party:
    details = dict(invoice.seller_details)
    return Party(**{**details, "address": tuple(details["address"])})


def _buyer(invoice: Invoice) -> Party:
    address = tuple(filter(None, map(str.strip, invoice.billing_address.splitlines())))
    if invoice.billing_company:
        address = (f"Attn. {invoice.billing_name}", *address)
    return Party(
        name=invoice.billing_company or invoice.billing_name,
        address=address,
        state=invoice.billing_state_code,
        gstin=invoice.billing_gstin,
        email=invoice.billing_email,
    )


def _line(line: InvoiceLine) -> PrintedLine:
    return PrintedLine(
        description=line.description,
        sac=line.sac,
        quantity=line.quantity,
        unit_rate=line.rate,
        taxable=line.taxable,
        tax_percent=line.tax_rate,
        cgst=line.cgst,
        sgst=line.sgst,
        igst=line.igst,
        total=line.total,
    )


def hash_invoice(invoice: Invoice, lines: Sequence[InvoiceLine] | None = None) -> str:
    """SHA-256 of what the invoice says; what happened to it since is no part of it."""
    return content_hash(print_invoice(invoice, lines))


def invoice_pdf(invoice: Invoice) -> bytes:
    # Money that goes back (it came twice, or too late) paid nothing.
    paid = invoice.payments.filter(status=PaymentStatus.COMPLETED, refunds__isnull=True).first()
    return render_invoice(print_invoice(invoice, payment_reference=paid.reference if paid else ""))


def invoice_file_name(invoice: Invoice) -> str:
    return f"{invoice.number}.pdf"


def attach_invoice(id: str) -> tuple[str, bytes, str]:
    """The invoice as a mail's attachment: file name, bytes, media type. Raises Invoice.DoesNotExist."""
    invoice = Invoice.objects.prefetch_related("lines").get(pk=UUID(id))
    return invoice_file_name(invoice), invoice_pdf(invoice), "application/pdf"
