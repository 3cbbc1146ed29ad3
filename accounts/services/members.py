"""Colleagues: changing them, giving them another role, ending their access. Whoever acts stands above."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.enums import MEMBERSHIP_TRANSITIONS, EndReason, MembershipStatus
from accounts.exceptions import BelongsElsewhere, MemberLeft, MemberUnknown, NotBelow, OwnerStays, OwnMembership
from accounts.models import Membership, Organization, OrganizationRole, User
from accounts.organization_permissions import OWNER_LEVEL
from accounts.selectors.members import CAN_ACT, belongs_elsewhere, find_member, owners_of
from accounts.selectors.roles import SEATED, find_role
from accounts.services import audit, sessions
from accounts.services.email_change import request_change
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from accounts.services.organization_lock import acting, holding, need
from accounts.services.roles import check_assignable
from accounts.system_roles import OWNER_ID, ROLES
from flashspace.base.clock import now
from flashspace.base.errors import Invalid
from flashspace.base.locks import lock_row
from flashspace.base.transitions import check_transition

ACTIONS = {
    MembershipStatus.ACTIVE: "user.reactivated",
    MembershipStatus.SUSPENDED: "user.suspended",
    MembershipStatus.DELETED: "user.removed",
    MembershipStatus.REVOKED: "user.revoke",
}
TITLES = {
    MembershipStatus.ACTIVE: "You may work in {} again",
    MembershipStatus.SUSPENDED: "Your access to {} is suspended",
    MembershipStatus.DELETED: "You were removed from {}",
    MembershipStatus.REVOKED: "Your access to {} was ended",
}


def update_member(*, actor: Membership, user_id: UUID, values: Mapping[str, Any]) -> Membership:
    """What is named of first_name, last_name, email, status and role_id. A new address is theirs once they confirm it.

    Raises MemberUnknown, MemberLeft, OwnMembership, OwnerStays, NotBelow, BelongsElsewhere, RankTooHigh,
    PermissionMissing, EmailTaken, IllegalTransition, MembershipOver.
    """
    with acting(actor, "users.edit") as mine:
        target = _target(mine, user_id)
        if target.status not in SEATED:
            raise MemberLeft
        target.user = lock_row(User.objects.all(), pk=target.user_id)
        _change_person(mine, target, values)
        role_id = values.get("role_id", target.role_id)
        if role_id != target.role_id:
            need(mine, "roles.assign")
            _change_role(mine, target, find_role(organization=mine.organization, role_id=role_id))
        status = values.get("status", target.status)
        if status != target.status:
            if status == MembershipStatus.DELETED:
                need(mine, "users.delete")
            _move(mine, target, MembershipStatus(status))
        return target


def revoke_member(
    *, actor: Membership, user_id: UUID, reason: str = "", successor_id: UUID | None = None
) -> Membership:
    """End somebody's access at once, also where they are signed in. Nobody ends an owner's.

    A successor is named in the log, for whoever asks later who took over. What members make in an organization is the
    organization's, so no row changes hands.

    Raises MemberUnknown, OwnMembership, OwnerStays, NotBelow, Invalid, IllegalTransition, MembershipOver.
    """
    with acting(actor, "users.revoke") as mine:
        target = _target(mine, user_id)
        if target.role.level == OWNER_LEVEL:
            raise OwnerStays
        heir = _successor(target, successor_id) if successor_id else {}
        _move(mine, target, MembershipStatus.REVOKED, reason=reason, **heir)
        return target


def appoint_owner(*, organization: Organization, email: str, reason: str) -> bool:
    """Make an active member an owner, by the operator of the server: for an organization whose only owner is gone, or
    has to go. Owners who are there stay. False for who is one already. Raises MemberUnknown.
    """
    with holding(organization.pk) as held:
        found = Membership.objects.select_related("user", "role").filter(CAN_ACT, organization=held, user__email=email)
        target = found.first()
        if target is None:
            raise MemberUnknown
        if target.role.level == OWNER_LEVEL:
            return False
        before, target.role_id, target.organization = target.role.slug, OWNER_ID, held
        target.save(update_fields=["role", "updated_at"])
        _sign_out(target)
        after = {"role": ROLES[OWNER_ID]["slug"]}
        audit.record(
            action="user.role_changed",
            actor=None,
            target=target.user,
            organization=held,
            before={"role": before},
            after=after,
            reason=reason,
        )
        title = f"You are an owner of {held.name} now"
        notify(user=target.user, kind="role.assigned", title=title, data={"organization_id": str(held.pk)})
        return True


def _target(mine: Membership, user_id: UUID) -> Membership:
    """Somebody below. Only owners touch owners, and the one who acts stays, so there is always one."""
    if user_id == mine.user_id:
        raise OwnMembership
    target = find_member(organization=mine.organization, user_id=user_id)
    if target.role.level == OWNER_LEVEL and target.status in SEATED:
        others = owners_of(mine.organization).exclude(pk=target.pk)
        if mine.role.level != OWNER_LEVEL or not others.exists():
            raise OwnerStays
    elif target.role.level <= mine.role.level and mine.role.level != OWNER_LEVEL:
        raise NotBelow
    target.organization = mine.organization
    return target


def _successor(target: Membership, user_id: UUID) -> dict[str, str]:
    """As the log names whoever takes over."""
    found = find_member(organization=target.organization, user_id=user_id)
    if found.pk == target.pk or found.status != MembershipStatus.ACTIVE or found.role_id != target.role_id:
        raise Invalid("Must be another active member with the same role", field="transfer_to_user_id")
    return {"successor": str(found.user_id)}


def _change_person(mine: Membership, target: Membership, values: Mapping[str, Any]) -> None:
    user = target.user
    first, last = values.get("first_name", user.first_name), values.get("last_name", user.last_name)
    email = values.get("email", user.email)
    is_renamed, is_readdressed = (first, last) != (user.first_name, user.last_name), email != user.email
    if not is_renamed and not is_readdressed:
        return
    if target.role.level == OWNER_LEVEL:
        raise OwnerStays
    if belongs_elsewhere(user=user, organization=mine.organization):
        raise BelongsElsewhere
    before = {"full_name": user.full_name}
    if is_renamed:
        user.full_name, user.given_name = f"{first} {last}".strip(), first
        user.save(update_fields=["full_name", "given_name", "updated_at"])
    if is_readdressed:
        request_change(user=user, email=email, organization=mine.organization)
    after = {"full_name": user.full_name} | ({"pending_email": email} if is_readdressed else {})
    _record("user.updated", mine, target, before=before, after=after)


def _change_role(mine: Membership, target: Membership, role: OrganizationRole) -> None:
    check_assignable(mine, role)
    before = target.role
    target.role = role
    target.save(update_fields=["role", "updated_at"])
    _sign_out(target)
    _record("user.role_changed", mine, target, before={"role": before.slug}, after={"role": role.slug})
    title = f"Your role in {mine.organization.name} is now {role.name}"
    notify(user=target.user, kind="role.assigned", title=title, data={"organization_id": str(mine.organization_id)})


def _move(mine: Membership, target: Membership, status: MembershipStatus, *, reason: str = "", **besides: str) -> None:
    check_transition(MEMBERSHIP_TRANSITIONS, thing="membership", current=target.status, wanted=status)
    before = target.status
    target.status, target.end_reason = status, reason
    if status not in SEATED:
        target.ended_at, target.ended_name, target.ended_email = now(), target.user.full_name, target.user.email
    target.save(update_fields=["status", "ended_at", "ended_name", "ended_email", "end_reason", "updated_at"])
    if status != MembershipStatus.ACTIVE:
        _sign_out(target)
    after = {"status": status, **besides}
    _record(ACTIONS[status], mine, target, before={"status": before}, after=after, reason=reason)
    _tell(target, reason)


def _sign_out(target: Membership) -> None:
    """What was opened with the old rights ends with them."""
    sessions.end_sessions_in(user=target.user, organization=target.organization, reason=EndReason.REMOVED)


def _tell(target: Membership, reason: str) -> None:
    status, organization = MembershipStatus(target.status), target.organization
    title = TITLES[status].format(organization.name)
    data = {"organization_id": str(organization.pk)}
    notify(user=target.user, kind=ACTIONS[status], title=title, message=reason, data=data)
    if status != MembershipStatus.ACTIVE:
        queue_mail(
            to=target.user.email,
            template="access_ended",
            context={
                "name": target.user.get_short_name(),
                "organization": organization.name,
                "is_suspended": status == MembershipStatus.SUSPENDED,
                "reason": reason,
            },
            user=target.user,
        )


def _record(action: str, mine: Membership, target: Membership, **values: Any) -> None:
    audit.record(action=action, actor=mine.user, target=target.user, organization=mine.organization, **values)
