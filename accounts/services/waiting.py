"""Whether an address waits for its code, for dialects that tell."""

from django.conf import settings

from accounts.clients import Client
from accounts.exceptions import AlreadyVerified, UserUnknown
from accounts.models import User
from accounts.services import budgets


def find_waiting(*, email: str, client: Client) -> None:
    """Raises UserUnknown, AlreadyVerified, and RateLimited for who asks about too many people.

    SECURITY_PROFILE=strict tells nobody: what the address is good for shows in nothing.
    """
    if settings.SECURITY_PROFILE == "strict":
        return
    known = {}

    def tells() -> bool:
        known["user"] = User.objects.filter(email=email, is_active=True).first()
        return known["user"] is None or known["user"].is_email_verified

    if budgets.reveal(client=client, tells=tells):
        raise AlreadyVerified if known["user"] else UserUnknown
