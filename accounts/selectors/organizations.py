"""Whose organizations, in which role. Read on every request: a token's word for it is not believed."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.enums import MembershipStatus, OrganizationStatus
from accounts.models import Membership, User


def live_memberships(user: User) -> "QuerySet[Membership]":
    """Where the person may work, the one used last first; organizations that are not verified yet among them."""
    return (
        Membership.objects.filter(
            user=user, status=MembershipStatus.ACTIVE, organization__status=OrganizationStatus.ACTIVE
        )
        .select_related("organization", "role")
        .order_by("-last_used_at", "-pk")
    )


def find_membership(*, user: User, organization_id: UUID) -> Membership | None:
    return live_memberships(user).filter(organization=organization_id).first()
