"""Who works here, and how they come in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts.mfa_totp import Authenticator
from accounts.models import Session, User
from accounts.selectors.mfa import REQUIRED
from accounts.selectors.sessions import STAFF
from flashspace.base.clock import now
from flashspace.base.integrity import Findings, findings, rule

# Set up at the first sign-in: whoever has not come by then has an account that a password alone takes over.
FIRST_DAYS: Final = timedelta(days=3)


@rule("I-A3", "Every member of staff has a second factor, and no staff session is live without it")
def staff_have_a_second_factor() -> Findings:
    """Where it is required. A colleague whose account or rights are new has three days for it."""
    if settings.STAFF_MFA != REQUIRED:
        return findings(0, ())
    return findings(User.objects.filter(is_staff=True, is_active=True).count(), _without())


def _without() -> Iterator[str]:
    mine = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    staff = User.objects.filter(is_staff=True, is_active=True, updated_at__lte=now() - FIRST_DAYS).order_by("pk")
    for email in staff.exclude(Exists(mine)).values_list("email", flat=True):
        yield f"{email} has no second factor"
    live = Session.objects.filter(dialect=STAFF, ended_at=None, expires_at__gt=now(), mfa_verified_at=None)
    for pk, email in live.order_by("pk").values_list("pk", "user__email"):
        yield f"session {pk} of {email} is live without it"
