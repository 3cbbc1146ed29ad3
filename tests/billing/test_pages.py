from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import KycProfile
from billing.enums import InvoiceStatus
from billing.models import Invoice
from billing.services.papers import verification_url
from tests.factories.accounts import UserFactory
from tests.factories.billing import make_invoice

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 8, 10, 0, tzinfo=UTC)


@pytest.fixture
def invoice() -> Invoice:
    buyer = UserFactory(full_name="Secretive Buyer", email="buyer@example.com")
    KycProfile.objects.create(user=buyer, company_name="Hidden Ltd", gstin="27AABCT1234F1ZH")
    return make_invoice(customer=buyer, at=AT)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (InvoiceStatus.PENDING, "Genuine, not paid yet"),
        (InvoiceStatus.OVERDUE, "Genuine, payment is overdue"),
        (InvoiceStatus.PAID, "Genuine and paid"),
        (InvoiceStatus.CANCELLED, "Genuine, but cancelled: nothing is owed"),
    ],
)
def test_the_page_says_what_became_of_the_invoice(invoice: Invoice, status: InvoiceStatus, words: str) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(status=status, paid_at=AT)
    answer = Client().get(verification_url(invoice))
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for shown in (words, "INV-2026-0001", "8 January 2026", "FlashSpace Workspaces", "₹15,000", invoice.content_hash):
        assert shown in page
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_page_says_nothing_of_the_buyer(invoice: Invoice) -> None:
    page = Client().get(verification_url(invoice)).content.decode()
    for hidden in ("Secretive", "buyer@example.com", "Hidden Ltd", "27AABCT1234F1ZH", "FS-2026-00042", str(invoice.pk)):
        assert hidden not in page


def test_an_unknown_code_and_a_draft_are_not_found(invoice: Invoice) -> None:
    for code in ("unknown", "x" * 43, "a%00b", "%00" * 43):
        assert Client().get(f"/verify/invoice/{code}").status_code == 404
    Invoice.objects.update(status=InvoiceStatus.DRAFT)
    assert Client().get(verification_url(invoice)).status_code == 404


def test_the_page_is_only_read(invoice: Invoice) -> None:
    assert Client().post(verification_url(invoice)).status_code == 405
