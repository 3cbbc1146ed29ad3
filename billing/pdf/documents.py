"""What is printed, as plain data. The renderers read nothing else, so equal data gives equal bytes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.enums import DocumentKind
from flashspace.base.pdf.parties import Party
from flashspace.base.states import all_states

ZERO = Decimal(0)


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

    `paid_on` puts the paid stamp on it, `is_cancelled` the cancelled one. `references` are label and value pairs shown
    beside the dates (booking, period). `declarations` are sentences beside the totals (exemption, zero rating).
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

    @property
    def second_tax(self) -> str:
        """What stands beside CGST where it is supplied."""
        state = all_states().get(self.place_of_supply)
        return (state.second_tax if state else "") or "SGST"

    @property
    def taxable(self) -> Decimal:
        return sum((line.taxable for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def value_label(self) -> str:
        """Nothing on a bill of supply is taxable."""
        return "Value of supply" if self.kind == DocumentKind.BILL_OF_SUPPLY else "Taxable value"
