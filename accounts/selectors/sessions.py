"""Where a person is signed in."""

from django.db.models import QuerySet

from accounts.clients import device_of
from accounts.models import Session, User
from flashspace.base.clock import now

STAFF = "admin"  # the dialect of a session in the admin
SUPPORT = "support"  # the dialect of a session by which support looks, read only
SUPPORT_DEVICE = "FlashSpace support, read only"


def live_sessions(user: User) -> "QuerySet[Session]":
    """The one used last first."""
    return Session.objects.filter(user=user, ended_at=None, expires_at__gt=now()).order_by("-last_seen_at", "-pk")


def is_open(session: Session) -> bool:
    """By its own row. `session.user` is loaded. No query."""
    return session.ended_at is None and session.expires_at > now() and session.user.is_active


def device_name(session: Session) -> str:
    """What its owner knows it by."""
    return SUPPORT_DEVICE if session.dialect == SUPPORT else device_of(session.user_agent)
