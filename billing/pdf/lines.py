"""The table of an invoice's lines. Which columns it has depends on the tax that was charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph, Table, TableStyle

from billing.pdf.documents import InvoiceDocument
from flashspace.base.pdf.fonts import REGULAR
from flashspace.base.pdf.letterhead import CONTENT_WIDTH
from flashspace.base.pdf.style import (
    CELL,
    HAIRLINE,
    LABEL,
    MUTED,
    RIGHT_CELL,
    RIGHT_LABEL,
    RIGHT_SMALL,
    SMALL,
    percent,
    plain_amount,
    stacked,
    text,
)

PADDING, GAP = 3, 5
NARROW = 40 * mm


@dataclass(frozen=True)
class Column:
    """A head, and for each line what it says with a small note under it. Only the description has no fixed width."""

    head: str
    cells: Sequence[str]
    notes: Sequence[str]
    is_number: bool = True

    @property
    def width(self) -> float:
        texts = [(self.head, LABEL), *((cell, CELL) for cell in self.cells)]
        return max(float(stringWidth(value, REGULAR, style.fontSize)) for value, style in texts) + 2 * PADDING + GAP

    def cell(self, index: int) -> list[Paragraph]:
        return stacked(
            (self.cells[index], RIGHT_CELL if self.is_number else CELL),
            (self.notes[index], RIGHT_SMALL if self.is_number else SMALL),
        )


def line_table(document: InvoiceDocument) -> Table:
    """Heads repeat on every page; a line stands on one page where it can."""
    columns = _columns(document)
    widths = [column.width for column in columns]
    widths[1] = CONTENT_WIDTH - sum(widths) + widths[1]
    head = [text(column.head, RIGHT_LABEL if column.is_number else LABEL) for column in columns]
    return Table(
        [head, *([column.cell(index) for column in columns] for index in range(len(document.lines)))],
        colWidths=widths,
        repeatRows=1,
        splitInRow=int(widths[1] < NARROW),  # else a row could be taller than a page, and nothing printed at all
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, MUTED),
                ("LINEBELOW", (0, 1), (-1, -1), 0.5, HAIRLINE),
                ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
                ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        ),
    )


def _columns(document: InvoiceDocument) -> list[Column]:
    lines = document.lines
    none = [""] * len(lines)
    columns = [
        Column("#", [str(number) for number in range(1, len(lines) + 1)], none, is_number=False),
        Column("Description", [line.description for line in lines], [line.note for line in lines], is_number=False),
        Column("SAC", [line.sac for line in lines], none, is_number=False),
        Column("Qty", [str(line.quantity) for line in lines], none),
        Column("Rate", [plain_amount(line.unit_rate) for line in lines], none),
        Column(document.value_label, [plain_amount(line.taxable) for line in lines], none),
    ]
    for head, amounts, share in (
        ("CGST", [line.cgst for line in lines], 2),
        (document.second_tax, [line.sgst for line in lines], 2),
        ("IGST", [line.igst for line in lines], 1),
    ):
        if any(amounts):
            columns.append(_tax_column(head, amounts, [line.tax_percent / share for line in lines]))
    columns.append(Column("Amount (₹)", [plain_amount(line.total) for line in lines], none))
    return columns


def _tax_column(head: str, amounts: Sequence[Decimal], rates: Sequence[Decimal]) -> Column:
    """The rate stands in the head; of several, under each amount."""
    cells = [plain_amount(amount) for amount in amounts]
    if len(set(rates)) == 1:
        return Column(f"{head} {percent(rates[0])}", cells, [""] * len(cells))
    notes = [percent(rate) if amount else "" for amount, rate in zip(amounts, rates, strict=True)]
    return Column(head, cells, notes)
