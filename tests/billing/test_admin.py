"""What staff see of money, and the few things they may do about it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from billing.exceptions import BillableLapsed
from billing.models import GatewayEvent, NumberSeries, Refund, SellerEntity
from billing.services.payments import verify_payment
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.billing import Things, make_branch, make_invoice, make_payment, make_seller

pytestmark = pytest.mark.django_db

READ_ONLY = ("invoice", "payment", "gatewayevent", "refund", "numberseries")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def colleague(*permissions: str) -> Client:
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="billing"))
    return client_of(user)


@pytest.fixture
def staff() -> Client:
    return client_of(StaffFactory(is_superuser=True))


@pytest.fixture
def refund(things: Things) -> Refund:
    payment = make_payment()
    things.gone.add(payment.invoice.source_id)
    with pytest.raises(BillableLapsed):
        verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=payment.user)
    return Refund.objects.get(payment=payment)


def page(model: str, row: Any = None, name: str = "change") -> str:
    return reverse(f"admin:billing_{model}_{name}", args=[row.pk] if row else [])


def rows(refund: Refund) -> dict[str, Any]:
    return {
        "invoice": refund.payment.invoice,
        "payment": refund.payment,
        "gatewayevent": GatewayEvent.objects.get(),
        "refund": refund,
        "numberseries": NumberSeries.objects.get(),
    }


@pytest.mark.parametrize("model", [*READ_ONLY, "sellerentity"])
def test_lists_cost_the_same_for_one_row_and_for_three(
    things: Things, staff: Client, model: str, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for prefix in ("INV", "I29", "I33"):
        make_seller() if prefix == "INV" else make_branch(prefix[1:], prefix)
        payment = make_payment(make_invoice(property_state=prefix[1:] if prefix != "INV" else "27"))
        things.gone.add(payment.invoice.source_id)
        with pytest.raises(BillableLapsed):
            verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=payment.user)
        with django_assert_max_num_queries(12) as queries:
            assert staff.get(page(model, name="changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_lists_are_searched_and_filtered(refund: Refund, staff: Client) -> None:
    payment = refund.payment
    number = str(payment.invoice.number)
    for model, query, found in (
        ("invoice", {"q": number}, True),
        ("invoice", {"q": payment.user.email}, True),
        ("invoice", {"status__exact": "cancelled"}, True),
        ("invoice", {"status__exact": "paid"}, False),
        ("payment", {"q": payment.transaction_id}, True),
        ("payment", {"q": "nothing"}, False),
        ("refund", {"q": number}, True),
        ("refund", {"status__exact": "paid"}, False),
    ):
        html = staff.get(page(model, name="changelist"), query).content.decode()
        assert (page(model, rows(refund)[model]) in html) is found, (model, query)
    assert staff.get(page("invoice", name="changelist"), {"customer__password__startswith": "a"}).status_code == 400


def test_pages_tell_the_whole_story(refund: Refund, staff: Client) -> None:
    payment, event = refund.payment, GatewayEvent.objects.get()
    invoice = payment.invoice
    for model, row, shown in (
        (
            "invoice",
            invoice,
            [
                invoice.number,
                "GST Registration Plan - 1 Year",
                "997212",
                "₹15,000",
                "Maharashtra (27)",
                f"/admin/things/{invoice.source_id}",
                page("payment", payment),
                invoice.verification_code,
                invoice.content_hash,
                "FlashSpace Workspaces Private Limited",
            ],
        ),
        ("payment", payment, [payment.transaction_id, page("invoice", invoice), page("gatewayevent", event)]),
        ("gatewayevent", event, ["payment.captured", page("payment", payment), "Applied"]),
        ("refund", refund, ["₹15,000", page("payment", payment), page("invoice", invoice), payment.user.email]),
    ):
        html = staff.get(page(model, row)).content.decode()
        for text in shown:
            assert text in html, (model, text)


def test_an_invoice_of_what_nobody_registered_is_shown_all_the_same(staff: Client) -> None:
    assert staff.get(page("invoice", make_invoice())).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_nothing_is_typed_into_money(refund: Refund, staff: Client, model: str) -> None:
    row = rows(refund)[model]
    assert staff.post(page(model, row), {"status": "paid", "last": 7}).status_code == 403
    assert staff.post(page(model, row, "delete"), {"post": "yes"}).status_code == 403
    assert staff.get(page(model, name="add")).status_code == 403


def test_the_invoices_pdf_opens_for_those_who_may_see_it(refund: Refund, staff: Client) -> None:
    url = page("invoice", refund.payment.invoice, "open_pdf")
    answer = staff.get(url)
    assert (answer.status_code, answer.headers["Content-Type"], answer.content[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
    assert url in staff.get(page("invoice", refund.payment.invoice)).content.decode()
    assert colleague("view_payment").get(url).status_code == 403
    assert client_of(UserFactory()).get(url).status_code == 302


class TestPayBack:
    def press(self, client: Client, refund: Refund, **form: str) -> Any:
        return client.post(page("refund", refund, "mark_paid"), {"_form_submitted": "on", **form})

    def test_it_asks_for_the_transfer_and_calls_the_service(self, refund: Refund, staff: Client) -> None:
        assert "Was it paid back?" in staff.get(page("refund", refund, "mark_paid")).content.decode()
        assert "field is required" in self.press(staff, refund, reference=" ").content.decode()
        done = self.press(staff, refund, reference="UTR 123")
        html = staff.get(done["HX-Redirect"]).content.decode()
        assert "₹15,000 marked as paid back" in html
        assert page("refund", refund, "mark_paid") not in html
        refund.refresh_from_db()
        assert (refund.status, refund.reference) == ("paid", "UTR 123")
        again = self.press(staff, refund, reference="UTR 124")
        assert "cannot become paid" in staff.get(again["HX-Redirect"]).content.decode()

    def test_a_look_at_the_button_moves_nothing(self, refund: Refund, staff: Client) -> None:
        staff.get(page("refund", refund, "mark_paid"), {"reference": "x"})
        refund.refresh_from_db()
        assert refund.status == "owed"

    def test_it_is_for_those_who_may(self, refund: Refund) -> None:
        url = page("refund", refund, "mark_paid")
        looking, paying = colleague("view_refund"), colleague("view_refund", "pay_refund")
        assert url not in looking.get(page("refund", refund)).content.decode()
        assert self.press(looking, refund, reference="UTR").status_code == 403
        assert url in paying.get(page("refund", refund)).content.decode()
        assert self.press(paying, refund, reference="UTR").status_code == 200
        refund.refresh_from_db()
        assert refund.status == "paid"


class TestSellers:
    def fields(self, **changes: Any) -> dict[str, Any]:
        return {
            "legal_name": "FlashSpace Karnataka LLP",
            "address": "MG Road\nBengaluru",
            "state_code": "29",
            "gstin": "29aafcf1234k1z0",
            "pan": "",
            "email": "",
            "phone": "",
            "invoice_prefix": "I29",
            "is_active": "on",
            **changes,
        }

    def save(self, staff: Client, seller: SellerEntity | None = None, **changes: Any) -> Any:
        url = page("sellerentity", seller) if seller else page("sellerentity", name="add")
        return staff.post(url, self.fields(**changes), follow=True)

    def test_an_entity_is_added_with_an_audit_entry(self, staff: Client) -> None:
        make_seller()
        html = self.save(staff).content.decode()
        seller = SellerEntity.objects.get(state_code="29")
        assert (seller.gstin, seller.is_default) == ("29AAFCF1234K1Z0", False)
        entry = AuditEntry.objects.get(action="seller.added")
        assert (entry.target_id, entry.before) == (str(seller.pk), {})
        assert entry.after["legal_name"] == "FlashSpace Karnataka LLP"
        assert "check digit" in html.lower() or "check character" in html.lower()

    def test_a_change_is_audited_with_what_changed(self, staff: Client) -> None:
        make_seller()
        branch = make_branch(legal_name="Old Name", address="MG Road\nBengaluru", pan="")
        self.save(staff, branch)
        entry = AuditEntry.objects.get(action="seller.changed")
        assert (entry.before, entry.after) == (
            {"legal_name": "Old Name"},
            {"legal_name": "FlashSpace Karnataka LLP"},
        )

    def test_a_new_default_takes_the_place_of_the_old(self, staff: Client) -> None:
        old = make_seller()
        self.save(staff, is_default="on")
        assert [one.state_code for one in SellerEntity.objects.filter(is_default=True)] == ["29"]
        entry = AuditEntry.objects.get(target_id=str(old.pk))
        assert (entry.before["is_default"], entry.after["is_default"]) == (True, False)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"gstin": "29AAFCF1234K1"}, "valid 15-character GSTIN"),
            ({"state_code": "33"}, "The GSTIN is of another state"),
            ({"is_default": "on", "is_active": ""}, "The default entity has to be active"),
            ({"invoice_prefix": "I-9"}, "Three capital letters or digits"),
            ({"invoice_prefix": "INV"}, "already exists"),
            ({"state_code": "27", "gstin": "27AAFCF1234K1Z5"}, "seller_one_per_state"),
        ],
    )
    def test_what_cannot_sell_is_refused(self, staff: Client, changes: dict[str, Any], words: str) -> None:
        make_seller()
        assert words in self.save(staff, **changes).content.decode()
        assert SellerEntity.objects.count() == 1

    def test_the_default_entity_stays_one_and_keeps_the_prefix_of_its_numbers(self, staff: Client) -> None:
        seller = make_invoice().seller
        maharashtra = {"state_code": "27", "gstin": seller.gstin}
        kept = self.save(staff, seller, **maharashtra, invoice_prefix="INV")
        assert "Make another entity the default one instead" in kept.content.decode()
        html = self.save(staff, seller, **maharashtra, invoice_prefix="NEW", is_default="on").content.decode()
        assert "it keeps its prefix" in html
        seller.refresh_from_db()
        assert (seller.is_default, seller.invoice_prefix) == (True, "INV")

    def test_nobody_deletes_an_entity(self, staff: Client) -> None:
        assert staff.post(page("sellerentity", make_seller(), "delete"), {"post": "yes"}).status_code == 403
