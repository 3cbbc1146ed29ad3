"""The client agreement of a booking."""

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from bookings.pdf.clauses import agreement_sections, agreement_title
from bookings.pdf.documents import AgreementDocument
from bookings.pdf.sheets import particulars, parties, premises_lines, sheet_of, signatures
from flashspace.base.pdf.fonts import REGULAR
from flashspace.base.pdf.letterhead import print_sheets
from flashspace.base.pdf.style import BODY, HEADING, MUTED, PROSE, STRONG, long_date, rupees, stacked, text

CLAUSE = ParagraphStyle(
    "clause",
    PROSE,
    fontSize=8.8,
    leading=12.3,
    leftIndent=9 * mm,
    spaceAfter=2.5,
    allowWidows=0,
    allowOrphans=0,
    bulletFontName=REGULAR,
    bulletFontSize=8.8,
    bulletColor=MUTED,
)


def render_agreement(document: AgreementDocument) -> bytes:
    """The PDF of an agreement. Equal documents give equal bytes."""
    title = agreement_title(document)
    story: list[Flowable] = [
        text(
            f"Made on {long_date(document.issued_on)} between the parties below, for booking {document.booking_number}."
        ),
        Spacer(0, 5 * mm),
        parties(("The “Provider”", document.licensor), ("The “Client”", document.client)),
        Spacer(0, 4 * mm),
        _particulars(document),
        Spacer(0, 3 * mm),
    ]
    for number, section in enumerate(agreement_sections(document), start=1):
        story.append(text(f"{number}.  {section.title}", HEADING))
        story += [
            text(clause, CLAUSE, bullet=f"{number}.{part}") for part, clause in enumerate(section.clauses, start=1)
        ]
    story.append(
        signatures(
            [
                ("the Provider", document.licensor, "Issued electronically"),
                ("the Client", document.client, "Accepted electronically"),
            ],
            document.issued_on,
        )
    )
    return print_sheets(sheet_of(document, title), story)


def _particulars(document: AgreementDocument) -> Flowable:
    seats = f"{document.seats} {'seat' if document.seats == 1 else 'seats'}"
    term = f"{long_date(document.start_on)} to {long_date(document.last_on)}"
    return particulars(
        [
            ("The “Premises”", premises_lines(document)),
            ("Plan", stacked((f"{document.plan}, {seats}", STRONG))),
            ("The “Term”", stacked((term, STRONG))),
            ("Fee", stacked((f"{rupees(document.fee)} for the Term, paid under {document.invoice_number}", BODY))),
        ]
    )
