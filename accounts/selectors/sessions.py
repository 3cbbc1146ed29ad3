"""Where a person is signed in."""

from django.db.models import QuerySet

from accounts.models import Session, User
from flashspace.base.clock import now


def live_sessions(user: User) -> "QuerySet[Session]":
    """The one used last first."""
    return Session.objects.filter(user=user, ended_at=None, expires_at__gt=now()).order_by("-last_seen_at", "-pk")
