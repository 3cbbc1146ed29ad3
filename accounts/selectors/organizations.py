"""Whose organizations, in which role. Read on every request: a token's word for it is not believed."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.enums import OrganizationStatus
from accounts.mfa_totp import Authenticator
from accounts.models import Membership, Organization, User
from accounts.selectors.members import CAN_ACT


def live_memberships(user: User) -> "QuerySet[Membership]":
    """Where the person may work, the one used last first; organizations that are not verified yet among them.

    Asked anew of the account too: it may have been switched off since the request began.
    """
    return (
        Membership.objects.filter(CAN_ACT, user=user, organization__status=OrganizationStatus.ACTIVE)
        .select_related("organization", "role")
        .order_by("-last_used_at", "-pk")
    )


def find_membership(*, user: User, organization_id: UUID) -> Membership | None:
    return live_memberships(user).filter(organization=organization_id).first()


def people_of(organization: Organization) -> "QuerySet[Membership]":
    """Who belongs and who did, whether each has a second factor as `has_factor`, in the order in which they came."""
    factor = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
    found = Membership.objects.filter(organization=organization).select_related("user", "role")
    return found.annotate(has_factor=Exists(factor)).order_by("joined_at", "pk")
