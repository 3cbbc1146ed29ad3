from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import User
from bookings.enums import BookingStatus
from bookings.models import Booking, BookingDocument
from bookings.selectors.proofs import mask_name
from bookings.services.documents import issue_documents
from flashspace.base.clock import start_of
from tests.factories.bookings import approve_kyc, book, pay


@pytest.fixture
def noc(january, space, customer: User) -> BookingDocument:
    approve_kyc(customer, company_name="Talenode Analytics Pvt Ltd")
    booking = pay(book(space=space, customer=customer, start_on=date(2026, 1, 10)))
    return next(document for document in issue_documents(booking_id=booking.pk) if document.kind == "noc")


def page(code: str) -> str:
    answer = Client().get(f"/verify/document/{code}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
    return answer.content.decode()


def test_the_page_says_what_the_paper_says_and_no_more(noc: BookingDocument, customer: User) -> None:
    html = page(noc.verification_code)
    for shown in (
        "NOC Certificate",
        "NOC-FS-2026-00001",
        "FS-2026-00001",
        "Premium Virtual Office - Andheri",
        "123, Business Park, Andheri East, Mumbai",
        "Talenode A•••••••• P•• L••",
        "8 January 2026",
        "10 January 2026 to 9 January 2027",
        noc.sha256,
        noc.content_hash,
    ):
        assert shown in html
    for hidden in ("Analytics", customer.email, customer.full_name, str(noc.booking_id), str(noc.booking.customer_id)):
        assert hidden not in html


@pytest.mark.parametrize(
    ("on", "status", "words"),
    [
        (date(2026, 1, 9), BookingStatus.ACTIVE, "Genuine, begins 10 January 2026"),
        (date(2026, 1, 10), BookingStatus.ACTIVE, "Genuine and in force"),
        (date(2027, 1, 9), BookingStatus.ACTIVE, "Genuine and in force"),
        (date(2027, 1, 10), BookingStatus.ACTIVE, "Genuine, but expired"),
        (date(2026, 6, 1), BookingStatus.EXPIRED, "Genuine, but expired"),
        (date(2026, 6, 1), BookingStatus.CANCELLED, "Genuine, but the booking was cancelled"),
    ],
)
def test_the_page_says_whether_it_holds_today(
    noc: BookingDocument, time_machine, on: date, status: str, words: str
) -> None:
    at = start_of(on) + timedelta(hours=1)
    Booking.objects.update(status=status, expired_at=at, cancelled_at=at)
    time_machine.move_to(at)
    assert words in page(noc.verification_code)


def test_the_page_compares_files_without_sending_them(noc: BookingDocument) -> None:
    html = page(noc.verification_code)
    assert f'<code id="expected">{noc.sha256}</code>' in html
    assert '<input id="copy" type="file"' in html
    assert "<form" not in html


@pytest.mark.parametrize("code", ["x", "0" * 43, "%00"])
def test_an_unknown_code_is_no_page(db: None, code: str) -> None:
    assert Client().get(f"/verify/document/{code}").status_code == 404


def test_nothing_is_posted_to_the_page(noc: BookingDocument) -> None:
    assert Client().post(f"/verify/document/{noc.verification_code}").status_code == 405


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Anshu Prasad", "Anshu P•••••"),
        ("Talenode", "Talenode"),
        ("", ""),
        ("A B C", "A B C"),
        (" Asha  Rao ", "Asha R••"),
    ],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked
