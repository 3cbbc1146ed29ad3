"""What a client agreement says, for each kind of space. Plain text: numbers and names are filled in by the renderer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bookings.pdf.documents import AgreementDocument
from flashspace.base.pdf.style import long_date, rupees, state_label
from listings.enums import SpaceKind


@dataclass(frozen=True)
class Section:
    title: str
    clauses: tuple[str, ...]


TITLES = {
    SpaceKind.VIRTUAL_OFFICE: "Virtual Office Agreement",
    SpaceKind.COWORKING: "Coworking Agreement",
    SpaceKind.COLIVING: "Coliving Agreement",
    SpaceKind.RENTAL: "Licence Agreement",
}

GRANTS = {
    SpaceKind.VIRTUAL_OFFICE: (
        "The Provider permits the Client to use the address of the Premises as its business address, and provides the services of the "
        "plan named above, for the Term.",
        "The permission covers the address. A desk, a room or storage at the Premises is used only where the plan includes it or it has "
        "been booked separately.",
    ),
    SpaceKind.COWORKING: (
        "The Provider permits the Client to use the number of seats named above at the Premises, with the common areas and amenities of "
        "the Premises, during its opening hours and for the Term.",
        "Seats are for the Client, its employees and its visitors. The Provider may assign another seat of the same class at the same "
        "Premises where its operation needs it.",
    ),
    SpaceKind.COLIVING: (
        "The Provider permits the Client to reside at the Premises in the accommodation named above, with the common areas and amenities "
        "of the Premises, for the Term.",
        "The accommodation is for the registered residents only. Guests stay overnight only as the house rules allow.",
    ),
    SpaceKind.RENTAL: (
        "The Provider permits the Client to use the Premises named above, with its fixtures and fittings, for the Term.",
        "The Client takes the Premises as seen and returns it in the same condition, fair wear and tear excepted.",
    ),
}

USES = {
    SpaceKind.VIRTUAL_OFFICE: (
        "The Client may show the address on its website, letters, invoices and cards for its own lawful business.",
        "The Client shall not pass the address on to another person or business, nor use it for a business that needs a licence tied to a "
        "physical establishment at the Premises.",
    ),
    SpaceKind.COWORKING: (
        "The Premises are used as an office for the Client's own lawful business, and not for manufacture, retail sale or residence.",
        "The Client keeps to the house rules and does not disturb the other members.",
    ),
    SpaceKind.COLIVING: (
        "The Premises are used as a residence and not for a business open to visitors.",
        "The Client keeps to the house rules, keeps the accommodation clean and does not alter it.",
    ),
    SpaceKind.RENTAL: (
        "The Premises are used for the lawful purpose for which they were booked and for no other.",
        "The Client makes no structural alteration and stores nothing dangerous, illegal or offensive.",
    ),
}

REGISTRATION = (
    "The Client may register the address under the Central Goods and Services Tax Act, 2017 and, where its law allows, as its registered "
    "office or place of business with other authorities. The Provider issues a no objection certificate for this purpose.",
    "When a visit of an authority is announced or takes place, the Provider receives the officer, confirms that the Client uses the "
    "address under this Agreement and informs the Client without delay. Questions about the business are answered by the Client.",
)

MAIL = (
    "The Provider receives letters and small parcels addressed to the Client at the Premises during office hours, informs the Client and "
    "holds them for 30 days for collection or forwarding at the Client's cost.",
    "The Provider does not accept cash, perishable or dangerous goods, nor items that need a payment on delivery. The Client authorises "
    "it to sign for registered post on its behalf.",
)


def title_of(document: AgreementDocument) -> str:
    return TITLES[document.kind]


def agreement_sections(document: AgreementDocument) -> Sequence[Section]:
    """The sections in their order, with the document's names and figures in them."""
    is_office = document.kind == SpaceKind.VIRTUAL_OFFICE
    sections = [
        Section("Grant", GRANTS[document.kind]),
        Section("Term and renewal", _term(document)),
        Section("Fee and taxes", _fee(document)),
        Section("Permitted use", USES[document.kind] + (REGISTRATION if document.has_registration else ())),
    ]
    if is_office:
        sections.append(Section("Mail", MAIL))
    return [*sections, *_common(document)]


def _term(document: AgreementDocument) -> tuple[str, ...]:
    begins, ends = long_date(document.start_on), long_date(document.last_on)
    renewal = (
        "The Client has chosen automatic renewal: before the Term ends the Provider issues an invoice for a further term at the price "
        "then in force, and this Agreement continues when it is paid. The Client may switch the renewal off at any time before."
        if document.is_auto_renewed
        else "This Agreement ends with the Term. It continues for a further term when the Client renews the booking and pays its invoice."
    )
    return f"The Term begins on {begins} and ends on {ends}, both days included.", renewal


def _fee(document: AgreementDocument) -> tuple[str, ...]:
    return (
        f"The fee for the whole Term is {rupees(document.fee)}, goods and services tax included where it applies, and has been paid "
        f"under invoice {document.invoice_number}.",
        "Services beyond the plan are invoiced at the prices published when they are ordered. A change of the rate of tax by law applies "
        "from its effective date to amounts that fall due after it.",
    )


def _common(document: AgreementDocument) -> list[Section]:
    seat = document.premises.city or state_label(document.premises.state)
    return [
        Section(
            "The Provider's obligations",
            (
                "The Provider holds the right to permit the use of the Premises for the Term, keeps the Premises and the services of the plan "
                "available with reasonable care, and gives notice of planned interruptions.",
                "The Provider keeps the Client's documents and personal data confidential, uses them for this Agreement and as the law requires, "
                "and protects them under the Digital Personal Data Protection Act, 2023.",
            ),
        ),
        Section(
            "The Client's obligations",
            (
                "The Client has given true and complete particulars and identity documents, and reports a change of name, constitution, address, "
                "signatories or tax registration within 15 days.",
                "The Client carries on its activity lawfully, obtains the registrations that it needs, and answers for its filings, "
                "taxes, employees and visitors.",
            ),
        ),
        Section(
            "No tenancy",
            (
                "This Agreement grants a permission to use and no interest in land. Neither a tenancy nor a lease arises from it; possession and "
                "control of the Premises stay with the Provider. The Client may not assign or sub-license its rights.",
            ),
        ),
        Section(
            "Liability and indemnity",
            (
                "Each party makes good the loss that it causes by a breach of this Agreement. Except for wilful default, fraud and "
                "what cannot be limited by law, the Provider's liability for the Term is limited to the fee paid for it, and neither party "
                "owes loss of profit or indirect loss.",
                "The Client indemnifies the Provider against claims, penalties and costs of authorities or third parties that arise from the Client's "
                "activity or from its use of the address.",
            ),
        ),
        Section(
            "Termination",
            (
                "Either party may terminate by 30 days' written notice. The Provider may terminate at once when particulars or documents "
                "prove false, the Premises or the address are used unlawfully, or an authority so directs. Fees for the time used are not refunded.",
                "When this Agreement ends, the Client stops using the Premises and the address, removes its belongings, and within 15 days "
                "amends or surrenders every registration that names the address. The no objection certificate lapses with this Agreement.",
            ),
        ),
        Section(
            "General",
            (
                "Notices are given by e-mail to the addresses named above. Should a provision be invalid, the others stand.",
                f"This Agreement is governed by the laws of India; the courts at {seat} have jurisdiction.",
                "It was concluded electronically under section 10A of the Information Technology Act, 2000: the Client accepted it when booking and "
                "paying, and it needs no handwritten signature.",
            ),
        ),
    ]
