"""What every gateway does for us, and the words it is understood in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from billing.enums import EventMeaning, Gateway
from billing.models import Payment


@dataclass(frozen=True)
class News:
    """What a gateway says of one transaction. `event_id` is the same each time it says the same thing.

    `reference` is the gateway's own id of the money, `payload` what it said word for word.
    """

    event_id: str
    kind: str
    meaning: EventMeaning
    transaction_id: str
    reference: str = ""
    amount: Decimal | None = None
    currency: str = ""
    reason: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


class PaymentGateway(Protocol):
    """Every call may take as long as a network does. Outages raise GatewayUnavailable."""

    name: Gateway

    def open_order(self, payment: Payment) -> str:
        """Tell the gateway what is to be paid; its id for it. Asked again for the same payment, the same answer."""

    def client_data(self, payment: Payment) -> dict[str, Any]:
        """What the payer's client needs to pay an order that is open, by its name on the wire."""

    def confirm(self, payment: Payment, *, transaction_id: str, proof: Mapping[str, Any]) -> News:
        """What became of the payment, asked of the gateway itself. Raises PaymentNotProven."""

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> News:
        """An event that the gateway signed over the raw body. Raises SignatureInvalid, Malformed."""
