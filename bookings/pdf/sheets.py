"""What agreement and NOC have in common: the sheet with the hash in its foot, particulars, signatures."""

from collections.abc import Sequence
from datetime import date

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from bookings.pdf.documents import AgreementDocument, NocDocument
from bookings.pdf.hashing import content_hash
from flashspace.base.pdf.letterhead import CONTENT_WIDTH, Sheet
from flashspace.base.pdf.parties import Party
from flashspace.base.pdf.style import BODY, HAIRLINE, INK, LABEL, SMALL, STRONG, long_date, party_lines, stacked, text


def sheet_of(document: AgreementDocument | NocDocument, title: str) -> Sheet:
    return Sheet(
        title=title,
        number=document.number,
        author=document.licensor.name,
        verification_url=document.verification_url,
        foot=(
            "Genuine if the address behind the code shows this number and this content hash:",
            document.verification_url,
            f"SHA-256 {content_hash(document)}",
        ),
    )


def particulars(rows: Sequence[tuple[str, Sequence[Flowable]]]) -> Table:
    """Label on the left, what it is on the right."""
    return Table(
        [[text(label, LABEL), list(cell)] for label, cell in rows],
        colWidths=[36 * mm, CONTENT_WIDTH - 36 * mm],
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, HAIRLINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (0, -1), 7),  # labels are smaller: lower them to the same line
                ("TOPPADDING", (1, 0), (1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        ),
    )


def parties(*sides: tuple[str, Party]) -> Table:
    """Who the paper is between, side by side."""
    return Table(
        [[text(role, LABEL) for role, _ in sides], [party_lines(party) for _, party in sides]],
        colWidths=[CONTENT_WIDTH / 2] * 2,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        ),
    )


def premises_lines(document: AgreementDocument | NocDocument) -> list[Flowable]:
    return stacked((document.premises.name, STRONG), (document.premises.full_address, BODY))


def signatures(signers: Sequence[tuple[str, Party, str]], issued_on: date) -> Flowable:
    """A block for each of (role, party, manner of signing), side by side, on one page."""
    blocks = [
        stacked(
            (f"For {role}", LABEL),
            (party.name, STRONG),
            (party.represented_by, BODY),
            (f"{manner} on {long_date(issued_on)}", SMALL),
        )
        for role, party, manner in signers
    ]
    width = CONTENT_WIDTH / 2
    style = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEABOVE", (0, 0), (0, 0), 0.8, INK),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
        ]
    )
    if len(blocks) > 1:
        style.add("LINEABOVE", (2, 0), (2, 0), 0.8, INK)
        row, widths = [blocks[0], "", blocks[1]], [width - 6 * mm, 12 * mm, width - 6 * mm]
    else:
        row, widths = [blocks[0]], [width - 6 * mm]
    return KeepTogether([Spacer(0, 10 * mm), Table([row], colWidths=widths, hAlign="LEFT", style=style)])
