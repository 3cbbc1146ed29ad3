"""Who may call what belongs to an organization: its members, by what their role allows. Read anew on every request."""

from functools import cache
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.permissions import EmailVerified
from accounts.api.requests import SignedInRequest
from accounts.exceptions import (
    MembershipOver,
    MfaRequired,
    MfaSetupRequired,
    OrganizationMissing,
    PermissionMissing,
)
from accounts.models import Membership, Session
from accounts.organization_permissions import BY_SLUG, OWNER_LEVEL
from accounts.selectors.mfa import has_second_factor
from accounts.selectors.organizations import find_membership


class PersonRequest(SignedInRequest):
    """What an action behind `Person` is called with. Only a type."""

    membership: Membership | None


class MemberRequest(SignedInRequest):
    """What an action behind `Member` is called with. Only a type."""

    membership: Membership


def _session_of(request: Request) -> Session:
    session: Session = request.auth  # type: ignore[assignment]  # ours is no Token of DRF's
    return session


class Person(BasePermission):
    """Somebody whose address is verified, signed in to an organization or to none. Where it is one, as `Member`: what
    its session opens is the organization's to guard.

    Signed in to none it opens what is the person's own, without a second factor. What an organization has inside is
    behind `Member`. One's data as a whole tells of organizations too: `take_own_data` asks for the factor. What one
    needs to get in, or out again, cannot ask for it: the list of one's own organizations, switch, an invitation, /mfa.

    Raises EmailNotVerified and what Member raises but OrganizationMissing.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not EmailVerified().has_permission(request, view):
            return False
        request.membership = None  # type: ignore[attr-defined]
        return _session_of(request).organization_id is None or Member().has_permission(request, view)


class Member(BasePermission):
    """A live member of the session's organization, who has shown the second factor where the organization wants it.

    Raises OrganizationMissing, MembershipOver, MfaRequired, MfaSetupRequired.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        session = _session_of(request)
        if session.organization_id is None:
            raise OrganizationMissing
        membership = find_membership(user=request.user, organization_id=session.organization_id)
        if membership is None or membership.organization.email_verified_at is None:
            raise MembershipOver
        if membership.organization.is_mfa_required and session.mfa_verified_at is None:
            raise MfaRequired if has_second_factor(request.user) else MfaSetupRequired
        request.membership = membership  # type: ignore[attr-defined]
        return True


@cache
def MemberWith(permission: str) -> type[Member]:  # noqa: N802  it stands where a class stands
    """Members whose role allows it: `MemberWith("roles.view")`. Raises PermissionMissing beside what Member raises."""
    assert permission in BY_SLUG

    class Permitted(Member):
        def has_permission(self, request: Request, view: Any) -> bool:
            if not super().has_permission(request, view):
                return False
            if permission not in request.membership.role.permissions:  # type: ignore[attr-defined]
                raise PermissionMissing
            return True

    Permitted.__name__ = Permitted.__qualname__ = f"MemberWith({permission})"
    return Permitted


class OrganizationOwner(Member):
    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.membership.role.level != OWNER_LEVEL:  # type: ignore[attr-defined]
            raise PermissionMissing
        return True
