"""Organizations: always an owner, nothing of another organization's, and nobody in without having been asked."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.enums import InvitationStatus, MembershipStatus
from accounts.models import Invitation, Membership, Organization, OrganizationRole, Session
from accounts.organization_permissions import ALL, CUSTOM_LEVEL, OWNER_LEVEL
from accounts.selectors.members import without_owner
from accounts.system_roles import ROLES
from flashspace.base.clock import now
from flashspace.base.integrity import Findings, findings, rule

HASH: Final = r"^[0-9a-f]{64}$"


@rule("I-T1", "Members and invitations have a role of their own organization, and a session one where its person works")
def nothing_is_of_another_organization() -> Findings:
    rows = Membership.objects.count() + Invitation.objects.count()
    return findings(rows, _foreign())


def _foreign() -> Iterator[str]:
    foreign = Q(role__organization__isnull=False) & ~Q(role__organization=F("organization"))
    yield from _name("membership", Membership.objects.filter(foreign), "has another organization's role")
    yield from _name("invitation", Invitation.objects.filter(foreign), "is to another organization's role")
    here = Membership.objects.filter(user=OuterRef("user"), organization=OuterRef("organization"))
    live = Session.objects.filter(ended_at=None, expires_at__gt=now(), organization__isnull=False)
    working = here.filter(status=MembershipStatus.ACTIVE)
    yield from _name("session", live.exclude(Exists(working)), "is of an organization where its person has no access")


@rule(
    "I-T2",
    "Every organization has an owner, one who can act where others can, and roles allow only what there is, below the "
    "two of the system",
)
def organizations_have_owners() -> Findings:
    return findings(Organization.objects.count() + OrganizationRole.objects.count(), _unowned())


def _unowned() -> Iterator[str]:
    mine = Membership.objects.filter(organization=OuterRef("pk"), status=MembershipStatus.ACTIVE)
    owned = mine.filter(role__level=OWNER_LEVEL, role__organization=None)
    unowned = Organization.objects.filter(~Exists(owned) | Q(pk__in=without_owner()))
    yield from _name("organization", unowned, "has no owner")
    for pk, role in sorted(ROLES.items()):
        if not OrganizationRole.objects.filter(pk=pk, **role, organization=None).exists():
            yield f"role {pk} is not the system's {role['slug']}"
    roles = OrganizationRole.objects.order_by("pk")
    beside = roles.filter(organization=None).exclude(pk__in=ROLES)
    yield from _name("role", beside, "is of no organization")
    yield from _name(
        "role", roles.filter(organization__isnull=False, level__lt=CUSTOM_LEVEL), "ranks with the system's"
    )
    for pk, permissions in roles.values_list("pk", "permissions"):
        if unknown := sorted(set(permissions) - ALL):
            yield f"role {pk} allows what there is not: {', '.join(unknown)}"


@rule("I-T3", "Who accepted an invitation is a member; no other invitation let anybody in, and none keeps its secret")
def invitations_were_accepted_by_members() -> Findings:
    return findings(Invitation.objects.count(), _unfounded())


def _unfounded() -> Iterator[str]:
    invitations = Invitation.objects.order_by("pk")
    accepted = invitations.filter(status=InvitationStatus.ACCEPTED)
    member = Membership.objects.filter(user=OuterRef("accepted_by"), organization=OuterRef("organization"))
    yield from _name("invitation", accepted.exclude(Exists(member)), "was accepted by somebody who is no member")
    late = accepted.filter(accepted_at__gt=F("expires_at"))
    yield from _name("invitation", late, "was accepted after its time")
    others = invitations.exclude(status=InvitationStatus.ACCEPTED)
    used = others.filter(Q(accepted_at__isnull=False) | Q(accepted_by__isnull=False))
    yield from _name("invitation", used, "let somebody in and is not accepted")
    yield from _name("invitation", invitations.exclude(token_hash__regex=HASH), "keeps its secret")


def _name(thing: str, rows: QuerySet[Any], problem: str) -> Iterator[str]:
    return (f"{thing} {pk} {problem}" for pk in rows.order_by("pk").values_list("pk", flat=True))
