"""Invitations. One whose time is over counts as expired, whether or not somebody has written it down yet."""

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.enums import InvitationStatus
from accounts.exceptions import InvitationUnknown
from accounts.models import Invitation, Organization, User
from flashspace.base.clock import now
from flashspace.base.crypto import keyed_hashes

PURPOSE = "invitation"


def invitations_of(organization: Organization, *, status: str = "", email: str = "") -> "QuerySet[Invitation]":
    """The newest first."""
    found = Invitation.objects.filter(organization=organization).select_related("role", "inviter")
    found = found.prefetch_related("inviter__memberships")
    if status:
        found = found.filter(_in_state(status))
    if email:
        found = found.filter(email__icontains=email)
    return found.order_by("-created_at", "-pk")


def find_invitation(*, organization: Organization, invitation_id: UUID) -> Invitation:
    """Raises InvitationUnknown, for another organization's too."""
    invitation = invitations_of(organization).filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationUnknown
    return invitation


def find_by_token(token: str) -> Invitation:
    """Whatever its state. Raises InvitationUnknown."""
    invitations = Invitation.objects.select_related("organization", "role", "inviter")
    invitation = invitations.filter(token_hash__in=keyed_hashes(token, purpose=PURPOSE)).first()
    if invitation is None:
        raise InvitationUnknown
    return invitation


def state_of(invitation: Invitation) -> InvitationStatus:
    status = InvitationStatus(invitation.status)
    is_late = status == InvitationStatus.PENDING and invitation.expires_at <= now()
    return InvitationStatus.EXPIRED if is_late else status


def has_account(invitation: Invitation) -> bool:
    """Whether whoever accepts needs no name and no password. An address that nobody has proved does not count: its
    account may have been made by somebody who does not read this mail.
    """
    return User.objects.filter(email=invitation.email, email_verified_at__isnull=False).exists()


def _in_state(status: str) -> Q:
    late = Q(status=InvitationStatus.PENDING, expires_at__lte=now())
    if status == InvitationStatus.EXPIRED:
        return Q(status=status) | late
    return Q(status=status) & ~late
