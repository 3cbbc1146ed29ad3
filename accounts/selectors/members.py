"""The people of an organization, as their colleagues see them."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import MembershipStatus, Role
from accounts.exceptions import MemberUnknown
from accounts.models import AuditEntry, KycProfile, Membership, Organization, User
from accounts.organization_permissions import OWNER_LEVEL
from accounts.selectors.roles import SEATED

# Neither the membership nor the account is switched off.
CAN_ACT = Q(status=MembershipStatus.ACTIVE, user__is_active=True)

_ties: list[Callable[[User], bool]] = []


def register_tie(has_tie: Callable[[User], bool]) -> None:
    """What apps that come later know of an account that is more than a seat in an organization."""
    _ties.append(has_tie)


def members_of(
    organization: Organization, *, search: str = "", role_id: int | None = None, status: str = ""
) -> "QuerySet[Membership]":
    """Those who have a seat unless a status is named, in the order in which they came. Whoever left is found by what
    they were called then.
    """
    found = Membership.objects.filter(organization=organization).select_related("user", "role")
    found = found.filter(status=status) if status else found.filter(status__in=SEATED)
    if role_id is not None:
        found = found.filter(role=role_id)
    for word in search.split():
        here = Q(user__full_name__icontains=word) | Q(user__email__icontains=word)
        gone = Q(ended_name__icontains=word) | Q(ended_email__icontains=word)
        found = found.filter(Q(here, status__in=SEATED) | gone)
    return found.order_by("joined_at", "pk")


def find_member(*, organization: Organization, user_id: UUID) -> Membership:
    """Also one that is over. Raises MemberUnknown, for other organizations' people too."""
    people = Membership.objects.select_related("user", "role", "organization")
    found = people.filter(organization=organization, user=user_id).first()
    if found is None:
        raise MemberUnknown
    return found


def as_known(member: Membership) -> User:
    """The person as colleagues see them. Of one who left that is the name and the address of then, and nothing else:
    what somebody does with their account afterwards is not the organization's business.
    """
    user = member.user
    if member.status in SEATED:
        return user
    return User(pk=user.pk, email=member.ended_email, full_name=member.ended_name, given_name=user.given_name)


def known_in(organization_id: UUID | None, user: User | None) -> User | None:
    """The same by the person, whose `memberships` lists prefetch; None for one who never was a member."""
    seats = user.memberships.all() if user else ()
    return next((as_known(seat) for seat in seats if seat.organization_id == organization_id), None)


def owners_of(organization: Organization) -> "QuerySet[Membership]":
    """Those who can act."""
    return Membership.objects.filter(CAN_ACT, organization=organization, role__level=OWNER_LEVEL)


def without_owner() -> "QuerySet[Organization]":
    """Where people can act and no owner can. One where nobody can act is not among them: nobody is stuck there."""
    acting = Membership.objects.filter(CAN_ACT, organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(acting)).exclude(Exists(acting.filter(role__level=OWNER_LEVEL)))


def belongs_elsewhere(*, user: User, organization: Organization) -> bool:
    """Whether the account is more than a seat here: then nobody here changes who the person is.

    One that the person had before, another organization, our own staff, one who lets out spaces, a customer who has
    shown us papers, or whoever has something of their own in an app that comes later.
    """
    if user.is_staff or user.role != Role.CUSTOMER or not _was_made_here(user, organization):
        return True
    mine = OuterRef("pk")
    others = Membership.objects.filter(user=mine, status__in=SEATED).exclude(organization=organization)
    cases = KycProfile.objects.filter(user=mine)
    if User.objects.filter(Exists(others) | Exists(cases), pk=user.pk).exists():
        return True
    return any(has_tie(user) for has_tie in _ties)


def _was_made_here(user: User, organization: Organization) -> bool:
    """By the registration or an invitation of this organization, in whose log that is then."""
    made = AuditEntry.objects.filter(action="user.created", organization=organization)
    return made.filter(target_type=user._meta.label_lower, target_id=str(user.pk)).exists()
