from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.enums import KycStatus
from accounts.models import KycProfile
from billing.enums import INVOICE_TRANSITIONS, DocumentKind, InvoiceStatus
from billing.exceptions import InvoiceUnknown, NoSeller
from billing.models import Invoice, NumberSeries, SellerEntity
from billing.services.invoices import MARK_OVERDUE, cancel_invoice, issue_invoice, move_invoice
from billing.services.papers import attach_invoice, hash_invoice, print_invoice
from billing.tax import ServiceKind, Stay
from flashspace.base.clock import now, pretend
from flashspace.base.errors import IllegalTransition
from flashspace.base.sweeps import run_sweep
from tests.factories.accounts import UserFactory
from tests.factories.billing import KARNATAKA, MAHARASHTRA, make_branch, make_invoice, make_line, make_seller

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 8, 10, 0, tzinfo=UTC)
STAMPS = {InvoiceStatus.PAID: "paid_at", InvoiceStatus.CANCELLED: "cancelled_at"}


def amounts(invoice: Invoice) -> tuple[int | Decimal, ...]:
    return (invoice.subtotal, invoice.cgst, invoice.sgst, invoice.igst, invoice.total)


def test_issue_splits_the_documents_price_and_takes_the_first_number() -> None:
    invoice = make_invoice(at=AT, due_at=AT + timedelta(minutes=15))
    invoice.refresh_from_db()
    assert (invoice.number, invoice.status, invoice.kind) == ("INV-2026-0001", "pending", DocumentKind.TAX_INVOICE)
    assert amounts(invoice) == (12712, 1144, 1144, 0, 15000)
    assert (invoice.tax_rate, invoice.tax_amount, invoice.place_of_supply) == (18, 2288, MAHARASHTRA)
    assert (invoice.issued_at, invoice.due_at) == (AT, AT + timedelta(minutes=15))
    line = invoice.lines.get()
    assert (line.position, line.sac, line.quantity, line.rate, line.taxable, line.total) == (
        1,
        "997212",
        1,
        12712,
        12712,
        15000,
    )


def test_the_year_of_a_number_is_indian() -> None:
    evening = datetime(2026, 12, 31, 18, 45, tzinfo=UTC)  # a quarter past midnight in India
    assert make_invoice(at=evening).number == "INV-2027-0001"


def test_who_waits_over_new_year_is_issued_in_the_year_of_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    eve, after = datetime(2026, 12, 31, 18, 29, 59, tzinfo=UTC), datetime(2026, 12, 31, 18, 30, 1, tzinfo=UTC)
    times = iter([eve, after])
    monkeypatch.setattr("billing.services.invoices.now", lambda: next(times))
    invoice = make_invoice()
    assert (invoice.number, invoice.issued_at) == ("INV-2026-0001", eve)


def test_the_entity_of_the_spaces_state_sells_with_its_own_prefix() -> None:
    branch = make_branch()
    invoice = make_invoice(property_state=KARNATAKA, at=AT)
    assert (invoice.seller, invoice.number) == (branch, "I29-2026-0001")
    assert amounts(invoice) == (12712, 1144, 1144, 0, 15000)


def test_elsewhere_the_default_entity_sells_with_igst() -> None:
    make_branch(is_active=False)
    invoice = make_invoice(property_state=KARNATAKA)
    assert (invoice.seller.is_default, invoice.place_of_supply) == (True, KARNATAKA)
    assert amounts(invoice) == (12712, 0, 0, 2288, 15000)


def test_without_any_seller_nothing_is_issued() -> None:
    with pytest.raises(NoSeller):
        issue_invoice(
            customer=UserFactory(),
            source_type="test",
            source_id=uuid4(),
            description="Nothing",
            lines=[make_line()],
            property_state=MAHARASHTRA,
        )
    assert not NumberSeries.objects.exists()


def test_lines_share_the_invoices_tax() -> None:
    invoice = make_invoice(lines=[make_line(5000), make_line(2500, quantity=4)])
    first, second = invoice.lines.all()
    assert (first.taxable + second.taxable, first.total, second.total) == (invoice.subtotal, 5000, 10000)
    assert (second.quantity, second.rate) == (4, (second.taxable / 4).quantize(Decimal("0.01")))


def test_lines_of_two_places_of_supply_are_refused() -> None:
    mailing = make_line(service=ServiceKind.VIRTUAL_OFFICE_MAILING)
    with pytest.raises(ValueError, match="one place of supply"):
        make_invoice(lines=[make_line(), mailing], property_state=KARNATAKA)


def test_mail_alone_is_supplied_where_the_buyer_is_registered() -> None:
    customer = UserFactory()
    KycProfile.objects.create(user=customer, company_name="Talenode Analytics", gstin="29AABCT1234F1ZH")
    mailing = make_line(service=ServiceKind.VIRTUAL_OFFICE_MAILING)
    invoice = make_invoice(customer=customer, lines=[mailing])
    assert (invoice.place_of_supply, invoice.igst) == (KARNATAKA, invoice.tax_amount)


def test_an_exempt_stay_gets_a_bill_of_supply() -> None:
    stay = Stay.monthly(price=Decimal(15000), persons=1, start_on=date(2026, 1, 1), end_on=date(2026, 12, 1))
    invoice = make_invoice(lines=[make_line(service=ServiceKind.COLIVING, stay=stay)])
    assert (invoice.kind, invoice.tax_amount, invoice.subtotal) == (DocumentKind.BILL_OF_SUPPLY, 0, 15000)
    assert print_invoice(invoice).declarations == ("This supply is exempt from GST.",)


def test_a_territory_without_legislature_has_utgst_on_paper() -> None:
    make_branch("04", "I04")
    assert print_invoice(make_invoice(property_state="04")).second_tax == "UTGST"


def test_the_buyers_company_and_gstin_stand_on_the_invoice() -> None:
    customer = UserFactory(full_name="Anshu Prasad", email="anshu@example.com")
    KycProfile.objects.create(
        user=customer,
        status=KycStatus.APPROVED,
        company_name="Talenode Analytics",
        gstin="27AABCT1234F1ZH",
        registered_address="12 Hill Road\nMumbai",
    )
    buyer = print_invoice(make_invoice(customer=customer)).buyer
    assert (buyer.name, buyer.gstin, buyer.state) == ("Talenode Analytics", "27AABCT1234F1ZH", MAHARASHTRA)
    assert buyer.address == ("Attn. Anshu Prasad", "12 Hill Road", "Mumbai")


def test_a_gstin_of_no_place_of_supply_gives_the_buyer_no_state() -> None:
    customer = UserFactory()
    KycProfile.objects.create(user=customer, gstin="28AABCT1234F1ZH")  # Andhra Pradesh before it was divided
    assert make_invoice(customer=customer).billing_state_code == ""


def test_an_issued_invoice_goes_on_saying_what_it_said() -> None:
    invoice = make_invoice()
    SellerEntity.objects.update(legal_name="Another Name Ltd", address="Elsewhere")
    invoice.customer.full_name = "Another Person"
    invoice.customer.save()
    again = Invoice.objects.get(pk=invoice.pk)
    document = print_invoice(again)
    assert document.seller.name == "FlashSpace Workspaces Private Limited"
    assert document.buyer.name == "Anshu Prasad"
    assert again.content_hash == hash_invoice(again) != ""


def test_content_hash_is_the_same_before_and_after_payment_and_another_when_an_amount_changes() -> None:
    invoice = make_invoice()
    invoice.status, invoice.paid_at = InvoiceStatus.PAID, now()
    assert hash_invoice(invoice) == invoice.content_hash
    line = invoice.lines.get()
    line.taxable += 1
    assert hash_invoice(invoice, [line]) != invoice.content_hash


def test_a_second_open_invoice_for_one_thing_is_refused_by_the_database() -> None:
    invoice = make_invoice()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_invoice(source_id=invoice.source_id)
    cancel_invoice(invoice_id=invoice.pk, at=now())
    assert make_invoice(source_id=invoice.source_id).number


@pytest.mark.parametrize(("current", "wanted"), list(product(InvoiceStatus, InvoiceStatus)))
def test_every_pair_of_statuses_moves_as_the_table_says(current: InvoiceStatus, wanted: InvoiceStatus) -> None:
    invoice = make_invoice()
    Invoice.objects.filter(pk=invoice.pk).update(status=current, paid_at=AT, cancelled_at=AT)
    invoice.refresh_from_db()
    if wanted in INVOICE_TRANSITIONS[current]:
        move_invoice(invoice, to=wanted, at=AT)
        invoice.refresh_from_db()
        stamps = {name: AT if STAMPS.get(wanted) == name else None for name in STAMPS.values()}
        assert (invoice.status, {name: getattr(invoice, name) for name in stamps}) == (wanted, stamps)
    else:
        with pytest.raises(IllegalTransition):
            move_invoice(invoice, to=wanted, at=AT)
        invoice.refresh_from_db()
        assert invoice.status == current


def test_cancel_keeps_the_number_and_an_unknown_invoice_is_an_error() -> None:
    invoice = make_invoice(at=AT)
    assert cancel_invoice(invoice_id=invoice.pk, at=AT).number == "INV-2026-0001"
    assert make_invoice(at=AT).number == "INV-2026-0002"
    with pytest.raises(InvoiceUnknown):
        cancel_invoice(invoice_id=uuid4(), at=AT)


class TestMarkOverdue:
    def test_what_is_due_becomes_overdue_once(self) -> None:
        due, later, undated = make_invoice(due_at=AT), make_invoice(due_at=AT + timedelta(1)), make_invoice()
        result = run_sweep(MARK_OVERDUE, at=AT)
        assert (result.done, result.skipped, result.failed) == ([due.pk], [], [])
        assert not run_sweep(MARK_OVERDUE, at=AT).done
        statuses = dict(Invoice.objects.values_list("pk", "status"))
        assert statuses == {due.pk: "overdue", later.pk: "pending", undated.pk: "pending"}

    def test_what_was_paid_meanwhile_is_left(self) -> None:
        invoice = make_invoice(due_at=AT)
        Invoice.objects.filter(pk=invoice.pk).update(status=InvoiceStatus.PAID, paid_at=AT)
        assert MARK_OVERDUE.apply(invoice.pk, AT) is False

    def test_the_command_looks_first_and_acts_then(self, capsys: pytest.CaptureFixture[str]) -> None:
        invoice = make_invoice(due_at=AT)
        call_command("mark_overdue", "--dry-run", "--at", "2026-01-08T15:30")
        assert str(invoice.pk) in capsys.readouterr().out
        invoice.refresh_from_db()
        assert invoice.status == InvoiceStatus.PENDING
        call_command("mark_overdue", "--at", "2026-01-08T15:30")
        assert "1 done" in capsys.readouterr().out
        invoice.refresh_from_db()
        assert invoice.status == InvoiceStatus.OVERDUE


def test_the_attachment_is_the_invoices_pdf() -> None:
    with pretend(AT):
        invoice = make_invoice()
    name, content, media_type = attach_invoice(str(invoice.pk))
    assert (name, content[:5], media_type) == ("INV-2026-0001.pdf", b"%PDF-", "application/pdf")


def test_issuing_takes_few_statements(django_assert_max_num_queries) -> None:
    customer, thing = UserFactory(), uuid4()
    make_seller()
    make_invoice()
    with django_assert_max_num_queries(6):  # seller, KYC case, counter, counter, invoice, lines
        issue_invoice(
            customer=customer,
            source_type="test",
            source_id=thing,
            description="Virtual Office",
            lines=[make_line()],
            property_state=MAHARASHTRA,
        )
