"""Agreement and NOC, read back with pypdf."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from bookings.pdf import AgreementDocument, NocDocument, Premises, content_hash, render_agreement, render_noc
from bookings.pdf.clauses import agreement_sections, noc_paragraphs
from flashspace.base.pdf.parties import Party
from listings.enums import SpaceKind

URL = "https://flashspace.example/verify/document/7Fq3kXh2b1Zs0n8uWcVtYpRmLdJeGaQoTiNxKvBfHyU"
LICENSOR = Party("FlashSpace Workspaces Private Limited", ("4th Floor, Business Park",), "27", gstin="27AAPFU0939F1ZV")
CLIENT = Party("Talenode Analytics Pvt Ltd", ("123, ABC Building",), "27", represented_by="Anshu Prasad")
PREMISES = Premises("Premium Virtual Office - Andheri", "123, Business Park, Andheri East", "Mumbai", "27", "400069")
AGREEMENT = AgreementDocument(
    booking_number="FS-2026-00042",
    issued_on=date(2026, 1, 10),
    licensor=LICENSOR,
    client=CLIENT,
    premises=PREMISES,
    kind=SpaceKind.VIRTUAL_OFFICE,
    plan="GST Registration Plan",
    seats=1,
    start_on=date(2026, 1, 10),
    end_on=date(2027, 1, 10),
    fee=Decimal(15000),
    invoice_number="INV-2026-0042",
    has_registration=True,
    is_auto_renewed=True,
    verification_url=URL,
)
NOC = NocDocument(
    booking_number="FS-2026-00042",
    issued_on=date(2026, 1, 10),
    licensor=LICENSOR,
    client=CLIENT,
    premises=PREMISES,
    start_on=date(2026, 1, 10),
    end_on=date(2027, 1, 10),
    verification_url=URL,
)


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_agreement_says_who_what_where_and_how_long() -> None:
    text = words(render_agreement(AGREEMENT))
    for expected in (
        "Virtual Office Agreement",
        "AGR-FS-2026-00042",
        "FlashSpace Workspaces Private Limited",
        "Talenode Analytics Pvt Ltd",
        "Anshu Prasad",
        "Premium Virtual Office - Andheri",
        "123, Business Park, Andheri East, Mumbai 400069, Maharashtra",
        "GST Registration Plan, 1 seat",
        "10 January 2026 to 9 January 2027",
        "₹15,000.00 for the Term, paid under INV-2026-0042",
        "the courts at Mumbai have jurisdiction",
        "Issued electronically on 10 January 2026",
        "Accepted electronically on 10 January 2026",
        URL,
        f"SHA-256 {content_hash(AGREEMENT)}",
        "Page 1 of 2",
        "Page 2 of 2",
    ):
        assert expected in text


def test_agreement_holds_every_clause() -> None:
    text = words(render_agreement(AGREEMENT))
    for number, section in enumerate(agreement_sections(AGREEMENT), start=1):
        assert f"{number}. {section.title}" in text
        for part, clause in enumerate(section.clauses, start=1):
            assert f"{number}.{part}" in text
            assert clause.split(". ")[0][:40] in text


@pytest.mark.parametrize("kind", list(SpaceKind))
@pytest.mark.parametrize("has_registration", [True, False])
@pytest.mark.parametrize("is_auto_renewed", [True, False])
def test_every_kind_has_an_agreement_without_gaps(
    kind: SpaceKind, has_registration: bool, is_auto_renewed: bool
) -> None:
    document = replace(AGREEMENT, kind=kind, has_registration=has_registration, is_auto_renewed=is_auto_renewed)
    sections = agreement_sections(document)
    titles = [section.title for section in sections]
    clauses = [clause for section in sections for clause in section.clauses]
    assert titles[:4] == ["Grant", "Term and renewal", "Fee and taxes", "Permitted use"]
    assert ("Mail" in titles) == (kind is SpaceKind.VIRTUAL_OFFICE)
    assert any("no objection certificate" in clause for clause in clauses) == has_registration
    assert any("has chosen automatic renewal" in clause for clause in clauses) == is_auto_renewed
    assert len(sections[1].clauses) == 2
    assert not any(mark in clause for clause in clauses for mark in "[]{}")
    assert words(render_agreement(document)).count("Page 1 of") == 1


def test_braces_in_a_name_are_no_placeholders() -> None:
    noc = replace(NOC, client=replace(CLIENT, name="{issued} & <b>Sons</b>"))
    assert "{issued} & <b>Sons</b>" in words(render_noc(noc))


def test_noc_is_one_letter_that_names_both_laws() -> None:
    text = words(render_noc(NOC))
    for expected in (
        "No Objection Certificate",
        "NOC-FS-2026-00042",
        "To whomsoever it may concern",
        "Central Goods and Services Tax Act, 2017",
        "Companies Act, 2013",
        "under agreement AGR-FS-2026-00042 of 10 January 2026",
        "from 10 January 2026 to 9 January 2027",
        "123, Business Park, Andheri East, Mumbai 400069, Maharashtra",
        "Talenode Analytics Pvt Ltd",
        URL,
        f"SHA-256 {content_hash(NOC)}",
        "Page 1 of 1",
    ):
        assert expected in text


@pytest.mark.parametrize("document", [AGREEMENT, NOC], ids=["agreement", "noc"])
def test_equal_documents_give_equal_bytes(document: AgreementDocument | NocDocument) -> None:
    render = render_agreement if isinstance(document, AgreementDocument) else render_noc
    assert render(document) == render(document)  # type: ignore[operator]


def test_content_hash_changes_with_every_fact() -> None:
    changed = [
        replace(AGREEMENT, fee=Decimal("15000.01")),
        replace(AGREEMENT, end_on=date(2027, 1, 11)),
        replace(AGREEMENT, client=replace(CLIENT, name="Another")),
        replace(AGREEMENT, has_registration=False),
        replace(AGREEMENT, is_auto_renewed=False),
    ]
    hashes = {content_hash(document) for document in (AGREEMENT, NOC, *changed)}
    assert len(hashes) == len(changed) + 2


def test_content_hash_is_of_the_words_and_not_of_the_address() -> None:
    assert content_hash(replace(AGREEMENT, verification_url="https://other.example")) == content_hash(AGREEMENT)


def test_content_hash_changes_with_the_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a later version of the terms would verify as the one that was accepted."""
    before = content_hash(AGREEMENT), content_hash(NOC)
    monkeypatch.setattr("bookings.pdf.hashing.agreement_sections", lambda document: agreement_sections(document)[:-1])
    monkeypatch.setattr("bookings.pdf.hashing.noc_paragraphs", lambda document: noc_paragraphs(document)[:-1])
    assert (content_hash(AGREEMENT) != before[0], content_hash(NOC) != before[1]) == (True, True)


@pytest.mark.parametrize(
    ("premises", "address"),
    [
        (PREMISES, "123, Business Park, Andheri East, Mumbai 400069, Maharashtra"),
        (replace(PREMISES, address="1 Fort, Mumbai"), "1 Fort, Mumbai, 400069, Maharashtra"),
        (Premises("Hub", "1 Fort, Mumbai", "mumbai", ""), "1 Fort, Mumbai"),
    ],
)
def test_full_address_repeats_nothing(premises: Premises, address: str) -> None:
    assert premises.full_address == address
