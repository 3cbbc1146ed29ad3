"""What an organization has bought. Only here are the columns of it written."""

from datetime import datetime
from uuid import UUID

from accounts.enums import PackageCode
from accounts.models import Organization, User
from accounts.policies import can_set_package
from accounts.services import audit
from billing.exceptions import PackageTermInvalid
from billing.packages import FREEMIUM, Package
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden
from flashspace.base.locks import atomic, lock_row
from flashspace.base.sweeps import Sweep

COLUMNS = ("package_code", "package_expires_at", "user_limit", "role_limit")


@atomic
def set_package(
    *, organization: Organization, package: Package, expires_at: datetime | None, actor: User | None, reason: str
) -> bool:
    """Give an organization a package until then, or for good. People and roles it has beyond the limits stay.

    `actor` is a colleague, or None for the operator of the server. False when that is how it is already.
    Raises Forbidden, PackageTermInvalid.
    """
    if actor is not None and not can_set_package(actor):
        raise Forbidden
    if expires_at is not None and (package == FREEMIUM or expires_at <= now()):
        raise PackageTermInvalid
    locked = lock_row(Organization.objects.all(), pk=organization.pk)
    return _write(locked, package, expires_at, action="package.set", actor=actor, reason=reason)


def list_over(at: datetime) -> list[UUID]:
    """Organizations whose package is over."""
    over = Organization.objects.filter(package_expires_at__lte=at)
    return list(over.order_by("package_expires_at", "pk").values_list("pk", flat=True))


def expire_package(id: UUID, at: datetime) -> bool:
    """False when it was set anew meanwhile."""
    with atomic():
        organization = lock_row(Organization.objects.all(), pk=id)
        if organization.package_expires_at is None or organization.package_expires_at > at:
            return False
        return _write(organization, FREEMIUM, None, action="package.expired", actor=None, reason="")


EXPIRE_PACKAGES = Sweep("billing.expire_packages", find=list_over, apply=expire_package)


def _write(
    organization: Organization,
    package: Package,
    expires_at: datetime | None,
    *,
    action: str,
    actor: User | None,
    reason: str,
) -> bool:
    """`organization` is locked."""
    before = audit.snapshot(organization, COLUMNS)
    organization.package_code = PackageCode(package.code)
    organization.package_expires_at = expires_at
    organization.user_limit = package.user_limit
    organization.role_limit = package.role_limit
    after = audit.snapshot(organization, COLUMNS)
    if before == after:
        return False
    organization.save(update_fields=[*COLUMNS, "updated_at"])
    audit.record(
        action=action,
        actor=actor,
        target=organization,
        before=before,
        after=after,
        reason=reason,
        organization=organization,
    )
    return True
