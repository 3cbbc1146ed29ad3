"""POST /api/v1/payments and what follows, as CONTRACT.md has it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail, User
from billing.models import GatewayEvent, Invoice, Payment
from tests.factories.accounts import UserFactory
from tests.factories.billing import Things, make_event, make_invoice, make_payment, signed

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.post(f"/api/v1/payments{path}", body, content_type="application/json", headers=headers)


def order(invoice: Invoice, **fields: Any) -> dict[str, Any]:
    return {"gateway": "sandbox", "payment_type": "invoice", "invoice_id": str(invoice.pk), **fields}


def proof(payment: Payment, **fields: Any) -> dict[str, Any]:
    return {"payment_id": str(payment.pk), "transaction_id": payment.transaction_id, **fields}


def shown(payment: Payment, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(payment.pk),
        "transaction_id": payment.transaction_id,
        "reference_id": None,
        "payment_type": "invoice",
        "invoice_id": str(payment.invoice_id),
        "invoice_number": "INV-2026-0001",
        "amount": 15000,
        "currency": "INR",
        "status": "pending",
        "gateway": "sandbox",
        "failure_reason": None,
        "created_at": "2026-01-08T10:00:00.000Z",
        "completed_at": None,
        **fields,
    }


def test_create_answers_the_payment_and_the_form_of_the_sandbox(
    january: datetime, things: Things, as_user: SignIn
) -> None:
    invoice = make_invoice()
    answer = post(as_user(invoice.customer), "", order(invoice, amount=1))
    payment = Payment.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "message": "Payment created",
            "data": {
                "payment": shown(payment),
                "payment_form": {
                    "formUrl": "http://testserver/api/v1/payments/verify",
                    "formData": {"payment_id": str(payment.pk), "transaction_id": payment.transaction_id},
                },
            },
        },
    )


def test_what_the_form_says_verifies_the_payment(january: datetime, things: Things, as_user: SignIn) -> None:
    invoice = make_invoice()
    client = as_user(invoice.customer)
    form = post(client, "", order(invoice)).json()["data"]["payment_form"]
    answer = client.post(form["formUrl"], form["formData"], content_type="application/json")
    payment = Payment.objects.get()
    completed = shown(
        payment,
        status="completed",
        reference_id=f"money_{payment.pk.hex}",
        completed_at="2026-01-08T10:00:00.000Z",
    )
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "message": "Payment verified",
            "data": {
                "success": True,
                "payment": completed,
                "invoice": {"id": str(invoice.pk), "number": "INV-2026-0001", "status": "paid"},
            },
        },
    )


class TestCreate:
    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"gateway": "paypal"}, "gateway"),
            ({"gateway": None}, "gateway"),
            ({"payment_type": "package_upgrade"}, "payment_type"),
            ({"payment_type": ["invoice"]}, "payment_type"),
            ({"invoice_id": "abc"}, "invoice_id"),
            ({"invoice_id": 5}, "invoice_id"),
        ],
    )
    def test_a_wrong_field_is_named(self, things: Things, as_user: SignIn, fields: dict[str, Any], name: str) -> None:
        invoice = make_invoice()
        answer = post(as_user(invoice.customer), "", order(invoice, **fields))
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])

    @pytest.mark.parametrize("gateway", ["stripe", "razorpay"])
    def test_a_gateway_without_keys_is_503(self, things: Things, as_user: SignIn, gateway: str) -> None:
        invoice = make_invoice()
        answer = post(as_user(invoice.customer), "", order(invoice, gateway=gateway))
        assert (answer.status_code, answer.json()["code"]) == (503, "GATEWAY_UNAVAILABLE")

    def test_a_paid_invoice_is_409(self, things: Things, as_user: SignIn) -> None:
        invoice = make_invoice()
        client = as_user(invoice.customer)
        post(client, "/verify", proof(make_payment(invoice)))
        answer = post(client, "", order(invoice))
        assert (answer.status_code, answer.json()["code"]) == (409, "INVOICE_ALREADY_PAID")

    def test_another_persons_invoice_is_404(self, things: Things, as_user: SignIn) -> None:
        assert post(as_user(UserFactory()), "", order(make_invoice())).status_code == 404

    def test_without_a_verified_address_or_phone_it_is_403(self, things: Things, as_user: SignIn) -> None:
        customer = UserFactory(email_verified_at=None)
        invoice = make_invoice(customer=customer)
        answer = post(as_user(customer), "", order(invoice))
        assert (answer.status_code, answer.json()["code"]) == (403, "EMAIL_NOT_VERIFIED")

    def test_a_retry_with_its_key_gets_the_first_answer(self, things: Things, as_user: SignIn) -> None:
        invoice = make_invoice()
        client = as_user(invoice.customer)
        first = post(client, "", order(invoice), **{"idempotency-key": "k"})
        again = post(client, "", order(invoice), **{"idempotency-key": "k"})
        assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"


class TestVerify:
    def test_a_rehearsed_failure(self, things: Things, as_user: SignIn) -> None:
        payment = make_payment()
        answer = post(as_user(payment.user), "/verify", proof(payment, transaction_id="fail"))
        assert (answer.status_code, answer.json()) == (
            400,
            {
                "statusCode": 400,
                "message": "Declined, as asked",
                "error": "Bad Request",
                "code": "PAYMENT_FAILED",
            },
        )

    def test_what_is_not_proved(self, things: Things, as_user: SignIn) -> None:
        payment = make_payment()
        answer = post(as_user(payment.user), "/verify", proof(payment, transaction_id="txn_xxx"))
        assert (answer.status_code, answer.json()["code"]) == (400, "PAYMENT_NOT_PROVEN")

    def test_money_that_came_too_late(self, things: Things, as_user: SignIn) -> None:
        payment = make_payment()
        things.gone.add(payment.invoice.source_id)
        answer = post(as_user(payment.user), "/verify", proof(payment), **{"idempotency-key": "k"})
        assert (answer.status_code, answer.json()["code"]) == (409, "BOOKING_LAPSED")
        payment.refresh_from_db()
        assert (payment.status, payment.refunds.count()) == ("completed", 1)
        again = post(as_user(payment.user), "/verify", proof(payment), **{"idempotency-key": "k"})
        assert (again.status_code, again.json()["message"]) == (409, answer.json()["message"])

    def test_another_persons_payment_is_404(self, things: Things, as_user: SignIn) -> None:
        assert post(as_user(UserFactory()), "/verify", proof(make_payment())).status_code == 404

    @pytest.mark.parametrize("fields", [{"payment_id": "uuid"}, {"transaction_id": ""}, {"transaction_id": None}])
    def test_a_wrong_field_is_422(self, things: Things, as_user: SignIn, fields: dict[str, Any]) -> None:
        payment = make_payment()
        answer = post(as_user(payment.user), "/verify", proof(payment, **fields))
        assert (answer.status_code, list(answer.json()["errors"])) == (422, list(fields))


class TestRead:
    def test_the_list_is_ones_own_newest_first(self, things: Things, as_user: SignIn) -> None:
        payments = [make_payment(make_invoice(customer=user)) for user in [UserFactory()] * 3]
        make_payment()
        answer = as_user(payments[0].user).get("/api/v1/payments?page=1&limit=2")
        body = answer.json()
        assert [row["id"] for row in body["data"]] == [str(one.pk) for one in (payments[2], payments[1])]
        assert {key: body[key] for key in body if key != "data"} == {"total": 3, "page": 1, "limit": 2, "totalPages": 2}

    def test_one_and_nobody_elses(self, things: Things, as_user: SignIn) -> None:
        payment, client = make_payment(), as_user(UserFactory())
        mine = as_user(payment.user).get(f"/api/v1/payments/{payment.pk}")
        assert (mine.status_code, mine.json()["data"]["id"]) == (200, str(payment.pk))
        for id_ in (payment.pk, uuid4(), "abc"):
            assert client.get(f"/api/v1/payments/{id_}").status_code == 404

    def test_queries_are_few_and_the_same_for_one_row_and_for_three(self, things: Things, as_user: SignIn) -> None:
        customer = UserFactory()
        client, counts = as_user(customer), []
        for more in (1, 2):
            for _ in range(more):
                make_payment(make_invoice(customer=customer))
            client.get("/api/v1/payments")
            with CaptureQueriesContext(connection) as queries:
                client.get("/api/v1/payments")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 3  # session, count, rows

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_stranger_is_401(self, method: str) -> None:
        for path in ("", "/verify") if method == "post" else ("", f"/{uuid4()}"):
            assert getattr(Client(), method)(f"/api/v1/payments{path}").status_code == 401


class TestWebhook:
    def send(self, event: Any, gateway: str = "sandbox", **headers: str) -> Any:
        body = json.dumps(event).encode()
        return Client().post(
            f"/api/v1/payments/webhooks/{gateway}",
            body,
            content_type="application/json",
            headers={**signed(body), **headers},
        )

    def test_a_signed_event_is_received_and_pays(self, things: Things) -> None:
        payment = make_payment()
        event = make_event(payment)
        for _ in range(2):
            answer = self.send(event)
            assert (answer.status_code, answer.json()) == (
                200,
                {"message": "Event received", "data": {"received": True}},
            )
        payment.refresh_from_db()
        assert (payment.invoice.status, Mail.objects.count(), GatewayEvent.objects.count()) == ("paid", 1, 1)

    def test_a_wrong_signature_is_400_and_leaves_nothing(self, things: Things) -> None:
        answer = self.send(make_event(make_payment()), **{"X-Sandbox-Signature": "0" * 64})
        assert (answer.status_code, answer.json()["code"]) == (400, "SIGNATURE_INVALID")
        assert not GatewayEvent.objects.exists()

    def test_money_that_came_too_late_is_received_all_the_same(self, things: Things) -> None:
        payment = make_payment()
        things.gone.add(payment.invoice.source_id)
        assert self.send(make_event(payment)).status_code == 200
        assert payment.refunds.count() == 1

    @pytest.mark.parametrize(("gateway", "status"), [("paypal", 404), ("stripe", 503), ("razorpay", 503)])
    def test_other_gateways(self, things: Things, gateway: str, status: int) -> None:
        assert self.send(make_event(make_payment()), gateway).status_code == status

    def test_where_the_sandbox_is_off_its_webhook_is_closed(self, things: Things, settings: Any) -> None:
        payment = make_payment()
        settings.PAYMENT_SANDBOX = False
        assert self.send(make_event(payment)).status_code == 503
        assert not GatewayEvent.objects.exists()

    def test_a_burst_is_not_limited(self, things: Things) -> None:
        payment = make_payment()
        assert {self.send(make_event(payment, "dispute.created")).status_code for _ in range(30)} == {200}
