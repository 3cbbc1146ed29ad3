from decimal import Decimal
from itertools import product
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Mail, Notification
from billing.enums import (
    EventMeaning,
    EventOutcome,
    EventSource,
    Gateway,
    InvoiceStatus,
    PaymentStatus,
    RefundCause,
    RefundStatus,
)
from billing.exceptions import (
    BillableLapsed,
    GatewayUnavailable,
    InvoiceAlreadyPaid,
    InvoiceNotPayable,
    InvoiceUnknown,
    PaymentFailed,
    PaymentNotProven,
    PaymentUnknown,
)
from billing.gateways.base import News
from billing.gateways.sandbox import Sandbox
from billing.models import GatewayEvent, Invoice, Payment, Refund
from billing.services.events import apply_event, record_event
from billing.services.payments import start_payment, verify_payment
from flashspace.base.clock import now
from flashspace.base.errors import Conflict
from tests.factories.accounts import UserFactory
from tests.factories.billing import SANDBOX, Things, deliveries, make_invoice, make_line, make_payment, start

pytestmark = pytest.mark.django_db


def verify(payment: Payment, transaction_id: str | None = None) -> Payment:
    return verify_payment(
        payment_id=payment.pk,
        transaction_id=payment.transaction_id if transaction_id is None else transaction_id,
        proof={},
        actor=payment.user,
    )


def force(row: Invoice | Payment, **values: object) -> None:
    """A state that a test begins in, however it came about."""
    type(row).objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()


class TestStart:
    def test_a_payment_is_of_the_whole_invoice_and_the_thing_is_told(self, things: Things) -> None:
        invoice = make_invoice()
        started = start(invoice)
        payment = started.payment
        payment.refresh_from_db()
        assert (payment.invoice, payment.user, payment.gateway) == (invoice, invoice.customer, Gateway.SANDBOX)
        assert (payment.amount, payment.currency, payment.status) == (15000, "INR", PaymentStatus.PENDING)
        assert payment.transaction_id == f"sandbox_{payment.pk.hex}"
        assert started.client == {
            "payment_form": {
                "formUrl": "http://testserver/api/v1/payments/verify",
                "formData": {"payment_id": str(payment.pk), "transaction_id": payment.transaction_id},
            }
        }
        assert things.started == [invoice.source_id]

    def test_again_it_is_the_payment_that_is_open(self, things: Things) -> None:
        payment = make_payment()
        assert start(payment.invoice).payment == payment
        assert Payment.objects.count() == 1

    def test_the_database_keeps_one_open_payment_at_a_gateway(self, things: Things) -> None:
        payment = make_payment()
        with transaction.atomic(), pytest.raises(IntegrityError):
            Payment.objects.create(
                invoice=payment.invoice, user=payment.user, gateway=payment.gateway, amount=payment.amount
            )

    def test_after_a_failure_another_may_be_made(self, things: Things) -> None:
        payment = make_payment()
        with pytest.raises(PaymentFailed):
            verify(payment, "fail")
        another = start(payment.invoice).payment
        assert another != payment
        assert verify(another).invoice.status == InvoiceStatus.PAID

    def test_an_overdue_invoice_is_payable(self, things: Things) -> None:
        invoice = make_invoice()
        force(invoice, status=InvoiceStatus.OVERDUE)
        assert start(invoice).payment.status == PaymentStatus.PENDING

    @pytest.mark.parametrize(
        ("state", "error"),
        [
            ({"status": InvoiceStatus.PAID, "paid_at": now()}, InvoiceAlreadyPaid),
            ({"status": InvoiceStatus.CANCELLED, "cancelled_at": now()}, InvoiceNotPayable),
            ({"status": InvoiceStatus.DRAFT}, InvoiceUnknown),
        ],
    )
    def test_what_is_not_unpaid_is_refused(self, things: Things, state: dict[str, object], error: type) -> None:
        invoice = make_invoice()
        force(invoice, **state)
        with pytest.raises(error) as refused:
            start(invoice)
        assert type(refused.value) is error
        assert not Payment.objects.exists()

    def test_an_invoice_of_nothing_needs_no_payment(self, things: Things) -> None:
        with pytest.raises(InvoiceNotPayable, match="nothing to pay"):
            start(make_invoice(lines=[make_line(0)]))

    def test_what_the_thing_refuses_is_refused(self, things: Things) -> None:
        things.refuses_payment = True
        with pytest.raises(Conflict, match="ran out"):
            start(make_invoice())
        assert not Payment.objects.exists()

    def test_another_persons_invoice_and_an_unknown_one_are_the_same(self, things: Things) -> None:
        invoice = make_invoice()
        with pytest.raises(InvoiceUnknown):
            start(invoice, actor=UserFactory())
        with pytest.raises(InvoiceUnknown):
            start_payment(invoice_id=uuid4(), gateway=Gateway.SANDBOX, actor=invoice.customer)

    @pytest.mark.parametrize("gateway", [Gateway.RAZORPAY, Gateway.STRIPE])
    def test_a_gateway_without_keys_is_unavailable(self, things: Things, gateway: Gateway) -> None:
        invoice = make_invoice()
        with pytest.raises(GatewayUnavailable):
            start_payment(invoice_id=invoice.pk, gateway=gateway, actor=invoice.customer)
        assert not Payment.objects.exists()

    def test_the_sandbox_is_there_only_where_it_is_switched_on(self, things: Things, settings) -> None:
        settings.PAYMENT_SANDBOX = False
        with pytest.raises(GatewayUnavailable):
            start(make_invoice())

    def test_a_gateway_that_is_down_leaves_a_row_to_go_on_with(self, things: Things, monkeypatch) -> None:
        invoice = make_invoice()

        def down(_self: Sandbox, _payment: Payment) -> str:
            raise GatewayUnavailable

        with monkeypatch.context() as patch:
            patch.setattr(Sandbox, "open_order", down)
            with pytest.raises(GatewayUnavailable):
                start(invoice)
        waiting = Payment.objects.get()
        assert waiting.transaction_id == ""
        assert start(invoice).payment == waiting
        waiting.refresh_from_db()
        assert waiting.transaction_id == f"sandbox_{waiting.pk.hex}"


class TestVerify:
    def test_a_proved_payment_pays_the_invoice_delivers_and_tells(self, things: Things) -> None:
        payment = verify(make_payment())
        payment.refresh_from_db()
        invoice = payment.invoice
        assert (payment.status, payment.reference) == (PaymentStatus.COMPLETED, f"money_{payment.pk.hex}")
        assert (invoice.status, invoice.paid_at) == (InvoiceStatus.PAID, payment.completed_at)
        assert deliveries(invoice.source_id) == 1
        mail = Mail.objects.get()
        assert (mail.template, mail.to, mail.user) == ("invoice_paid", payment.user.email, payment.user)
        assert (mail.attachments, mail.dedupe_key) == ([["invoice", str(invoice.pk)]], f"invoice_paid:{invoice.pk}")
        assert "₹15,000" in mail.text
        assert Notification.objects.get().kind == "invoice.paid"
        event = GatewayEvent.objects.get()
        assert (event.source, event.meaning, event.outcome) == (
            EventSource.ANSWER,
            EventMeaning.CAPTURED,
            EventOutcome.APPLIED,
        )
        assert event.handled_at == payment.completed_at

    def test_again_it_is_the_same_answer_and_nothing_happens(self, things: Things) -> None:
        payment = verify(make_payment())
        first = Payment.objects.values().get()
        for transaction_id in (payment.transaction_id, "fail"):
            assert verify(payment, transaction_id) == payment
        assert Payment.objects.values().get() == first
        assert (deliveries(payment.invoice.source_id), Mail.objects.count()) == (1, 1)

    def test_a_rehearsed_failure_fails_the_payment_again_and_again(self, things: Things) -> None:
        payment = make_payment()
        for _ in range(2):
            with pytest.raises(PaymentFailed, match="Declined"):
                verify(payment, "fail")
        payment.refresh_from_db()
        assert (payment.status, payment.failure_reason) == (PaymentStatus.FAILED, "Declined, as asked")
        assert payment.invoice.status == InvoiceStatus.PENDING
        assert GatewayEvent.objects.get().outcome == EventOutcome.APPLIED

    def test_money_after_a_failure_counts(self, things: Things) -> None:
        payment = make_payment()
        with pytest.raises(PaymentFailed):
            verify(payment, "fail")
        assert verify(payment).invoice.status == InvoiceStatus.PAID
        payment.refresh_from_db()
        assert (payment.status, payment.failure_reason) == (PaymentStatus.COMPLETED, "")

    @pytest.mark.parametrize("transaction_id", ["sandbox_other", "FAIL", ""])
    def test_what_the_gateway_does_not_confirm_changes_nothing(self, things: Things, transaction_id: str) -> None:
        payment = make_payment()
        with pytest.raises(PaymentNotProven):
            verify(payment, transaction_id)
        payment.refresh_from_db()
        assert (payment.status, GatewayEvent.objects.count()) == (PaymentStatus.PENDING, 0)

    def test_the_transaction_of_another_payment_proves_nothing(self, things: Things) -> None:
        cheap, dear = make_payment(make_invoice(lines=[make_line(100)])), make_payment()
        with pytest.raises(PaymentNotProven):
            verify(dear, cheap.transaction_id)

    def test_another_persons_payment_is_unknown(self, things: Things) -> None:
        payment = make_payment()
        with pytest.raises(PaymentUnknown):
            verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=UserFactory())

    def test_money_for_what_is_gone_is_owed_back_and_says_so_each_time(self, things: Things) -> None:
        payment = make_payment()
        things.gone.add(payment.invoice.source_id)
        for _ in range(2):
            with pytest.raises(BillableLapsed):
                verify(payment)
        payment.refresh_from_db()
        assert (payment.status, payment.invoice.status) == (PaymentStatus.COMPLETED, InvoiceStatus.CANCELLED)
        assert things.lapsed == [payment.invoice.source_id]
        refund = Refund.objects.get()
        assert (refund.payment, refund.amount, refund.cause, refund.status) == (
            payment,
            Decimal(15000),
            RefundCause.LAPSED,
            RefundStatus.OWED,
        )
        assert [mail.template for mail in Mail.objects.all()] == ["refund_owed"]
        assert Notification.objects.get().kind == "refund.owed"

    def test_money_that_arrives_for_a_cancelled_invoice_revives_it_if_the_thing_can_be_had(
        self, things: Things
    ) -> None:
        payment = make_payment()
        force(payment.invoice, status=InvoiceStatus.CANCELLED, cancelled_at=now())
        paid = verify(payment)
        assert (paid.invoice.status, paid.invoice.cancelled_at) == (InvoiceStatus.PAID, None)
        assert deliveries(paid.invoice.source_id) == 1

    def test_the_second_of_two_payments_is_owed_back(self, things: Things) -> None:
        first = make_payment()
        with pytest.raises(PaymentFailed):
            verify(first, "fail")
        second = start(first.invoice).payment
        verify(second)
        for _ in range(2):
            with pytest.raises(InvoiceAlreadyPaid, match="owed back"):
                verify(first)
        refund = Refund.objects.get()
        assert (refund.payment, refund.cause) == (first, RefundCause.SURPLUS)
        assert deliveries(first.invoice.source_id) == 1
        assert sorted(mail.template for mail in Mail.objects.all()) == ["invoice_paid", "refund_surplus"]

    def test_what_cannot_be_applied_now_is_kept_for_the_sweep(self, things: Things) -> None:
        payment = make_payment()
        things.breaks = True
        with pytest.raises(RuntimeError):
            verify(payment)
        payment.refresh_from_db()
        assert (payment.status, GatewayEvent.objects.get().handled_at) == (PaymentStatus.PENDING, None)
        things.breaks = False
        assert apply_event(GatewayEvent.objects.get().pk, now())
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.COMPLETED


INVOICE_STATES = [InvoiceStatus.PENDING, InvoiceStatus.OVERDUE, InvoiceStatus.PAID, InvoiceStatus.CANCELLED]
NEWS = [EventMeaning.CAPTURED, EventMeaning.FAILED, EventMeaning.CANCELLED]


def expected(
    invoice: InvoiceStatus, payment: PaymentStatus, news: EventMeaning, can_be_had: bool
) -> tuple[str, str, int, list[str]]:
    """Status of payment and invoice, deliveries and causes of refunds after the news."""
    if payment == PaymentStatus.COMPLETED:
        return (payment, invoice, 0, [])
    if news != EventMeaning.CAPTURED:
        refused = PaymentStatus.FAILED if news == EventMeaning.FAILED else PaymentStatus.CANCELLED
        return (refused if payment == PaymentStatus.PENDING else payment, invoice, 0, [])
    if invoice == InvoiceStatus.PAID:
        return (PaymentStatus.COMPLETED, invoice, 0, [RefundCause.SURPLUS])
    if can_be_had:
        return (PaymentStatus.COMPLETED, InvoiceStatus.PAID, 1, [])
    return (PaymentStatus.COMPLETED, InvoiceStatus.CANCELLED, 0, [RefundCause.LAPSED])


@pytest.mark.parametrize(
    ("invoice_status", "payment_status", "news", "can_be_had"),
    list(product(INVOICE_STATES, PaymentStatus, NEWS, [True, False])),
)
def test_every_state_meets_every_news(
    things: Things,
    invoice_status: InvoiceStatus,
    payment_status: PaymentStatus,
    news: EventMeaning,
    can_be_had: bool,
) -> None:
    payment = make_payment()
    invoice = payment.invoice
    force(invoice, status=invoice_status, paid_at=now(), cancelled_at=now())
    force(payment, status=payment_status, completed_at=now())
    if not can_be_had:
        things.gone.add(invoice.source_id)
    is_money = news == EventMeaning.CAPTURED
    event = record_event(
        gateway=SANDBOX,
        source=EventSource.WEBHOOK,
        news=News(
            event_id="evt_1",
            kind=f"payment.{news}",
            meaning=news,
            transaction_id=payment.transaction_id,
            amount=payment.amount if is_money else None,
            currency="INR" if is_money else "",
        ),
    )
    for _ in range(2):  # what is applied twice is applied once
        apply_event(event.pk, now())
    payment.refresh_from_db()
    invoice.refresh_from_db()
    refunds = list(Refund.objects.values_list("cause", flat=True))
    after = (payment.status, invoice.status, deliveries(invoice.source_id), refunds)
    assert after == expected(invoice_status, payment_status, news, can_be_had)
    changed = (payment.status, invoice.status) != (payment_status, invoice_status)
    event.refresh_from_db()
    assert event.outcome == (EventOutcome.APPLIED if changed else EventOutcome.IGNORED)
