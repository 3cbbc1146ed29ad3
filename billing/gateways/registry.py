"""Which gateways there are, by name."""

from django.conf import settings

from billing.enums import Gateway
from billing.exceptions import GatewayUnavailable
from billing.gateways.base import PaymentGateway
from billing.gateways.sandbox import Sandbox

# Razorpay and Stripe stand in the contract; until they are connected they answer as a gateway without keys does.
GATEWAYS: dict[Gateway, PaymentGateway] = {Gateway.SANDBOX: Sandbox()}


def is_set_up(gateway: Gateway) -> bool:
    return gateway in GATEWAYS and (gateway != Gateway.SANDBOX or settings.PAYMENT_SANDBOX)


def find_gateway(name: str) -> PaymentGateway:
    """Raises GatewayUnavailable for one that is not set up here, ValueError for a name that is no gateway."""
    gateway = Gateway(name)
    if not is_set_up(gateway):
        raise GatewayUnavailable
    return GATEWAYS[gateway]
