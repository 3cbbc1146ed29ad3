"""What changes who belongs to an organization, or what they may do there, is done one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from accounts.exceptions import MembershipOver, PermissionMissing
from accounts.models import Membership, Organization, User
from accounts.selectors.organizations import find_membership
from accounts.selectors.roles import SEATED
from flashspace.base.locks import atomic, lock_row


@contextmanager
def holding(organization_id: UUID) -> Iterator[Organization]:
    """A transaction that holds the organization. Order: organization, then people, then what is theirs."""
    with atomic():
        yield lock_row(Organization.objects.all(), pk=organization_id)


@contextmanager
def holding_all_of(user: User, *, actor: User) -> Iterator[tuple[User, User]]:
    """A transaction that holds every organization where the person has a seat, and then the person and who acts."""
    with atomic():
        seats = Membership.objects.filter(user=user, status__in=SEATED)
        for pk in sorted(seats.values_list("organization", flat=True)):
            lock_row(Organization.objects.all(), pk=pk)
        yield lock_both(user, actor)


def lock_both(user: User, actor: User) -> tuple[User, User]:
    """Whom it is about, and who acts, as they are now: two who act on each other are one after the other, and the
    second has lost the right by then. In the caller's transaction, in the order of their keys.
    """
    people = {pk: lock_row(User.objects.all(), pk=pk) for pk in sorted({user.pk, actor.pk})}
    return people[user.pk], people[actor.pk]


@contextmanager
def acting(actor: Membership, permission: str = "") -> Iterator[Membership]:
    """The same, for a member: read anew, because a colleague may have ended the membership or changed its role since
    the request began.

    Raises MembershipOver, PermissionMissing.
    """
    with holding(actor.organization_id) as organization:
        fresh = find_membership(user=actor.user, organization_id=organization.pk)
        if fresh is None:
            raise MembershipOver
        if permission:
            need(fresh, permission)
        fresh.organization = organization
        yield fresh


def need(actor: Membership, permission: str) -> None:
    """Raises PermissionMissing."""
    if permission not in actor.role.permissions:
        raise PermissionMissing
