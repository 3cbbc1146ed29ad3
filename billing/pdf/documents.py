"""What is printed, as plain data. The renderers read nothing else, so equal data gives equal bytes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.enums import DocumentKind
from flashspace.base.pdf.parties import Party


@dataclass(frozen=True)
class PrintedLine:
    """`unit_rate` and `taxable` are without tax; `tax_percent` is the whole rate (18, not 9)."""

    description: str
    sac: str
    quantity: int
    unit_rate: Decimal
    taxable: Decimal
    tax_percent: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    note: str = ""


@dataclass(frozen=True)
class InvoiceDocument:
    """An invoice, bill of supply or credit note. States are GST codes (`27`).

    `paid_on` puts the paid stamp on it, `is_cancelled` the cancelled one. `references` are label and value pairs shown beside the number (booking,
    period, original invoice). `declarations` are sentences under the totals (zero rating, reason of a credit note).
    """

    kind: DocumentKind
    number: str
    issued_on: date
    seller: Party
    buyer: Party
    place_of_supply: str
    lines: tuple[PrintedLine, ...]
    verification_url: str
    due_on: date | None = None
    paid_on: date | None = None
    payment_reference: str = ""
    is_cancelled: bool = False
    references: tuple[tuple[str, str], ...] = ()
    declarations: tuple[str, ...] = ()
    is_reverse_charge: bool = False
