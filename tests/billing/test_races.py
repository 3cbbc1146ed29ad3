"""Money under load, with real threads; each race also without its guard, where it must go wrong."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from accounts.models import Mail, Notification
from billing import billables
from billing.enums import Gateway, InvoiceStatus
from billing.models import GatewayEvent, Invoice, NumberSeries, Payment
from billing.services import events, invoices, numbers, payments
from billing.services.events import receive_webhook
from billing.services.payments import start_payment, verify_payment
from flashspace.base import locks
from tests.factories import billing as factories
from tests.factories.accounts import UserFactory
from tests.factories.billing import (
    SANDBOX,
    Things,
    deliveries,
    make_event,
    make_invoice,
    make_line,
    make_payment,
    make_seller,
    make_thing,
    signed,
)
from tests.races import unguarded
from tests.together import together

CLIENTS = 64
INVOICES = 300
MODULES = (events, invoices, numbers, payments, factories)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Iterator[Things]:
    """A delivery takes a while here, so that others can come in between if anything lets them."""
    owner = Things()
    owner.slow = 0.02
    monkeypatch.setitem(billables._billables, "test", owner.billable)
    return owner


def prove(payment: Payment, client: int) -> Any:
    """What the client's page and the gateway do at once: every second one is a webhook, each with an id of its own."""
    if client % 2:
        body = json.dumps(make_event(payment)).encode()
        return receive_webhook(gateway=SANDBOX, body=body, headers=signed(body))
    return verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=payment.user)


def prove_together(payment: Payment) -> list[Any]:
    return together(CLIENTS, lambda client: prove(payment, client))


def told(invoice: Invoice) -> int:
    """How often the customer was told that the money is here."""
    return Notification.objects.filter(user=invoice.customer, kind="invoice.paid").count()


def test_64_proofs_of_one_payment_pay_once_and_mail_once(things: Things, race_rounds: int) -> None:
    for _ in range(race_rounds):
        payment = make_payment()
        answers = prove_together(payment)
        assert [one for one in answers if isinstance(one, Exception)] == []
        payment.refresh_from_db()
        invoice = payment.invoice
        assert (payment.status, invoice.status) == ("completed", InvoiceStatus.PAID)
        assert (deliveries(invoice.source_id), told(invoice)) == (1, 1)
        assert Mail.objects.filter(dedupe_key=f"invoice_paid:{invoice.pk}").count() == 1
        assert GatewayEvent.objects.filter(transaction_id=payment.transaction_id, handled_at=None).count() == 0


def test_without_the_guard_one_payment_is_told_more_than_once(things: Things, race_rounds: int) -> None:
    for _ in range(race_rounds):
        payment = make_payment()
        with unguarded(*MODULES):
            prove_together(payment)
        if told(payment.invoice) > 1:
            return
    pytest.fail("the race did not show without its guard, so the test above proves nothing")


def start_and_prove(invoice: Invoice, client: int) -> Any:
    started = start_payment(invoice_id=invoice.pk, gateway=Gateway.SANDBOX, actor=invoice.customer)
    return prove(started.payment, client)


def test_64_clients_that_start_and_prove_pay_an_invoice_once(things: Things, race_rounds: int) -> None:
    for _ in range(race_rounds):
        invoice = make_invoice()
        together(CLIENTS, lambda client, invoice=invoice: start_and_prove(invoice, client))
        invoice.refresh_from_db()
        assert (invoice.status, invoice.payments.count()) == (InvoiceStatus.PAID, 1)
        assert (deliveries(invoice.source_id), told(invoice)) == (1, 1)


def issue_many(customer: Any) -> list[Any]:
    """300 invoices of which every fifth fails after its number was taken."""

    def issue(number: int) -> str:
        with factories.atomic():
            invoice = invoices.issue_invoice(
                customer=customer,
                source_type="test",
                source_id=make_thing(),
                description="Virtual Office",
                lines=[make_line()],
                property_state="27",
            )
            if number % 5 == 0:
                raise RuntimeError("forced")
        assert invoice.number
        return invoice.number

    return together(INVOICES, issue, threads=16)


def wanted_numbers() -> list[str]:
    year = Invoice.objects.latest("issued_at").number[4:8]
    return [f"INV-{year}-{number:04}" for number in range(1, INVOICES * 4 // 5 + 1)]


def issued_numbers() -> list[str]:
    return list(Invoice.objects.order_by("number").values_list("number", flat=True))


def clear() -> None:
    Invoice.objects.all().delete()
    NumberSeries.objects.all().delete()


def test_300_invoices_with_rollbacks_have_consecutive_numbers_in_order_of_time(race_rounds: int) -> None:
    make_seller()
    customer = UserFactory()
    for _ in range(race_rounds):
        clear()
        answers = issue_many(customer)
        assert {type(one) for one in answers} == {str, RuntimeError}
        assert issued_numbers() == wanted_numbers()
        by_time = Invoice.objects.order_by("issued_at").values_list("number", flat=True)
        assert list(by_time) == issued_numbers()


def test_without_the_guard_numbers_collide_or_go_missing() -> None:
    make_seller()
    with unguarded(*MODULES):
        answers = issue_many(UserFactory())
    unforeseen = [one for one in answers if isinstance(one, Exception) and str(one) != "forced"]
    assert unforeseen or issued_numbers() != wanted_numbers()


def test_the_switch_of_the_control_is_on_again() -> None:
    with unguarded(*MODULES):
        assert locks.ENABLED is False
        if connection.vendor == "sqlite":
            assert numbers.lock_row is not locks.lock_row
    assert (locks.ENABLED, numbers.lock_row) == (True, locks.lock_row)
