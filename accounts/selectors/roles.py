"""The roles of an organization: the two that all have, and its own."""

from django.db.models import Count, Q, QuerySet

from accounts.enums import MembershipStatus
from accounts.exceptions import RoleUnknown
from accounts.models import Membership, Organization, OrganizationRole

# Who counts as somebody of an organization: a suspended person keeps seat and role.
SEATED = (MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED)


def roles_of(organization: Organization) -> "QuerySet[OrganizationRole]":
    """Those that are in use, the highest first."""
    theirs = Q(organization=None) | Q(organization=organization)
    return OrganizationRole.objects.filter(theirs, is_active=True).order_by("level", "pk")


def find_role(*, organization: Organization, role_id: int) -> OrganizationRole:
    """Raises RoleUnknown, for another organization's too."""
    role = roles_of(organization).filter(pk=role_id).first()
    if role is None:
        raise RoleUnknown
    return role


def seats_of_role(role: OrganizationRole) -> "QuerySet[Membership]":
    return Membership.objects.filter(role=role, status__in=SEATED)


def seats_of(organization: Organization) -> "QuerySet[Membership]":
    return Membership.objects.filter(organization=organization, status__in=SEATED)


def usage_counts(organization: Organization) -> dict[int, int]:
    """How many active members each role has, also none."""
    counts = dict.fromkeys(roles_of(organization).values_list("pk", flat=True), 0)
    active = Membership.objects.filter(organization=organization, status=MembershipStatus.ACTIVE)
    return counts | dict(active.order_by().values_list("role_id").annotate(Count("pk")))
