"""The client agreement of a booking."""

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from bookings.pdf.clauses import agreement_sections, title_of
from bookings.pdf.documents import AgreementDocument
from bookings.pdf.sheets import particulars, premises_lines, sheet_of, signatures
from flashspace.base.pdf.letterhead import print_sheets
from flashspace.base.pdf.style import BODY, HEADING, PROSE, STRONG, long_date, party_lines, rupees, stacked, text

CLAUSE = ParagraphStyle("clause", PROSE, fontSize=9, leading=13.2, leftIndent=9 * mm, bulletIndent=0, spaceAfter=3)


def render_agreement(document: AgreementDocument) -> bytes:
    """The PDF of an agreement. Equal documents give equal bytes."""
    title = title_of(document)
    story: list[Flowable] = [
        text(
            f"This agreement is made on {long_date(document.issued_on)} between {document.licensor.name} (the “Provider”) and "
            f"{document.client.name} (the “Client”) about booking {document.booking_number}, with these particulars.",
            PROSE,
        ),
        Spacer(0, 5 * mm),
        _particulars(document),
        Spacer(0, 3 * mm),
    ]
    for number, section in enumerate(agreement_sections(document), start=1):
        story.append(text(f"{number}.  {section.title}", HEADING))
        story += [text(clause, CLAUSE, bullet=f"{number}.{part}") for part, clause in enumerate(section.clauses, start=1)]
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
            ("Provider", party_lines(document.licensor)),
            ("Client", party_lines(document.client)),
            ("Premises", premises_lines(document)),
            ("Plan", stacked((f"{document.plan}, {seats}", STRONG))),
            ("Term", stacked((term, STRONG))),
            ("Fee", stacked((f"{rupees(document.fee)} for the Term, paid under {document.invoice_number}", BODY))),
        ]
    )
