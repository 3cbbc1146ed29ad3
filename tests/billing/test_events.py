import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Mail
from billing.enums import EventOutcome, EventSource, InvoiceStatus, PaymentStatus
from billing.exceptions import SignatureInvalid
from billing.models import GatewayEvent, Payment
from billing.services.events import APPLY_EVENTS, GRACE, UNKNOWN_FOR, receive_webhook
from billing.services.payments import verify_payment
from billing.tasks import task_apply_events, task_mark_overdue
from flashspace.base.clock import now
from flashspace.base.sweeps import run_sweep
from flashspace.dialects.hygiene import Malformed
from tests.factories.billing import SANDBOX, Things, deliveries, make_event, make_invoice, make_payment, signed

pytestmark = pytest.mark.django_db


def receive(event: dict[str, Any]) -> GatewayEvent:
    body = json.dumps(event).encode()
    received = receive_webhook(gateway=SANDBOX, body=body, headers=signed(body))
    received.refresh_from_db()
    return received


def test_a_captured_event_pays_the_invoice_and_is_evidence(things: Things) -> None:
    payment = make_payment()
    told = make_event(payment)
    event = receive(told)
    assert (event.source, event.kind, event.event_id) == (EventSource.WEBHOOK, "payment.captured", told["id"])
    assert (event.outcome, event.payload, event.amount, event.currency) == ("applied", told, 15000, "INR")
    payment.refresh_from_db()
    assert (payment.status, payment.invoice.status) == (PaymentStatus.COMPLETED, InvoiceStatus.PAID)


def test_told_twice_it_is_one_row(things: Things) -> None:
    payment = make_payment()
    told = make_event(payment)
    assert receive(told) == receive(told)
    assert (GatewayEvent.objects.count(), deliveries(payment.invoice.source_id)) == (1, 1)


def test_the_clients_proof_and_the_webhook_are_one_payment(things: Things) -> None:
    payment = make_payment()
    verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=payment.user)
    event = receive(make_event(payment))
    assert (event.outcome, event.note) == (EventOutcome.IGNORED, "Known already")
    assert (deliveries(payment.invoice.source_id), Mail.objects.count()) == (1, 1)


def test_events_in_any_order_and_thrice_each_have_the_effect_of_one(things: Things) -> None:
    payments = [make_payment() for _ in range(10)]
    told = [make_event(one, kind) for one in payments for kind in ("payment.captured", "payment.failed")] * 3
    random.Random(7).shuffle(told)
    for event in told:
        receive(event)
    assert [deliveries(one.invoice.source_id) for one in payments] == [1] * 10
    assert set(Payment.objects.values_list("status", "invoice__status")) == {("completed", "paid")}
    assert GatewayEvent.objects.filter(handled_at__isnull=True).count() == 0


@pytest.mark.parametrize("bit", [0, 100, -1])
def test_one_changed_bit_is_a_forgery(things: Things, bit: int) -> None:
    body = bytearray(json.dumps(make_event(make_payment())).encode())
    headers = signed(bytes(body))
    body[bit] ^= 1
    with pytest.raises(SignatureInvalid):
        receive_webhook(gateway=SANDBOX, body=bytes(body), headers=headers)
    assert not GatewayEvent.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"X-Sandbox-Signature": ""}, {"X-Sandbox-Signature": "ü" * 64}])
def test_without_a_signature_nothing_is_kept(things: Things, headers: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        receive_webhook(gateway=SANDBOX, body=b"{}", headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"5",
        b"null",
        b"[]",
        b"{}",
        b'{"id": "evt", "type": "payment.captured", "data": null}',
        b'{"id": "", "type": "payment.captured", "data": {"transaction_id": "x"}}',
        b'{"id": "evt", "type": "payment.captured", "data": {"transaction_id": "' + b"x" * 101 + b'"}}',
        b'{"id": "evt", "type": "payment.captured", "data": {"transaction_id": "x", "amount": "many"}}',
        b'{"id": "evt", "type": "payment.captured", "data": {"transaction_id": "x", "amount": NaN}}',
        b'{"id": "evt", "type": "payment.captured", "data": {"transaction_id": "x\\u0000"}}',
        b'{"id": "evt", "type": "payment.captured", "data": {"transaction_id": "x", "more": "\\ud800"}}',
        b'{"id": "evt", "type": "payment.captured", "data": {"transaction_id": "x", "amount": 1e400}}',
        b"\xff",
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_and_not_kept(things: Things, body: bytes) -> None:
    with pytest.raises(Malformed):
        receive_webhook(gateway=SANDBOX, body=body, headers=signed(body))
    assert not GatewayEvent.objects.exists()


def test_what_does_not_concern_us_is_kept_and_ignored(things: Things) -> None:
    assert receive(make_event(make_payment(), "dispute.created")).outcome == EventOutcome.IGNORED


@pytest.mark.parametrize("changes", [{"amount": 1_499_900}, {"amount": None}, {"currency": "USD"}, {"currency": ""}])
def test_other_money_than_was_asked_for_pays_nothing_and_calls_a_person(
    things: Things, caplog: pytest.LogCaptureFixture, changes: dict[str, Any]
) -> None:
    payment = make_payment()
    event = receive(make_event(payment, **changes))
    assert event.outcome == EventOutcome.FAILED
    assert "is not what was to be paid" in event.note
    assert "needs a person" in caplog.text
    payment.refresh_from_db()
    assert (payment.status, payment.invoice.status) == (PaymentStatus.PENDING, InvoiceStatus.PENDING)


def test_other_money_for_the_same_payment_calls_a_person(things: Things) -> None:
    payment = make_payment()
    receive(make_event(payment))
    event = receive(make_event(payment, reference="money_other"))
    assert (event.outcome, event.note) == (
        EventOutcome.FAILED,
        f"Other money than money_{payment.pk.hex} for the same payment",
    )


class TestSweep:
    def test_an_event_before_its_payment_waits_for_it(self, things: Things) -> None:
        payment = make_payment()
        known_as = payment.transaction_id
        Payment.objects.update(transaction_id="")
        event = receive(make_event(payment))
        assert event.handled_at is None
        Payment.objects.update(transaction_id=known_as)
        assert run_sweep(APPLY_EVENTS, at=now()).done == []  # whoever stored it may still be at it
        assert run_sweep(APPLY_EVENTS, at=now() + GRACE).done == [event.pk]
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.COMPLETED

    def test_an_event_of_nobody_is_given_up_after_an_hour_for_a_person_to_see(self, things: Things) -> None:
        payment = make_payment()
        event = receive(make_event(payment, transaction_id="of_nobody"))
        assert run_sweep(APPLY_EVENTS, at=now() + GRACE).skipped == [event.pk]
        assert run_sweep(APPLY_EVENTS, at=now() + UNKNOWN_FOR + timedelta(seconds=1)).done == [event.pk]
        event.refresh_from_db()
        assert (event.outcome, event.note) == (EventOutcome.FAILED, "No payment of ours has this transaction")

    def test_what_failed_to_apply_is_kept_answered_and_applied_later(
        self, things: Things, caplog: pytest.LogCaptureFixture
    ) -> None:
        payment = make_payment()
        things.breaks = True
        event = receive(make_event(payment))
        assert event.handled_at is None
        assert "kept but not applied" in caplog.text
        assert run_sweep(APPLY_EVENTS, at=now() + GRACE).failed == [event.pk]
        things.breaks = False
        assert run_sweep(APPLY_EVENTS, at=now() + GRACE).done == [event.pk]
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.COMPLETED

    def test_the_tasks_of_the_beat_run_the_sweeps(self, things: Things) -> None:
        payment = make_payment()
        things.breaks = True
        event = receive(make_event(payment))
        things.breaks = False
        GatewayEvent.objects.update(created_at=now() - GRACE)
        due = make_invoice(due_at=now())
        task_apply_events()
        task_mark_overdue()
        event.refresh_from_db()
        due.refresh_from_db()
        assert (event.outcome, due.status) == (EventOutcome.APPLIED, InvoiceStatus.OVERDUE)


def test_evidence_is_never_part_of_somebody_elses_transaction(things: Things) -> None:
    payment = make_payment()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        receive(make_event(payment))
    assert not GatewayEvent.objects.exists()
