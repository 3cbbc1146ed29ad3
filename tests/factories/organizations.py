"""Organizations with their people, as rows; the services' own tests make them by the services."""

from typing import Any
from uuid import uuid4

from accounts.models import Membership, Organization, OrganizationRole, User
from accounts.organization_permissions import in_order
from accounts.services import audit
from accounts.system_roles import ADMIN_ID, OWNER_ID
from flashspace.base.clock import now
from tests.factories.accounts import UserFactory


def make_organization(name: str = "Acme Corp", *, owner: User | None = None, **fields: Any) -> Organization:
    """A verified organization with its owner."""
    mark = uuid4().hex[:8]
    values = {"slug": f"acme-{mark}", "email": f"{mark}@acme.example", "email_verified_at": now(), **fields}
    organization = Organization.objects.create(name=name, **values)
    add_member(organization, user=owner, role_id=OWNER_ID)
    return organization


def add_member(
    organization: Organization, *, user: User | None = None, role_id: int = ADMIN_ID, **fields: Any
) -> Membership:
    at = now()
    values = {"joined_at": at, "last_used_at": at, **fields}
    return Membership.objects.create(organization=organization, user=user or UserFactory(), role_id=role_id, **values)


def add_newcomer(organization: Organization, **fields: Any) -> Membership:
    """Somebody whose account was made by this organization's invitation."""
    member = add_member(organization, **fields)
    audit.record(action="user.created", actor=member.user, target=member.user, organization=organization)
    return member


def make_role(organization: Organization, *permissions: str, level: int = 3, **fields: Any) -> OrganizationRole:
    values = {"name": "Manager", "slug": f"manager-{uuid4().hex[:8]}", **fields}
    return OrganizationRole.objects.create(
        organization=organization, level=level, permissions=in_order(permissions), **values
    )


def owner_of(organization: Organization) -> User:
    return organization.memberships.get(role_id=OWNER_ID).user
