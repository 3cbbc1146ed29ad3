"""Whether an address waits for its code, or was sent one at all, for dialects that tell."""

from django.conf import settings

from accounts.clients import Client
from accounts.exceptions import AlreadyVerified, OtpUnasked, UserUnknown
from accounts.models import User
from accounts.services import budgets, otp


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


def find_asked(*, identifier: str, client: Client) -> None:
    """Raises OtpUnasked where nobody asked for a code, and RateLimited for who looks for it at too many addresses.

    SECURITY_PROFILE=strict tells nobody.
    """
    if settings.SECURITY_PROFILE == "strict":
        return
    if budgets.reveal(client=client, tells=lambda: not otp.was_asked(identifier)):
        raise OtpUnasked
