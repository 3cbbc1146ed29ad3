"""Who may do what with money. Pure: no queries beyond Django's cached permissions."""

from accounts.models import User
from billing.enums import EventOutcome
from billing.models import GatewayEvent


def can_close_event(user: User, event: GatewayEvent) -> bool:
    """One that failed and that nobody dealt with yet."""
    is_open = event.outcome == EventOutcome.FAILED and event.closed_at is None
    return is_open and user.is_active and user.is_staff and user.has_perm("billing.close_event")
