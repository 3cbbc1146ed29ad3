"""The paper of an invoice or a bill of supply."""

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Paragraph, Spacer, Table, TableStyle

from billing.pdf.documents import ZERO, InvoiceDocument
from billing.pdf.hashing import content_hash
from billing.pdf.lines import PADDING, line_table
from billing.words import amount_in_words
from flashspace.base.pdf.letterhead import CONTENT_WIDTH, Sheet, print_sheets
from flashspace.base.pdf.marks import stamp
from flashspace.base.pdf.style import (
    ACCENT,
    BODY,
    GREEN,
    HAIRLINE,
    LABEL,
    RED,
    RIGHT,
    RIGHT_STRONG,
    SMALL,
    STRONG,
    TINT,
    long_date,
    party_lines,
    percent,
    rupees,
    state_label,
    text,
)

TOTALS_WIDTH = 78 * mm


def render_invoice(document: InvoiceDocument) -> bytes:
    """The PDF of an invoice. Equal documents give equal bytes."""
    sheet = Sheet(
        title=document.kind.label,
        number=document.number,
        copy="Original for recipient",
        author=document.seller.name,
        verification_url=document.verification_url,
        foot=(
            f"Issued electronically by {document.seller.name}. It needs no signature.",
            "Scan the code or open this address to see that it is genuine:",
            document.verification_url,
            f"SHA-256 {content_hash(document)}",
        ),
    )
    story: list[Flowable] = [
        _facts(document),
        Spacer(0, 7 * mm),
        _parties(document),
        Spacer(0, 8 * mm),
        line_table(document),
        Spacer(0, 5 * mm),
        CondPageBreak(40 * mm),
        KeepTogether(_closing(document)),
    ]
    return print_sheets(sheet, story)


def _facts(document: InvoiceDocument) -> Table:
    """The strip under the head: dates, place of supply, references."""
    facts = [("Date of issue", long_date(document.issued_on))]
    if document.due_on:
        facts.append(("Due on", long_date(document.due_on)))
    facts += [("Place of supply", state_label(document.place_of_supply)), *document.references]
    cells = [[text(label, LABEL), text(value, STRONG)] for label, value in facts]
    columns = min(len(cells), 4)
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    rows[-1] += [[]] * (columns - len(rows[-1]))
    return Table(
        rows,
        colWidths=[CONTENT_WIDTH / columns] * columns,
        style=TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), TINT),
                ("ROUNDEDCORNERS", [5, 5, 5, 5]),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        ),
    )


def _parties(document: InvoiceDocument) -> Table:
    return Table(
        [
            [text("Sold by", LABEL), text("Billed to", LABEL)],
            [party_lines(document.seller), party_lines(document.buyer)],
        ],
        colWidths=[CONTENT_WIDTH / 2] * 2,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("LEFTPADDING", (1, 0), (1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        ),
    )


def _closing(document: InvoiceDocument) -> Table:
    """Words, payment and stamp on the left, the sums on the right."""
    return Table(
        [[_remarks(document), _totals(document)]],
        colWidths=[CONTENT_WIDTH - TOTALS_WIDTH, TOTALS_WIDTH],
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (0, 0), 8 * mm),
                ("RIGHTPADDING", (1, 0), (1, 0), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
            ]
        ),
    )


def _remarks(document: InvoiceDocument) -> list[Flowable]:
    parts: list[Flowable] = [
        text("Total in words", LABEL),
        text(amount_in_words(document.total), BODY),
        Spacer(0, 3 * mm),
        text(f"Tax payable on reverse charge: {'Yes' if document.is_reverse_charge else 'No'}", SMALL),
        *(text(sentence, SMALL) for sentence in document.declarations),
    ]
    if document.payment_reference:
        parts.append(text(f"Payment reference: {document.payment_reference}", SMALL))
    if document.is_cancelled:
        parts += [Spacer(0, 4 * mm), stamp("CANCELLED", document.number, RED)]
    elif document.paid_on:
        parts += [Spacer(0, 4 * mm), stamp("PAID", f"on {long_date(document.paid_on)}", GREEN)]
    return parts


def _totals(document: InvoiceDocument) -> Table:
    rows = [[text(document.value_label, BODY), text(rupees(document.taxable), RIGHT)], *_tax_rows(document)]
    total = len(rows)
    rows.append([text("Total", STRONG), text(rupees(document.total), RIGHT_STRONG)])
    if not document.is_cancelled:
        rows += _balance_rows(document)
    return Table(
        rows,
        colWidths=[TOTALS_WIDTH * 0.5, TOTALS_WIDTH * 0.5],
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 3.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
                ("RIGHTPADDING", (1, 0), (1, -1), PADDING),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, HAIRLINE),
                ("LINEABOVE", (0, total), (-1, total), 1.2, ACCENT),
                ("BACKGROUND", (0, total), (-1, total), TINT),
            ]
        ),
    )


def _balance_rows(document: InvoiceDocument) -> list[list[Paragraph]]:
    paid = document.total if document.paid_on else ZERO
    return [
        [text("Paid", BODY), text(rupees(paid), RIGHT)],
        [text("Balance due", BODY), text(rupees(document.total - paid), RIGHT)],
    ]


def _tax_rows(document: InvoiceDocument) -> list[list[Paragraph]]:
    """A row for each tax and rate that was charged."""
    rows = []
    for rate in sorted({line.tax_percent for line in document.lines}):
        lines = [line for line in document.lines if line.tax_percent == rate]
        for name, part, amount in (
            ("CGST", rate / 2, sum((line.cgst for line in lines), ZERO)),
            (document.second_tax, rate / 2, sum((line.sgst for line in lines), ZERO)),
            ("IGST", rate, sum((line.igst for line in lines), ZERO)),
        ):
            if amount:
                rows.append([text(f"{name} at {percent(part)}", BODY), text(rupees(amount), RIGHT)])
    return rows
