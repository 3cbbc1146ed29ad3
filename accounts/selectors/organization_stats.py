"""How much of its package an organization uses."""

from dataclasses import dataclass

from accounts.enums import InvitationStatus
from accounts.models import Invitation, Organization
from accounts.selectors.roles import roles_of, seats_of
from flashspace.base.clock import now

UNLIMITED = -1


@dataclass(frozen=True, slots=True)
class Stats:
    users: int
    roles: int
    pending_invitations: int


def stats_of(organization: Organization) -> Stats:
    """Three counts, each by an index. What counts is what the limits count: seats, and the two system roles too."""
    invitations = Invitation.objects.filter(
        organization=organization, status=InvitationStatus.PENDING, expires_at__gt=now()
    )
    return Stats(seats_of(organization).count(), roles_of(organization).count(), invitations.count())


def percent(used: int, limit: int) -> float:
    """0 where there is no limit."""
    return 0 if limit == UNLIMITED else round(100 * used / limit, 2) if limit else 100
