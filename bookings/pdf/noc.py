"""The no objection certificate: a letter that the client shows to the tax office and the registrar."""

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from bookings.pdf.documents import NocDocument
from bookings.pdf.sheets import particulars, premises_lines, sheet_of, signatures
from flashspace.base.pdf.letterhead import print_sheets
from flashspace.base.pdf.style import BODY, PROSE, STRONG, long_date, party_lines, stacked, text

TITLE = "No Objection Certificate"


def render_noc(document: NocDocument) -> bytes:
    """The PDF of a NOC. Equal documents give equal bytes."""
    story: list[Flowable] = [
        *stacked((long_date(document.issued_on), BODY)),
        Spacer(0, 5 * mm),
        *stacked(("To whomsoever it may concern", STRONG), ("The proper officer under the Central Goods and Services Tax Act, 2017, and the "
        "Registrar of Companies", BODY)),
        Spacer(0, 6 * mm),
        text(f"Subject: consent to the use of premises as a place of business by {document.client.name}", STRONG),
        Spacer(0, 4 * mm),
    ]
    for paragraph in _paragraphs(document):
        story += [text(paragraph, PROSE), Spacer(0, 3 * mm)]
    story += [
        Spacer(0, 2 * mm),
        _particulars(document),
        signatures([("the Provider", document.licensor, "Issued electronically")], document.issued_on),
    ]
    return print_sheets(sheet_of(document, TITLE), story)


def _paragraphs(document: NocDocument) -> tuple[str, ...]:
    return (
        f"We, {document.licensor.name}, hold the premises named below with the right to permit its use by others.",
        f"We certify that we have permitted {document.client.name} to use the address of the premises under agreement "
        f"{document.agreement_number} of {long_date(document.issued_on)}, and that we have no objection to its being registered as the "
        "principal or an additional place of business of the client under the goods and services tax law, as its registered office "
        "under the Companies Act, 2013, and with other authorities for the same purpose.",
        f"This consent holds from {long_date(document.start_on)} to {long_date(document.last_on)} and as long as the agreement is in force. "
        "It gives no title to, tenancy of or other interest in the premises, and may not be passed on.",
    )


def _particulars(document: NocDocument) -> Flowable:
    return particulars(
        [
            ("Premises", premises_lines(document)),
            ("Client", party_lines(document.client)),
            ("Provider", party_lines(document.licensor)),
            ("Booking", stacked((document.booking_number, BODY))),
        ]
    )
