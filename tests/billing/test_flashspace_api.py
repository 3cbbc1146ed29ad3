"""Section 6.4 of the flashspace document, and what stands beside it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import TimeMachineFixture

from accounts.enums import KycStatus
from accounts.models import KycProfile, User
from billing.enums import InvoiceStatus
from billing.models import Invoice
from billing.services.payments import verify_payment
from flashspace.base.clock import pretend
from flashspace.base.links import LINK_SECONDS
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import UserFactory
from tests.factories.billing import Things, make_invoice, make_line, make_payment

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 8, 10, 0, tzinfo=UTC)
SignIn = Callable[[User], Client]


@pytest.fixture
def customer() -> User:
    user = UserFactory(full_name="Anshu Prasad", email="anshu@example.com")
    KycProfile.objects.create(
        user=user, status=KycStatus.APPROVED, company_name="Talenode Analytics", gstin="27AABCT1234F1ZH"
    )
    return user


def pay(invoice: Invoice) -> Invoice:
    payment = make_payment(invoice)
    return verify_payment(
        payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=invoice.customer
    ).invoice


def paths(answer: Any) -> list[str]:
    return [row["invoiceNumber"] for row in answer.json()["data"]["invoices"]]


def test_the_documented_list(january: datetime, things: Things, customer: User, as_user: SignIn) -> None:
    invoice = pay(make_invoice(customer=customer))
    answer = as_user(customer).get("/api/user/invoices")
    assert answer.status_code == 200
    _, documented = example_of("GET", "/api/user/invoices")
    assert_documented(answer.json(), documented)
    row = answer.json()["data"]["invoices"][0]
    assert row.pop("pdfUrl").startswith(f"http://testserver/api/user/invoices/{invoice.pk}/pdf?token=")
    assert answer.json() == {
        "success": True,
        "data": {
            "summary": {"totalPaid": 15000, "totalPending": 0, "totalInvoices": 1},
            "invoices": [
                {
                    **documented["data"]["invoices"][0],
                    "_id": str(invoice.pk),
                    "invoiceNumber": "INV-2026-0001",
                    "currency": "INR",
                    "issuedAt": "2026-01-08T10:00:00.000Z",
                    "dueDate": None,
                }
            ],
        },
        "pagination": {"total": 1, "page": 1, "pages": 1},
    }


def test_the_documented_invoice(january: datetime, things: Things, customer: User, as_user: SignIn) -> None:
    invoice = pay(make_invoice(customer=customer, description="Virtual Office - GST Plan"))
    answer = as_user(customer).get(f"/api/user/invoices/{invoice.pk}")
    assert answer.status_code == 200
    _, documented = example_of("GET", "/api/user/invoices/:invoiceId")
    assert_documented(answer.json(), documented)
    data = answer.json()["data"]
    shown = documented["data"]
    assert {key: data[key] for key in shown if key not in ("_id", "invoiceNumber", "lineItems", "billingAddress")} == {
        key: shown[key] for key in shown if key not in ("_id", "invoiceNumber", "lineItems", "billingAddress")
    }
    assert data["lineItems"] == [
        {
            **shown["lineItems"][0],
            "sac": "997212",
            "taxRate": 18,
            "cgst": 1144,
            "sgst": 1144,
            "igst": 0,
            "total": 15000,
        }
    ]
    assert data["billingAddress"] == {**shown["billingAddress"], "address": "", "state": "Maharashtra"}
    assert {key: data[key] for key in ("kind", "cgst", "sgst", "igst", "amountInWords", "placeOfSupply", "seller")} == {
        "kind": "tax_invoice",
        "cgst": 1144,
        "sgst": 1144,
        "igst": 0,
        "amountInWords": "Rupees Fifteen Thousand Only",
        "placeOfSupply": "Maharashtra (27)",
        "seller": {
            "name": "FlashSpace Workspaces Private Limited",
            "address": "4th Floor, Business Park, Andheri East, Mumbai - 400069",
            "state": "Maharashtra",
            "gstNumber": "27AAFCF1234K1Z4",
            "pan": "AAFCF1234K",
        },
    }
    assert data["verificationUrl"] == f"http://testserver/verify/invoice/{invoice.verification_code}"


class TestList:
    @pytest.fixture
    def client(self, things: Things, customer: User, as_user: SignIn) -> Client:
        """January paid, February overdue, March pending, April cancelled; and an invoice of somebody else."""
        with pretend(AT):
            pay(make_invoice(customer=customer))
        for month, status in ((2, InvoiceStatus.OVERDUE), (3, InvoiceStatus.PENDING), (4, InvoiceStatus.CANCELLED)):
            at = datetime(2026, month, 1, 18, 29, 59, tzinfo=UTC)  # the last second of the first in India
            with pretend(at):
                invoice = make_invoice(customer=customer, lines=[make_line(1000 * month)])
            Invoice.objects.filter(pk=invoice.pk).update(status=status, created_at=at)
        make_invoice()
        return as_user(customer)

    def test_newest_first_and_nobody_elses(self, client: Client) -> None:
        assert paths(client.get("/api/user/invoices")) == [f"INV-2026-000{number}" for number in (4, 3, 2, 1)]

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("status=paid", [1]),
            ("status=overdue", [2]),
            ("status=pending", [3]),
            ("fromDate=2026-02-01", [4, 3, 2]),
            ("fromDate=2026-02-02", [4, 3]),
            ("toDate=2026-02-01", [2, 1]),
            ("toDate=2026-01-31", [1]),
            ("fromDate=2026-02-01&toDate=2026-03-01&status=pending", [3]),
            ("page=2&limit=3", [1]),
        ],
    )
    def test_filters_keep_the_summary_whole(self, client: Client, query: str, numbers: list[int]) -> None:
        answer = client.get(f"/api/user/invoices?{query}")
        assert paths(answer) == [f"INV-2026-000{number}" for number in numbers]
        assert answer.json()["data"]["summary"] == {"totalPaid": 15000, "totalPending": 5000, "totalInvoices": 4}

    def test_pages(self, client: Client) -> None:
        assert client.get("/api/user/invoices?limit=3").json()["pagination"] == {"total": 4, "page": 1, "pages": 2}

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("status=cancelled", "status"),
            ("status=", "status"),
            ("fromDate=yesterday", "fromDate"),
            ("toDate=2026-02-30", "toDate"),
            ("fromDate=2026-02-02&toDate=2026-02-01", "toDate"),
            ("page=0", "page"),
            ("limit=101", "limit"),
        ],
    )
    def test_a_bad_filter_is_named(self, client: Client, query: str, field: str) -> None:
        answer = client.get(f"/api/user/invoices?{query}")
        assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)

    @pytest.mark.parametrize("query", ["fromDate=0001-01-01", "toDate=9999-12-31"])
    def test_the_ends_of_the_calendar_are_no_fault(self, client: Client, query: str) -> None:
        assert client.get(f"/api/user/invoices?{query}").status_code in (200, 400)

    def test_queries_are_few_and_the_same_for_one_row_and_for_three(
        self, things: Things, customer: User, as_user: SignIn
    ) -> None:
        client, counts = as_user(customer), []
        for more in (1, 2):
            for _ in range(more):
                make_invoice(customer=customer)
            client.get("/api/user/invoices")
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get("/api/user/invoices")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 4  # session, count, rows, summary


class TestAccess:
    def test_another_persons_and_an_unknown_invoice_answer_alike(self, things: Things, as_user: SignIn) -> None:
        invoice, client = make_invoice(), as_user(UserFactory())
        for path in (f"/api/user/invoices/{invoice.pk}", f"/api/user/invoices/{uuid4()}"):
            for ending in ("", "/pdf"):
                answer = client.get(path + ending)
                assert (answer.status_code, answer.json()["message"]) == (404, "Invoice not found")

    def test_a_malformed_id_is_400_and_a_stranger_401(self, as_user: SignIn) -> None:
        assert as_user(UserFactory()).get("/api/user/invoices/abc").status_code == 400
        for path in ("/api/user/invoices", f"/api/user/invoices/{uuid4()}", f"/api/user/invoices/{uuid4()}/pdf"):
            assert Client().get(path).status_code == 401

    def test_an_unverified_address_is_told_so(self, as_user: SignIn) -> None:
        client = as_user(UserFactory(email_verified_at=None))
        for path in ("/api/user/invoices", f"/api/user/invoices/{uuid4()}", f"/api/user/invoices/{uuid4()}/pdf"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "EMAIL_NOT_VERIFIED")

    def test_a_draft_is_nobodys_yet(self, customer: User, as_user: SignIn) -> None:
        invoice = make_invoice(customer=customer)
        Invoice.objects.filter(pk=invoice.pk).update(status=InvoiceStatus.DRAFT)
        client = as_user(customer)
        assert client.get(f"/api/user/invoices/{invoice.pk}").status_code == 404
        assert paths(client.get("/api/user/invoices")) == []


class TestPdf:
    def test_its_owner_opens_it(self, customer: User, as_user: SignIn) -> None:
        invoice = make_invoice(customer=customer)
        answer = as_user(customer).get(f"/api/user/invoices/{invoice.pk}/pdf")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_the_link_opens_it_without_a_token(self, customer: User, as_user: SignIn) -> None:
        invoice = make_invoice(customer=customer)
        url = as_user(customer).get(f"/api/user/invoices/{invoice.pk}").json()["data"]["pdfUrl"]
        assert Client().get(url).content[:5] == b"%PDF-"

    @pytest.mark.parametrize("token", ["", "x", "1:abc", "%00", "a:b:c"])
    def test_a_made_up_link_opens_nothing(self, customer: User, token: str) -> None:
        answer = Client().get(f"/api/user/invoices/{make_invoice(customer=customer).pk}/pdf?token={token}")
        assert answer.status_code in (400, 401)

    def test_the_link_of_one_invoice_does_not_open_another(self, customer: User, as_user: SignIn) -> None:
        mine, other = make_invoice(customer=customer), make_invoice()
        url = as_user(customer).get(f"/api/user/invoices/{mine.pk}").json()["data"]["pdfUrl"]
        assert Client().get(url.replace(str(mine.pk), str(other.pk))).status_code == 401

    def test_a_link_ends(
        self, january: datetime, customer: User, as_user: SignIn, time_machine: TimeMachineFixture
    ) -> None:
        invoice = make_invoice(customer=customer)
        url = as_user(customer).get(f"/api/user/invoices/{invoice.pk}").json()["data"]["pdfUrl"]
        time_machine.move_to(january + timedelta(seconds=LINK_SECONDS - 1))
        assert Client().get(url).status_code == 200
        time_machine.move_to(january + timedelta(seconds=LINK_SECONDS + 2))
        answer = Client().get(url)
        assert (answer.status_code, answer.json()["message"]) == (401, "This link has ended; open the invoice again")
