from django.conf import settings

from flashspace.base.health import NOT_CONFIGURED, OPERATIONAL, check


@check("payment")
def payment() -> str:
    """Whether anybody could pay. The gateways themselves are not asked: their outage is not ours to report."""
    can_pay = settings.PAYMENT_SANDBOX or settings.RAZORPAY_KEY_ID or settings.STRIPE_SECRET_KEY
    return OPERATIONAL if can_pay else NOT_CONFIGURED
