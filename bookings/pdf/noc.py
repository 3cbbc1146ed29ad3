"""The no objection certificate: a letter that the client shows to the tax office and the registrar."""

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from bookings.pdf.clauses import noc_paragraphs
from bookings.pdf.documents import NocDocument
from bookings.pdf.sheets import particulars, premises_lines, sheet_of, signatures
from flashspace.base.pdf.letterhead import print_sheets
from flashspace.base.pdf.style import BODY, PROSE, STRONG, long_date, party_lines, stacked, text

TITLE = "No Objection Certificate"


def render_noc(document: NocDocument) -> bytes:
    """The PDF of a NOC. Equal documents give equal bytes."""
    story: list[Flowable] = [
        text(long_date(document.issued_on)),
        Spacer(0, 5 * mm),
        text("To whomsoever it may concern", STRONG),
        text("The proper officer under the Central Goods and Services Tax Act, 2017, and the Registrar of Companies"),
        Spacer(0, 6 * mm),
        text(f"Subject: consent to the use of premises as a place of business by {document.client.name}", STRONG),
        Spacer(0, 4 * mm),
    ]
    for paragraph in noc_paragraphs(document):
        story += [text(paragraph, PROSE), Spacer(0, 3 * mm)]
    story += [
        Spacer(0, 2 * mm),
        _particulars(document),
        signatures([("the Provider", document.licensor, "Issued electronically")], document.issued_on),
    ]
    return print_sheets(sheet_of(document, TITLE), story)


def _particulars(document: NocDocument) -> Flowable:
    return particulars(
        [
            ("Premises", premises_lines(document)),
            ("Client", party_lines(document.client)),
            ("Provider", party_lines(document.licensor)),
            ("Booking", stacked((document.booking_number, BODY))),
        ]
    )
