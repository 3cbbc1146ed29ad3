"""Invoices on paper, read back with pypdf."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from reportlab.graphics.barcode.qr import QrCodeWidget

from billing.enums import DocumentKind
from billing.pdf import InvoiceDocument, PrintedLine, content_hash, render_invoice
from flashspace.base.pdf.hashing import hash_content
from flashspace.base.pdf.letterhead import QR_SIZE
from flashspace.base.pdf.parties import Party
from flashspace.base.pdf.style import MARGIN

D = Decimal
URL = "https://flashspace.example/verify/invoice/7Fq3kXh2b1Zs0n8uWcVtYpRmLdJeGaQoTiNxKvBfHyU"
LINE = PrintedLine(
    description="GST Registration Plan, 12 months",
    sac="997212",
    quantity=1,
    unit_rate=D(12712),
    taxable=D(12712),
    tax_percent=D(18),
    cgst=D(1144),
    sgst=D(1144),
    igst=D(0),
    total=D(15000),
    note="Premium Virtual Office - Andheri",
)
INVOICE = InvoiceDocument(
    kind=DocumentKind.TAX_INVOICE,
    number="INV-2026-0042",
    issued_on=date(2026, 1, 8),
    due_on=date(2026, 1, 9),
    seller=Party(
        "FlashSpace Workspaces Private Limited",
        ("4th Floor, Business Park", "Mumbai 400069"),
        "27",
        gstin="27AAPFU0939F1ZV",
    ),
    buyer=Party("Talenode Analytics Pvt Ltd", ("123, ABC Building",), "27", gstin="27AABCT1234F1ZH"),
    place_of_supply="27",
    lines=(LINE,),
    verification_url=URL,
    references=(("Booking", "FS-2026-00042"),),
)


def read(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def words(document: InvoiceDocument) -> str:
    """All text, lines joined: a cell that wraps reads as one."""
    return " ".join(" ".join(read(render_invoice(document))).split())


def test_invoice_says_what_rule_46_asks_for() -> None:
    text = words(INVOICE)
    for expected in (
        "Tax invoice",
        "Original for recipient",
        "INV-2026-0042",
        "8 January 2026",
        "9 January 2026",
        "FlashSpace Workspaces Private Limited",
        "4th Floor, Business Park",
        "GSTIN: 27AAPFU0939F1ZV",
        "Talenode Analytics Pvt Ltd",
        "GSTIN: 27AABCT1234F1ZH",
        "State: Maharashtra (27)",
        "Place of supply",
        "GST Registration Plan, 12 months",
        "Premium Virtual Office - Andheri",
        "997212",
        "CGST 9 %",
        "SGST 9 %",
        "CGST at 9 % ₹1,144.00",
        "SGST at 9 % ₹1,144.00",
        "Taxable value ₹12,712.00",
        "Total ₹15,000.00",
        "Rupees Fifteen Thousand Only",
        "Tax payable on reverse charge: No",
        "FS-2026-00042",
        "It needs no signature",
        URL,
        content_hash(INVOICE),
        "Page 1 of 1",
    ):
        assert expected in text
    assert "IGST" not in text


def test_every_font_is_embedded_so_the_rupee_sign_is_real() -> None:
    """Of the fonts that a reader brings itself none has ₹: reportlab would print a black box."""
    reader = PdfReader(BytesIO(render_invoice(replace(INVOICE, paid_on=date(2026, 1, 8)))))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            name = font.get_object()["/BaseFont"]
            assert "NotoSans" in name or name == "/Helvetica"  # the latter is reportlab's unused default
        assert "₹" in page.extract_text()
        assert b"Helvetica" not in page.get_contents().get_data()  # type: ignore[union-attr]


def test_invoice_without_a_due_day_says_none() -> None:
    assert "Due on" in words(INVOICE)
    assert "Due on" not in words(replace(INVOICE, due_on=None))


def test_unpaid_invoice_shows_what_is_due() -> None:
    text = words(INVOICE)
    assert "Paid ₹0.00 Balance due ₹15,000.00" in text
    assert "PAID" not in text


def test_paid_invoice_is_stamped_with_its_day() -> None:
    text = words(replace(INVOICE, paid_on=date(2026, 1, 10), payment_reference="pay_29QQoUBi66xm2f"))
    assert "PAID" in text
    assert "on 10 January 2026" in text
    assert "Payment reference: pay_29QQoUBi66xm2f" in text
    assert "Paid ₹15,000.00 Balance due ₹0.00" in text


def test_cancelled_invoice_is_stamped_and_asks_for_nothing() -> None:
    text = words(replace(INVOICE, is_cancelled=True, paid_on=date(2026, 1, 10)))
    assert "CANCELLED" in text
    assert "PAID" not in text
    assert "Balance due" not in text


def test_other_state_has_an_igst_column() -> None:
    line = replace(LINE, cgst=D(0), sgst=D(0), igst=D(2288))
    text = words(replace(INVOICE, lines=(line,), place_of_supply="29"))
    assert "IGST 18 %" in text
    assert "IGST at 18 % ₹2,288.00" in text
    assert "CGST" not in text
    assert "Karnataka (29)" in text


def test_territory_without_legislature_has_utgst() -> None:
    text = words(replace(INVOICE, place_of_supply="04"))
    assert "UTGST at 9 % ₹1,144.00" in text
    assert " SGST" not in text


def test_several_rates_stand_under_each_amount() -> None:
    other = replace(LINE, tax_percent=D(5), taxable=D(9524), cgst=D(238), sgst=D(238), total=D(10000))
    text = words(replace(INVOICE, lines=(LINE, other)))
    assert "CGST at 2.5 % ₹238.00" in text
    assert "CGST at 9 % ₹1,144.00" in text
    assert "CGST 9 %" not in text
    assert "Total ₹25,000.00" in text


def test_bill_of_supply_has_no_tax() -> None:
    line = replace(LINE, unit_rate=D(90000), taxable=D(90000), tax_percent=D(0), cgst=D(0), sgst=D(0), total=D(90000))
    bill = replace(
        INVOICE,
        kind=DocumentKind.BILL_OF_SUPPLY,
        lines=(line,),
        declarations=("Exempt under entry 12A of notification 12/2017-Central Tax (Rate).",),
    )
    text = words(bill)
    assert "Bill of supply" in text
    assert "Value of supply ₹90,000.00 Total ₹90,000.00" in text
    assert "Exempt under entry 12A" in text
    for absent in ("Tax invoice", "Taxable", "CGST", "SGST", "IGST"):
        assert absent not in text


def test_reverse_charge_is_said() -> None:
    assert "Tax payable on reverse charge: Yes" in words(replace(INVOICE, is_reverse_charge=True))


def test_many_lines_go_over_several_pages_with_heads_and_numbers() -> None:
    lines = tuple(replace(LINE, description=f"Seat number {number:03d}") for number in range(1, 121))
    pages = read(render_invoice(replace(INVOICE, lines=lines)))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "INV-2026-0042" in page
        assert URL in page
    for page in pages[:-1]:
        assert "Description" in page
    whole = " ".join(pages)
    assert all(whole.count(f"Seat number {number:03d}") == 1 for number in range(1, 121))
    assert "Total ₹18,00,000.00" in " ".join(pages[-1].split())


def test_long_names_and_large_amounts_fit() -> None:
    """The widest that the tables can hold: nothing raises, nothing is lost."""
    most = D("9999999999.99")
    line = PrintedLine("x" * 300, "997212", 65535, most, most, D(18), most, most, D(0), most, note="y" * 300)
    party = Party("N" * 200, ("A" * 250, "B" * 250), "26", "27AAPFU0939F1ZV", email="e" * 200)
    pages = read(
        render_invoice(replace(INVOICE, lines=(line,), seller=party, buyer=party, references=(("Booking", "z" * 80),)))
    )
    text = "".join("".join(pages).split())
    assert text.count("x") >= 300
    assert text.count("N") >= 400
    assert "9,99,99,99,999.99" in text


@pytest.mark.parametrize(
    "name", ["A & B <Sons>", "<b>Bold</b>", '<img src="http://127.0.0.1:9/x.png"/>', "Müller–Nguyễn"]
)
def test_names_are_printed_as_they_are(name: str) -> None:
    """Markup in a name is text. As markup, an image would make the server fetch its address."""
    text = words(replace(INVOICE, buyer=Party(name), lines=(replace(LINE, description=name),)))
    shown = name.replace("ễ", "")  # beyond Latin Extended-A the font has boxes
    for part in shown.split():
        assert part.split("–")[0] in text


def test_equal_documents_give_equal_bytes() -> None:
    first = render_invoice(INVOICE)
    render_invoice(replace(INVOICE, buyer=Party("Zażółć gęślą jaźń €£¥")))  # other glyphs in between
    assert render_invoice(INVOICE) == first


def test_threads_print_the_same_bytes() -> None:
    """The fonts are global to the process: papers made at once must not mix their glyphs."""
    documents = [replace(INVOICE, buyer=Party(f"Customer {chr(65 + number)} ÀÉÎ")) for number in range(8)]
    alone = [hashlib.sha256(render_invoice(document)).hexdigest() for document in documents]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda document: hashlib.sha256(render_invoice(document)).hexdigest(), documents * 4))
    assert together == alone * 4


def test_link_leads_to_the_verification_page() -> None:
    [page] = PdfReader(BytesIO(render_invoice(INVOICE))).pages
    [note] = page["/Annots"]  # type: ignore[misc]
    assert note.get_object()["/A"]["/URI"] == URL


def test_qr_code_is_drawn_module_by_module() -> None:
    [page] = PdfReader(BytesIO(render_invoice(INVOICE))).pages
    [form] = page["/Resources"]["/XObject"].values()  # type: ignore[index]
    runs = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) [\d.]+ re", form.get_object().get_data())
    code = QrCodeWidget(URL, barLevel="M").qr
    code.make()
    count = code.getModuleCount()
    step = QR_SIZE / count
    left, bottom = MARGIN, min(float(y) for _, y, _ in runs)
    drawn = set()
    for x, y, width in runs:
        row = count - 1 - round((float(y) - bottom) / step)
        column = round((float(x) - left) / step)
        drawn |= {(row, column + ahead) for ahead in range(round(float(width) / step))}
    assert drawn == {(row, column) for row in range(count) for column in range(count) if code.isDark(row, column)}


def test_information_is_of_the_paper_and_without_a_clock() -> None:
    information = PdfReader(BytesIO(render_invoice(INVOICE))).metadata
    assert information is not None
    assert information.title == "Tax invoice INV-2026-0042"
    assert information.author == "FlashSpace Workspaces Private Limited"
    assert information["/CreationDate"].startswith("D:20000101")


def test_content_hash_is_of_what_was_issued() -> None:
    issued = content_hash(INVOICE)
    paid = replace(INVOICE, paid_on=date(2026, 1, 10), payment_reference="x", is_cancelled=True, verification_url="y")
    assert content_hash(paid) == issued
    assert content_hash(replace(INVOICE, number="INV-2026-0043")) != issued
    assert content_hash(replace(INVOICE, lines=(replace(LINE, total=D("15000.01")),))) != issued
    # 15000 and 15000.00 are one amount
    assert content_hash(replace(INVOICE, lines=(replace(LINE, total=D("15000.00")),))) == issued


def test_hash_refuses_what_is_no_plain_content() -> None:
    with pytest.raises(TypeError):
        hash_content({"number": object()})
