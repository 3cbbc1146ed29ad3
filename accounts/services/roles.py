"""The roles that an organization makes for itself: below their maker, with nothing that the maker may not do."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import slugify

from accounts.exceptions import PermissionMissing, RankTooHigh, RoleFixed, RoleInUse, RoleLimit, RoleTaken
from accounts.models import Membership, Organization, OrganizationRole
from accounts.organization_permissions import CUSTOM_LEVEL, OWNER_LEVEL, in_order
from accounts.selectors.roles import find_role, seats_of_role
from accounts.services import audit
from accounts.services.organization_lock import acting
from accounts.system_roles import ROLES
from flashspace.base.errors import Invalid

LOWEST_LEVEL = 99
SHOWN = ("name", "slug", "description", "level", "permissions")


def create_role(
    *,
    actor: Membership,
    name: str,
    permissions: Iterable[str],
    slug: str = "",
    description: str = "",
    level: int | None = None,
) -> OrganizationRole:
    """Directly below the maker unless a level is named.

    Raises RankTooHigh, PermissionMissing, RoleTaken, RoleLimit, Invalid, MembershipOver.
    """
    with acting(actor, "roles.create") as mine:
        role = OrganizationRole(
            organization=mine.organization,
            name=name,
            slug=slug or slugify(name)[:100],
            description=description,
            level=max(CUSTOM_LEVEL, mine.role.level + 1) if level is None else level,
            permissions=in_order(permissions),
        )
        _check_rank(mine, role.level)
        _check_grants(mine, role.permissions)
        _check_slug(role)
        _check_limit(mine.organization)
        role.save(force_insert=True)
        _record("role.created", mine, role, after=audit.snapshot(role, SHOWN))
        return role


def update_role(*, actor: Membership, role_id: int, values: Mapping[str, Any]) -> OrganizationRole:
    """Change what is named. What the role allows already may stay or go; new is only what the actor may do as well.

    Raises NotFound, RoleFixed, RankTooHigh, PermissionMissing, RoleTaken, MembershipOver.
    """
    with acting(actor, "roles.edit") as mine:
        role = _changeable(mine, role_id)
        before = audit.snapshot(role, SHOWN)
        for name, value in values.items():
            setattr(role, name, in_order(value) if name == "permissions" else value)
        _check_rank(mine, role.level)
        _check_grants(mine, set(role.permissions) - set(before["permissions"]))
        if role.slug != before["slug"]:
            _check_slug(role)
        after = audit.snapshot(role, SHOWN)
        if after != before:
            role.save()
            _record("role.updated", mine, role, before=before, after=after)
        return role


def delete_role(*, actor: Membership, role_id: int) -> None:
    """The row stays, for those who had it once. Raises NotFound, RoleFixed, RankTooHigh, RoleInUse, MembershipOver."""
    with acting(actor, "roles.delete") as mine:
        role = _changeable(mine, role_id)
        if seats_of_role(role).exists():
            raise RoleInUse
        role.is_active = False
        role.save(update_fields=["is_active", "updated_at"])
        _record("role.deleted", mine, role, before=audit.snapshot(role, SHOWN))


def check_assignable(mine: Membership, role: OrganizationRole) -> None:
    """Whether `mine` may put somebody into the role: below the own, with nothing in it beyond the own.

    Raises RankTooHigh.
    """
    if role.level <= mine.role.level or not set(role.permissions) <= set(mine.role.permissions):
        raise RankTooHigh


def _changeable(mine: Membership, role_id: int) -> OrganizationRole:
    role = find_role(organization=mine.organization, role_id=role_id)
    if role.is_system:
        raise RoleFixed
    _check_rank(mine, role.level)
    return role


def _check_rank(mine: Membership, level: int) -> None:
    if level <= max(mine.role.level, CUSTOM_LEVEL - 1):
        raise RankTooHigh


def _check_grants(mine: Membership, permissions: Iterable[str]) -> None:
    """An owner may do everything, also what came into the code after the owner's role was last written."""
    missing = sorted(set(permissions) - set(mine.role.permissions))
    if missing and mine.role.level != OWNER_LEVEL:
        raise PermissionMissing(f"Your own role does not allow: {', '.join(missing)}")


def _check_slug(role: OrganizationRole) -> None:
    if not role.slug:
        raise Invalid("Needs letters or digits", field="slug")
    others = OrganizationRole.objects.filter(organization=role.organization, slug=role.slug, is_active=True)
    if role.slug in {fixed["slug"] for fixed in ROLES.values()} or others.exclude(pk=role.pk).exists():
        raise RoleTaken


def _check_limit(organization: Organization) -> None:
    """The two system roles count among them."""
    if organization.role_limit < 0:
        return
    made = OrganizationRole.objects.filter(organization=organization, is_active=True).count()
    if len(ROLES) + made >= organization.role_limit:
        raise RoleLimit


def _record(action: str, mine: Membership, role: OrganizationRole, **values: Any) -> None:
    audit.record(action=action, actor=mine.user, target=role, organization=mine.organization, **values)
