"""An invoice's life but for its payment. All but the sweep run inside the caller's transaction, locks above held."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from billing.enums import INVOICE_TRANSITIONS, InvoiceStatus
from billing.exceptions import InvoiceUnknown
from billing.models import Invoice, InvoiceLine, SellerEntity
from billing.services.buyers import Buyer, find_buyer
from billing.services.numbers import take_number
from billing.services.papers import hash_invoice
from billing.services.sellers import choose_seller, describe_seller
from billing.tax import LineIn, TaxedInvoice, TaxedLine, buyer_kind, compute_invoice, place_of_supply
from flashspace.base.clock import now, today
from flashspace.base.crypto import new_token
from flashspace.base.locks import atomic, lock_row
from flashspace.base.sweeps import Sweep
from flashspace.base.transitions import check_transition

NUMBER_WIDTH = 4


def issue_invoice(
    *,
    customer: User,
    source_type: str,
    source_id: UUID,
    description: str,
    lines: Sequence[LineIn],
    property_state: str,
    source_number: str = "",
    due_at: datetime | None = None,
    at: datetime | None = None,
) -> Invoice:
    """Issue an invoice for one thing and take its number, the last lock of the caller's transaction.

    The tax is that of the day, the seller that of `property_state` (the GST code of the space's state). `at` backdates
    for demonstrations. Raises NoSeller; NoTaxRule, ValueError and KeyError for lines that no law knows.
    """
    seller, buyer = choose_seller(property_state), find_buyer(customer)
    began_at = at or now()
    taxed = _tax(lines, seller=seller, buyer=buyer, property_state=property_state, on=today(began_at))
    number = take_number(seller.invoice_prefix, on=today(began_at), width=NUMBER_WIDTH)
    # Read again under the counter's lock, so that numbers ascend with time; unless it was New Year while we waited.
    issued_at = at or now()
    if today(issued_at).year != today(began_at).year:
        issued_at = began_at
    invoice = Invoice(
        number=number,
        kind=taxed.document_kind,
        status=InvoiceStatus.PENDING,
        customer=customer,
        source_type=source_type,
        source_id=source_id,
        source_number=source_number,
        description=description,
        seller=seller,
        seller_details=describe_seller(seller),
        billing_name=buyer.name,
        billing_company=buyer.company,
        billing_gstin=buyer.gstin,
        billing_address=buyer.address,
        billing_state_code=buyer.state,
        billing_email=buyer.email,
        place_of_supply=taxed.place_of_supply,
        subtotal=taxed.taxable,
        tax_rate=taxed.rate,
        cgst=taxed.cgst,
        sgst=taxed.sgst,
        igst=taxed.igst,
        tax_amount=taxed.tax,
        total=taxed.total,
        issued_at=issued_at,
        due_at=due_at,
        verification_code=new_token(),
    )
    rows = [_line(invoice, position, line) for position, line in enumerate(taxed.lines, start=1)]
    invoice.content_hash = hash_invoice(invoice, rows)
    invoice.save(force_insert=True)
    InvoiceLine.objects.bulk_create(rows)
    return invoice


def _tax(lines: Sequence[LineIn], *, seller: SellerEntity, buyer: Buyer, property_state: str, on: date) -> TaxedInvoice:
    kind = buyer_kind(gstin=buyer.gstin, seller_state=seller.state_code)
    places = {
        place_of_supply(
            service=line.service,
            buyer=kind,
            seller_state=seller.state_code,
            property_state=property_state,
            buyer_state=buyer.state,
        )
        for line in lines
    }
    if len(places) != 1:
        raise ValueError(f"one invoice, one place of supply: {sorted(places)}")
    return compute_invoice(lines=lines, seller_state=seller.state_code, place_of_supply=places.pop(), on=on, buyer=kind)


def _line(invoice: Invoice, position: int, line: TaxedLine) -> InvoiceLine:
    return InvoiceLine(
        invoice=invoice,
        position=position,
        description=line.description,
        sac=line.sac,
        rule_id=line.rule_id,
        quantity=line.quantity,
        rate=line.unit_taxable,
        taxable=line.taxable,
        tax_rate=line.rate,
        cgst=line.cgst,
        sgst=line.sgst,
        igst=line.igst,
        total=line.total,
    )


def lock_invoice(invoice_id: UUID) -> Invoice:
    """The invoice, locked until the transaction ends. Raises InvoiceUnknown."""
    try:
        return lock_row(Invoice.objects.all(), pk=invoice_id)
    except Invoice.DoesNotExist:
        raise InvoiceUnknown from None


def cancel_invoice(*, invoice_id: UUID, at: datetime) -> Invoice:
    """What it bills will not be had: nothing is owed, and it keeps its number. Raises IllegalTransition if paid."""
    invoice = lock_invoice(invoice_id)
    move_invoice(invoice, to=InvoiceStatus.CANCELLED, at=at)
    return invoice


def revive_invoice(invoice: Invoice, *, at: datetime) -> None:
    """Money came for a cancelled invoice, and what it bills can still be had. The caller holds its lock."""
    move_invoice(invoice, to=InvoiceStatus.PENDING, at=at)


def move_invoice(invoice: Invoice, *, to: InvoiceStatus, at: datetime) -> None:
    """The one place where an invoice's status changes. The caller holds its lock. Raises IllegalTransition."""
    check_transition(INVOICE_TRANSITIONS, thing="invoice", current=invoice.status, wanted=to)
    invoice.status = to
    invoice.paid_at = at if to == InvoiceStatus.PAID else None
    invoice.cancelled_at = at if to == InvoiceStatus.CANCELLED else None
    invoice.save(update_fields=["status", "paid_at", "cancelled_at", "updated_at"])


def list_due(at: datetime) -> list[UUID]:
    """Unpaid invoices whose day has come."""
    due = Invoice.objects.filter(status=InvoiceStatus.PENDING, due_at__lte=at)
    return list(due.order_by("due_at", "pk").values_list("pk", flat=True))


def mark_invoice_overdue(id: UUID, at: datetime) -> bool:
    """False when it was paid, cancelled or marked meanwhile."""
    with atomic():
        invoice = lock_invoice(id)
        if invoice.status != InvoiceStatus.PENDING or invoice.due_at is None or invoice.due_at > at:
            return False
        move_invoice(invoice, to=InvoiceStatus.OVERDUE, at=at)
        return True


MARK_OVERDUE = Sweep("billing.mark_overdue", find=list_due, apply=mark_invoice_overdue)
