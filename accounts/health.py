from datetime import timedelta

from accounts.enums import MailStatus
from accounts.models import Mail
from flashspace.base.clock import now
from flashspace.base.health import DEGRADED, OPERATIONAL, check

PATIENCE = timedelta(minutes=5)


@check("email")
def email() -> str:
    """Degraded when mail waits and none leaves: no worker, or a server that refuses everything.

    One mail that cannot be delivered is no fault of the service as long as others are.
    """
    since = now() - PATIENCE
    waiting = Mail.objects.filter(status=MailStatus.QUEUED, created_at__lt=since).exists()
    if waiting and not Mail.objects.filter(status=MailStatus.SENT, sent_at__gte=since).exists():
        return DEGRADED
    return OPERATIONAL
