"""A gateway that moves no money, to try everything out. Refused in production.

It confirms the transaction id that it handed out, and the id `fail` rehearses a failure. Its webhook is signed like a
real one: header `X-Sandbox-Signature`, HMAC-SHA256 of the raw body in hex, under a key derived from SECRET_KEY.
"""

import hashlib
import hmac
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from billing.enums import EventMeaning, Gateway
from billing.exceptions import PaymentNotProven, SignatureInvalid
from billing.gateways.base import News
from billing.models import Payment
from flashspace.base.crypto import derive_key
from flashspace.dialects.hygiene import Malformed, parse_json

SIGNATURE = "X-Sandbox-Signature"
FAIL = "fail"
MEANINGS = {
    "payment.captured": EventMeaning.CAPTURED,
    "payment.failed": EventMeaning.FAILED,
    "payment.cancelled": EventMeaning.CANCELLED,
}


def sign(body: bytes) -> str:
    """The signature that the sandbox sends along with an event."""
    return hmac.new(derive_key(settings.SECRET_KEY, "sandbox webhook"), body, hashlib.sha256).hexdigest()


class Sandbox:
    name = Gateway.SANDBOX

    def open_order(self, payment: Payment) -> str:
        return f"sandbox_{payment.pk.hex}"

    def client_data(self, payment: Payment) -> dict[str, Any]:
        """The form of a made-up checkout page: send it, and it is paid."""
        return {
            "payment_form": {
                "formUrl": f"{settings.PUBLIC_URL}/api/v1/payments/verify",
                "formData": {"payment_id": str(payment.pk), "transaction_id": payment.transaction_id},
            }
        }

    def confirm(self, payment: Payment, *, transaction_id: str, proof: Mapping[str, Any]) -> News:
        if transaction_id == FAIL:
            return News(
                event_id=f"answer:{payment.transaction_id}:failed",
                kind="payment.failed",
                meaning=EventMeaning.FAILED,
                transaction_id=payment.transaction_id,
                reason="Declined, as asked",
            )
        if transaction_id != payment.transaction_id:
            raise PaymentNotProven
        return News(
            event_id=f"answer:{payment.transaction_id}:captured",
            kind="payment.captured",
            meaning=EventMeaning.CAPTURED,
            transaction_id=payment.transaction_id,
            reference=f"money_{payment.pk.hex}",
            amount=payment.amount,
            currency=payment.currency,
        )

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> News:
        if not hmac.compare_digest(sign(body).encode(), headers.get(SIGNATURE, "").encode()):
            raise SignatureInvalid
        event = parse_json(body)
        try:
            return _read_event(event)
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed("This is no event of the sandbox") from error


def _read_event(event: dict[str, Any]) -> News:
    """`{"id", "type", "data": {"transaction_id", "reference", "amount" in paise, "currency", "reason"}}`"""
    data = event["data"]
    texts = [str(event["id"]), str(event["type"]), str(data["transaction_id"]), str(data.get("reference", ""))]
    if not all(0 < len(text) <= 100 for text in texts[:3]):
        raise ValueError("a name that is empty or too long")
    amount = data.get("amount")
    return News(
        event_id=texts[0],
        kind=texts[1][:64],
        meaning=MEANINGS.get(texts[1], EventMeaning.OTHER),
        transaction_id=texts[2],
        reference=texts[3][:128],
        amount=None if amount is None else Decimal(int(amount)) / 100,
        currency=str(data.get("currency", ""))[:3],
        reason=str(data.get("reason", ""))[:300],
        payload=event,
    )
