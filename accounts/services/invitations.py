"""Asking somebody to join. The secret is in the mail only; who has it reads the mail of the address."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from accounts.enums import INVITATION_TRANSITIONS, InvitationStatus
from accounts.exceptions import (
    AlreadyInvited,
    AlreadyMember,
    InvitationOver,
    OwnerStays,
    RankTooHigh,
    RoleLimit,
    SeatsTaken,
)
from accounts.models import Invitation, Membership, Organization, OrganizationRole
from accounts.organization_permissions import OWNER_LEVEL
from accounts.selectors.invitations import PURPOSE, find_invitation, invitations_of, state_of
from accounts.selectors.roles import SEATED, find_role, seats_of
from accounts.services import audit, budgets
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from accounts.services.organization_lock import acting, holding
from accounts.services.roles import check_assignable
from accounts.system_roles import ROLES
from flashspace.base.clock import now
from flashspace.base.crypto import keyed_hash, new_token
from flashspace.base.sweeps import Sweep
from flashspace.base.transitions import check_transition

LIFE = timedelta(days=7)


def invite(*, actor: Membership, email: str, role_id: int, message: str = "") -> Invitation:
    """Raises RoleUnknown, OwnerStays for the owner's role, RankTooHigh, RoleLimit, SeatsTaken, AlreadyMember,
    AlreadyInvited, RateLimited, PermissionMissing, MembershipOver.
    """
    with acting(actor, "invitations.create") as mine:
        role = find_role(organization=mine.organization, role_id=role_id)
        _check_role(mine, role)
        _check_address(mine.organization, email)
        asked = invitations_of(mine.organization, status=InvitationStatus.PENDING)
        check_seat(mine.organization, asked=asked.count())
        budgets.spend("accounts.organization_invitations", str(mine.organization_id))
        budgets.spend("accounts.invitations", email)
        secret = new_token()
        invitation = Invitation.objects.create(
            organization=mine.organization,
            email=email,
            role=role,
            inviter=mine.user,
            message=message,
            token_hash=keyed_hash(secret, purpose=PURPOSE),
            expires_at=now() + LIFE,
        )
        _record("invitation.created", invitation, mine, after={"email": email, "role": role.slug})
        _mail(invitation, secret)
        return invitation


def cancel_invitation(*, actor: Membership, invitation_id: UUID) -> Invitation:
    """Take back one that waits: one's own, or one to a role below the own.

    Raises InvitationUnknown, InvitationOver, RankTooHigh, PermissionMissing, MembershipOver.
    """
    with acting(actor, "invitations.cancel") as mine:
        invitation = find_invitation(organization=mine.organization, invitation_id=invitation_id)
        if invitation.inviter_id != mine.user_id and invitation.role.level <= mine.role.level:
            raise RankTooHigh
        check_open(invitation)
        _move(invitation, InvitationStatus.CANCELLED)
        _record("invitation.cancelled", invitation, mine)
        return invitation


def check_seat(organization: Organization, *, asked: int = 0) -> None:
    """Whether one more has room, beside so many who are asked. Suspended people keep their seats. Raises SeatsTaken."""
    if 0 <= organization.user_limit <= seats_of(organization).count() + asked:
        raise SeatsTaken


def check_open(invitation: Invitation) -> None:
    """Raises InvitationOver, with the reason."""
    words = {
        InvitationStatus.ACCEPTED: "This invitation was accepted already",
        InvitationStatus.CANCELLED: "This invitation was taken back",
        InvitationStatus.EXPIRED: "This invitation has expired; ask for another one",
    }
    state = state_of(invitation)
    if state != InvitationStatus.PENDING:
        raise InvitationOver(words[state])


def list_expired(at: datetime) -> list[UUID]:
    late = Invitation.objects.filter(status=InvitationStatus.PENDING, expires_at__lte=at)
    return list(late.order_by("expires_at").values_list("pk", flat=True))


def expire_invitation(invitation_id: UUID, at: datetime) -> bool:
    """Write down that its time is over, and tell who sent it. False if it was not open any more."""
    organization_id = Invitation.objects.values_list("organization_id", flat=True).get(pk=invitation_id)
    with holding(organization_id):
        invitation = Invitation.objects.select_related("organization", "inviter").get(pk=invitation_id)
        if invitation.status != InvitationStatus.PENDING or invitation.expires_at > at:
            return False
        _expire(invitation)
        return True


EXPIRE_INVITATIONS = Sweep("accounts.expire_invitations", find=list_expired, apply=expire_invitation)


def _expire(invitation: Invitation) -> None:
    _move(invitation, InvitationStatus.EXPIRED)
    _record("invitation.expired", invitation, None)
    notify(
        user=invitation.inviter,
        kind="invitation.expired",
        title=f"The invitation of {invitation.email} has expired",
        data={"invitation_id": str(invitation.pk), "organization_id": str(invitation.organization_id)},
    )


def _move(invitation: Invitation, status: InvitationStatus) -> None:
    check_transition(INVITATION_TRANSITIONS, thing="invitation", current=invitation.status, wanted=status)
    invitation.status = status
    invitation.save(update_fields=["status", "updated_at"])


def _check_role(mine: Membership, role: OrganizationRole) -> None:
    if role.level == OWNER_LEVEL:
        raise OwnerStays("Nobody is invited as an owner")
    check_assignable(mine, role)
    # A package that ended leaves its roles with those who have them.
    if not role.is_system and 0 <= mine.organization.role_limit <= len(ROLES):
        raise RoleLimit("Your package knows only the system roles")


def _check_address(organization: Organization, email: str) -> None:
    here = Membership.objects.filter(organization=organization, user__email=email, status__in=SEATED)
    if here.exists():
        raise AlreadyMember
    waiting = Invitation.objects.filter(organization=organization, email=email, status=InvitationStatus.PENDING)
    earlier = waiting.select_related("organization", "inviter").first()
    if earlier is not None:
        if state_of(earlier) == InvitationStatus.PENDING:
            raise AlreadyInvited
        _expire(earlier)


def _mail(invitation: Invitation, secret: str) -> None:
    queue_mail(
        to=invitation.email,
        template="invitation",
        context={
            "name": "",
            "inviter": invitation.inviter.get_full_name() or invitation.inviter.email,
            "organization": invitation.organization.name,
            "role": invitation.role.name,
            "message": invitation.message,
            "days": LIFE.days,
        },
        secrets={"link": f"{settings.FRONTEND_URL}/invitation?token={secret}"},
    )


def _record(action: str, invitation: Invitation, mine: Membership | None, **values: object) -> None:
    audit.record(
        action=action,
        actor=mine.user if mine else None,
        target=invitation,
        organization=invitation.organization,
        **values,  # type: ignore[arg-type]
    )
