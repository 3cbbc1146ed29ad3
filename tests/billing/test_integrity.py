"""Each rule catches the rows that break it, and no other rule does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db.models import F

from accounts.models import Budget
from billing import integrity
from billing.enums import EventMeaning, EventSource, Gateway, InvoiceStatus, PaymentStatus, RefundCause
from billing.exceptions import BillableLapsed, InvoiceAlreadyPaid, PaymentFailed
from billing.models import GatewayEvent, Invoice, InvoiceLine, NumberSeries, Payment, Refund
from billing.services.papers import hash_invoice
from billing.services.payments import verify_payment
from flashspace.base.clock import now
from flashspace.base.integrity import rules
from tests.factories.accounts import UserFactory
from tests.factories.billing import THING, Things, make_branch, make_invoice, make_line, make_payment

pytestmark = pytest.mark.django_db

Break = Callable[[], object]


def broken() -> set[str]:
    own = [one for one in rules() if one.find.__module__ == integrity.__name__]
    assert [one.id for one in own] == ["I-M1", "I-M2", "I-M3", "I-M4", "I-M5", "I-N1", "I-W1"]
    return {one.id for one in own if one.find().violations}


def pay(payment: Payment, transaction_id: str = "") -> Payment:
    return verify_payment(
        payment_id=payment.pk,
        transaction_id=transaction_id or payment.transaction_id,
        proof={},
        actor=payment.user,
    )


@pytest.fixture
def _every_kind(january: datetime, things: Things) -> None:
    """INV-1 paid, a second payment of it owed back; INV-2 lapsed, INV-3 and INV-4 unpaid; I29-1 of several lines."""
    make_branch()
    make_invoice(property_state="29", lines=[make_line(999), make_line(1, quantity=3)])
    failed = make_payment()
    with pytest.raises(PaymentFailed):
        pay(failed, "fail")
    pay(make_payment(failed.invoice))
    with pytest.raises(InvoiceAlreadyPaid):
        pay(failed)
    lapsed = make_payment()
    things.gone.add(lapsed.invoice.source_id)
    with pytest.raises(BillableLapsed):
        pay(lapsed)
    make_payment(make_invoice(property_state="33"))
    make_invoice()
    assert broken() == set()


def numbered(number: str) -> Invoice:
    return Invoice.objects.get(number=number)


def change(number: str, /, **values: object) -> None:
    Invoice.objects.filter(number=number).update(**values)


def change_line(number: str, **values: object) -> None:
    """A forgery that knows of the hash, so that only sums can tell."""
    InvoiceLine.objects.filter(invoice__number=number, position=1).update(**values)
    rehash(number)


def rehash(number: str) -> None:
    change(number, content_hash=hash_invoice(numbered(number)))


def a_gap() -> None:
    numbered("INV-2026-0003").payments.all().delete()
    numbered("INV-2026-0003").delete()


def a_lost_last_number() -> None:
    NumberSeries.objects.filter(name="INV-2026").update(last=F("last") + 1)


def a_counter_that_fell_behind() -> None:
    NumberSeries.objects.filter(name="INV-2026").update(last=F("last") - 1)


def a_number_that_is_none() -> None:
    change("INV-2026-0004", number="INV-2026-04")
    rehash("INV-2026-04")
    a_counter_that_fell_behind()


def a_number_of_another_year() -> None:
    change("INV-2026-0004", issued_at=now() - timedelta(days=365))
    rehash("INV-2026-0004")


def numbers_out_of_order() -> None:
    change("INV-2026-0001", issued_at=now() + timedelta(seconds=1))


def an_invoice_that_is_not_its_lines() -> None:
    change("INV-2026-0001", subtotal=F("subtotal") - 1, cgst=F("cgst") + 1, tax_amount=F("tax_amount") + 1)


def a_line_that_was_added_to() -> None:
    change_line("INV-2026-0001", taxable=F("taxable") + 1, total=F("total") + 1)


def a_tax_that_the_rate_does_not_give() -> None:
    change("INV-2026-0003", subtotal=F("subtotal") + 1, igst=F("igst") - 1, tax_amount=F("tax_amount") - 1)
    change_line("INV-2026-0003", taxable=F("taxable") + 1, igst=F("igst") - 1)


def igst_beside_cgst() -> None:
    change("INV-2026-0001", igst=F("sgst"), sgst=0)
    change_line("INV-2026-0001", igst=F("sgst"), sgst=0)


def halves_that_are_none() -> None:
    change("INV-2026-0001", cgst=F("cgst") + 1, sgst=F("sgst") - 1)
    change_line("INV-2026-0001", cgst=F("cgst") + 1, sgst=F("sgst") - 1)


def a_paid_invoice_called_unpaid() -> None:
    change("INV-2026-0001", status=InvoiceStatus.PENDING)


def an_unpaid_invoice_called_paid() -> None:
    change("INV-2026-0004", status=InvoiceStatus.PAID, paid_at=now())


def money_without_a_word_what_becomes_of_it() -> None:
    Refund.objects.filter(cause=RefundCause.LAPSED).delete()


def more_back_than_came() -> None:
    refund = Refund.objects.get(cause=RefundCause.LAPSED)
    Refund.objects.create(payment=refund.payment, amount=1, cause=RefundCause.LAPSED, reason="Again")


def money_back_that_never_came() -> None:
    pending = Payment.objects.get(status=PaymentStatus.PENDING)
    Refund.objects.create(payment=pending, amount=1, cause=RefundCause.LAPSED, reason="Nothing came")


def another_buyer_on_paper() -> None:
    change("INV-2026-0001", billing_name="Somebody Else")


def another_word_on_a_line() -> None:
    InvoiceLine.objects.filter(invoice__number="INV-2026-0001").update(description="Something else")


def a_payment_of_a_part() -> None:
    Payment.objects.filter(status=PaymentStatus.PENDING).update(amount=F("amount") - 1)


def a_payment_in_other_money() -> None:
    Payment.objects.filter(status=PaymentStatus.PENDING).update(currency="USD")


def a_payment_by_a_stranger() -> None:
    Payment.objects.filter(status=PaymentStatus.PENDING).update(user=UserFactory())


def a_thing_that_is_gone() -> None:
    Budget.objects.get(name=THING, key=str(numbered("INV-2026-0004").source_id)).delete()


def a_thing_of_an_app_that_nobody_knows() -> None:
    change("INV-2026-0004", source_type="parking")


def money_that_no_gateway_spoke_of() -> None:
    GatewayEvent.objects.filter(meaning=EventMeaning.CAPTURED).first().delete()  # type: ignore[union-attr]


def an_event_that_waits() -> None:
    GatewayEvent.objects.create(
        gateway=Gateway.SANDBOX,
        event_id="evt_1",
        source=EventSource.WEBHOOK,
        kind="payment.captured",
        meaning=EventMeaning.CAPTURED,
        created_at=now() - timedelta(hours=3),
    )


BREAKS: dict[str, list[Break]] = {
    "I-N1": [
        a_gap,
        a_lost_last_number,
        a_counter_that_fell_behind,
        a_number_that_is_none,
        a_number_of_another_year,
        numbers_out_of_order,
    ],
    "I-M1": [
        an_invoice_that_is_not_its_lines,
        a_line_that_was_added_to,
        a_tax_that_the_rate_does_not_give,
        igst_beside_cgst,
        halves_that_are_none,
    ],
    "I-M2": [
        a_paid_invoice_called_unpaid,
        an_unpaid_invoice_called_paid,
        money_without_a_word_what_becomes_of_it,
        more_back_than_came,
        money_back_that_never_came,
    ],
    "I-M3": [another_buyer_on_paper, another_word_on_a_line],
    "I-M4": [a_payment_of_a_part, a_payment_in_other_money, a_payment_by_a_stranger],
    "I-M5": [a_thing_that_is_gone, a_thing_of_an_app_that_nobody_knows],
    "I-W1": [money_that_no_gateway_spoke_of, an_event_that_waits],
}


@pytest.mark.usefixtures("_every_kind")
@pytest.mark.parametrize(("rule", "act"), [(rule, act) for rule, acts in BREAKS.items() for act in acts])
def test_a_rule_and_only_it_finds_what_breaks_it(rule: str, act: Break) -> None:
    act()
    assert broken() == {rule}
