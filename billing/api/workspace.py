"""workspace: paying an invoice, and what gateways report."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.idempotency import idempotent
from accounts.api.permissions import SignedIn, Verified
from accounts.api.requests import SignedInRequest
from billing.enums import Gateway, InvoiceStatus, PaymentStatus
from billing.exceptions import GatewayUnknown
from billing.gateways.registry import find_gateway
from billing.models import Payment
from billing.selectors import get_payment, list_payments
from billing.services.events import receive_webhook
from billing.services.payments import StartedPayment, start_payment, verify_payment
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import ChoiceField, IsoMillisField, NumberField, PublicIdField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis


class PaymentIn(In):
    """The amount is the invoice's; one that is sent is not read."""

    gateway = ChoiceField(choices=Gateway.values)
    payment_type = ChoiceField(choices=["invoice"])
    invoice_id = PublicIdField()


class VerifyIn(In):
    """Beside these the body carries whatever proof the gateway's client handed over, under the gateway's own names."""

    payment_id = PublicIdField()
    transaction_id = TextField(max_length=128)


class PaymentOut(Out):
    id = serializers.UUIDField()
    transaction_id = serializers.CharField()
    reference_id = serializers.CharField(allow_null=True)
    payment_type = serializers.ChoiceField(choices=["invoice"])
    invoice_id = serializers.UUIDField()
    invoice_number = serializers.CharField()
    amount = NumberField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    gateway = serializers.ChoiceField(choices=Gateway.choices)
    failure_reason = serializers.CharField(allow_null=True)
    created_at = IsoMillisField()
    completed_at = IsoMillisField(allow_null=True)

    @staticmethod
    def row(obj: Payment) -> dict[str, Any]:
        return {
            "id": obj.pk,
            "transaction_id": obj.transaction_id,
            "reference_id": obj.reference or None,
            "payment_type": "invoice",
            "invoice_id": obj.invoice_id,
            "invoice_number": obj.invoice.number,
            "amount": obj.amount,
            "currency": obj.currency,
            "status": obj.status,
            "gateway": obj.gateway,
            "failure_reason": obj.failure_reason or None,
            "created_at": iso_millis(obj.created_at),
            "completed_at": iso_millis(obj.completed_at) if obj.completed_at else None,
        }


class FormOut(Out):
    formUrl = serializers.URLField()  # noqa: N815  the original's word
    formData = serializers.DictField()  # noqa: N815


class StartedOut(Out):
    payment = PaymentOut()
    payment_form = FormOut(required=False, help_text="Of the sandbox; a real gateway has what its own client needs")

    @staticmethod
    def row(obj: StartedPayment) -> dict[str, Any]:
        return {"payment": PaymentOut.row(obj.payment), **obj.client}


class PaidInvoiceOut(Out):
    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=InvoiceStatus.choices)


class VerifiedOut(Out):
    success = serializers.BooleanField()
    payment = PaymentOut()
    invoice = PaidInvoiceOut()

    @staticmethod
    def row(obj: Payment) -> dict[str, Any]:
        invoice = obj.invoice
        return {
            "success": True,
            "payment": PaymentOut.row(obj),
            "invoice": {"id": invoice.pk, "number": invoice.number, "status": invoice.status},
        }


class ReceivedOut(Out):
    received = serializers.BooleanField()


class PaymentViewSet(DialectViewSet):
    tags = "Payments"
    permission_classes = (SignedIn, Verified)

    @operation(summary="Create Payment", request=PaymentIn, response={201: StartedOut}, errors=(403, 404, 409, 503))
    @idempotent(in_steps=True)
    def create(self, request: SignedInRequest) -> HttpResponse:
        data = self.read(PaymentIn)
        started = start_payment(invoice_id=data["invoice_id"], gateway=data["gateway"], actor=request.user)
        return self.reply(StartedOut(started).data, message="Payment created", status=201)

    @operation(
        summary="Verify Payment", request=VerifyIn, response={200: VerifiedOut}, errors=(400, 403, 404, 409, 503)
    )
    @idempotent(in_steps=True)
    def verify(self, request: SignedInRequest) -> HttpResponse:
        payment = verify_payment(**self.read(VerifyIn), proof=self.given, actor=request.user)
        return self.reply(VerifiedOut(payment).data, message="Payment verified")

    @operation(summary="List Payments", response={200: [PaymentOut]}, paged=True)
    def list(self, request: SignedInRequest) -> HttpResponse:
        rows, page = self.page(list_payments(user=request.user))
        return self.reply(PaymentOut(rows, many=True).data, page=page)

    @operation(summary="Get Payment by ID", response={200: PaymentOut}, errors=(404,))
    def retrieve(self, request: SignedInRequest, id: str) -> HttpResponse:
        return self.reply(PaymentOut(get_payment(user=request.user, id=self.public_id(id))).data)


class WebhookViewSet(DialectViewSet):
    """The signature over the raw body says who speaks; there is no account behind it."""

    tags = "Payments"
    permissions: ClassVar[dict[str, Permissions]] = {"receive": []}

    def check_limits(self, request: Request) -> None:
        """None: a gateway sends bursts from few addresses, and an event that is refused is money that waits."""

    @operation(
        summary="Webhook of a gateway",
        description="For the gateways alone. An event is kept before it is acted on; sent again, it changes nothing.",
        response={200: ReceivedOut},
        errors=(400, 404, 503),
    )
    def receive(self, request: Request, gateway: str) -> HttpResponse:
        if gateway not in Gateway.values:
            raise GatewayUnknown
        receive_webhook(gateway=find_gateway(gateway), body=request.body, headers=request.headers)
        return self.reply({"received": True}, message="Event received")


urlpatterns = routes(
    WORKSPACE,
    [
        route("POST", "/api/v1/payments", PaymentViewSet, "create"),
        route("POST", "/api/v1/payments/verify", PaymentViewSet, "verify"),
        route("GET", "/api/v1/payments", PaymentViewSet, "list"),
        route("GET", "/api/v1/payments/<str:id>", PaymentViewSet, "retrieve"),
        route("POST", "/api/v1/payments/webhooks/<str:gateway>", WebhookViewSet, "receive"),
    ],
)
