from billing.enums import Gateway
from billing.gateways.registry import is_set_up
from flashspace.base.health import NOT_CONFIGURED, OPERATIONAL, check


@check("payment")
def payment() -> str:
    """Whether anybody could pay. The gateways themselves are not asked: their outage is not ours to report."""
    return OPERATIONAL if any(is_set_up(gateway) for gateway in Gateway) else NOT_CONFIGURED
