"""Accepting an invitation: the person, the seat and the role, all looked at again while nobody else may change them."""

from dataclasses import dataclass

from django.db import IntegrityError

from accounts.enums import (
    INVITATION_TRANSITIONS,
    MEMBERSHIP_TRANSITIONS,
    EndReason,
    InvitationStatus,
    MembershipStatus,
    OrganizationStatus,
    TokenPurpose,
)
from accounts.exceptions import AccountDisabled, AlreadyMember, InvitationOver, RankTooHigh
from accounts.models import Invitation, Membership, OrganizationRole, User
from accounts.selectors.invitations import find_by_token, has_account
from accounts.selectors.organizations import find_membership
from accounts.selectors.roles import SEATED
from accounts.services import audit, one_time_tokens, passwords, sessions, verification
from accounts.services.invitations import check_open, check_seat
from accounts.services.notify import notify
from accounts.services.organization_lock import holding
from accounts.services.organizations import join
from accounts.services.roles import check_assignable
from flashspace.base.clock import now
from flashspace.base.errors import Invalid
from flashspace.base.locks import lock_row
from flashspace.base.transitions import check_transition


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody without an account tells; `encoded` is the hash of the password."""

    first_name: str
    last_name: str
    encoded: str


def accept_invitation(*, token: str, first_name: str = "", last_name: str = "", password: str = "") -> Membership:
    """Join. Who has an account already needs nothing but the link; its names and password stay as they are.

    Raises InvitationUnknown, InvitationOver, SeatsTaken, AlreadyMember, AccountDisabled, Invalid, HashingBusy.
    """
    invitation = find_by_token(token)
    check_open(invitation)
    newcomer = None
    if not has_account(invitation):
        newcomer = _read_newcomer(invitation, first_name, last_name, password)
    try:
        return _accept(invitation, newcomer)
    except IntegrityError:
        return _accept(invitation, newcomer)  # the account was made meanwhile, by another door


def _accept(known: Invitation, newcomer: Newcomer | None) -> Membership:
    with holding(known.organization_id) as organization:
        invitation = Invitation.objects.select_related("organization", "role", "inviter").get(pk=known.pk)
        invitation.organization = organization
        check_open(invitation)
        _check_offer(invitation)
        user = _person(invitation, newcomer)
        membership = _seat(invitation, user)
        _close(invitation, user)
        _tell(invitation, user)
        return membership


def _read_newcomer(invitation: Invitation, first_name: str, last_name: str, password: str) -> Newcomer:
    for field, value in (("first_name", first_name), ("password", password)):
        if not value:
            raise Invalid("This field is required.", field=field)
    user = User(email=invitation.email, full_name=f"{first_name} {last_name}".strip(), given_name=first_name)
    passwords.check_policy(password, user=user, field="password")
    return Newcomer(first_name, last_name, passwords.hash_password(password))


def _check_offer(invitation: Invitation) -> None:
    """Whether who sent it could still send it: a colleague who left, or was put down, lets nobody in any more."""
    organization, role = invitation.organization, invitation.role
    inviter = find_membership(user=invitation.inviter, organization_id=organization.pk)
    if organization.status != OrganizationStatus.ACTIVE or not role.is_active or inviter is None:
        raise InvitationOver
    try:
        check_assignable(inviter, role)
    except RankTooHigh:
        raise InvitationOver from None


def _person(invitation: Invitation, newcomer: Newcomer | None) -> User:
    """The account of the invited address, made or proved by this link."""
    try:
        user = lock_row(User.objects.all(), email=invitation.email)
    except User.DoesNotExist:
        return _make(invitation, newcomer)
    if not user.is_active:
        raise AccountDisabled
    if not user.is_email_verified:
        _take_over(user, newcomer)
    return user


def _make(invitation: Invitation, newcomer: Newcomer | None) -> User:
    if newcomer is None:
        raise InvitationOver  # there was an account a moment ago
    user = User(email=invitation.email, email_verified_at=now())
    _introduce(user, newcomer)
    user.save(force_insert=True)
    audit.record(action="user.created", actor=user, target=user, organization=invitation.organization)
    return user


def _take_over(user: User, newcomer: Newcomer | None) -> None:
    """Somebody made this account and never showed that they read its mail. Whoever does may, and alone."""
    if newcomer is None:
        raise InvitationOver
    _introduce(user, newcomer)
    user.pending_email = ""
    user.save(update_fields=["full_name", "given_name", "password", "pending_email", "updated_at"])
    one_time_tokens.withdraw_tokens(TokenPurpose.CHANGE_EMAIL, TokenPurpose.RESET_PASSWORD, user=user)
    sessions.end_all_sessions(user=user, reason=EndReason.PASSWORD)
    verification.mark_verified(user=user)


def _introduce(user: User, newcomer: Newcomer) -> None:
    user.full_name = f"{newcomer.first_name} {newcomer.last_name}".strip()
    user.given_name = newcomer.first_name
    user.password = newcomer.encoded


def _seat(invitation: Invitation, user: User) -> Membership:
    organization, role = invitation.organization, invitation.role
    former = Membership.objects.filter(organization=organization, user=user).first()
    if former is not None and former.status in SEATED:
        raise AlreadyMember
    check_seat(organization)
    if former is None:
        membership = join(user=user, organization=organization, role_id=role.pk)
    else:
        membership = _return(former, role)
    action = "user.reactivated" if former else "user.joined"
    audit.record(action=action, actor=user, target=user, organization=organization, after={"role": role.slug})
    membership.user, membership.organization, membership.role = user, organization, role
    return membership


def _return(former: Membership, role: OrganizationRole) -> Membership:
    wanted = MembershipStatus.ACTIVE
    check_transition(MEMBERSHIP_TRANSITIONS, thing="membership", current=former.status, wanted=wanted)
    former.status, former.role, former.ended_at, former.end_reason = wanted, role, None, ""
    former.ended_name = former.ended_email = ""
    former.joined_at = former.last_used_at = now()
    former.save()
    return former


def _close(invitation: Invitation, user: User) -> None:
    wanted = InvitationStatus.ACCEPTED
    check_transition(INVITATION_TRANSITIONS, thing="invitation", current=invitation.status, wanted=wanted)
    invitation.status, invitation.accepted_at, invitation.accepted_by = wanted, now(), user
    invitation.save(update_fields=["status", "accepted_at", "accepted_by", "updated_at"])
    audit.record(action="invitation.accepted", actor=user, target=invitation, organization=invitation.organization)


def _tell(invitation: Invitation, user: User) -> None:
    notify(
        user=invitation.inviter,
        kind="invitation.accepted",
        title=f"{user} has joined {invitation.organization.name}",
        data={"user_id": str(user.pk), "organization_id": str(invitation.organization_id)},
    )
