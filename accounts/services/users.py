"""What staff do with accounts. Each is told to the audit log, and each looks again whether the actor may."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet

from accounts.enums import EndReason, MembershipStatus, Role, TokenPurpose
from accounts.exceptions import EmailNotVerified, EmailTaken, OwnAccount, OwnerStays, StaffOnly
from accounts.models import Membership, User
from accounts.organization_permissions import OWNER_LEVEL
from accounts.policies import can_change_account, can_sign_out, can_unlock
from accounts.selectors.members import without_owner
from accounts.services import audit, budgets, one_time_tokens, otp, password_change, passwords, sessions, verification
from accounts.services.organization_lock import holding_all_of, lock_both
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden, Invalid
from flashspace.base.locks import lock_row


def deactivate_user(*, user: User, actor: User, reason: str) -> User:
    """Nobody signs in with the account any more, and whoever is signed in is out.

    Raises Forbidden, and OwnerStays while others can act in an organization that would have no owner who can. An
    organization where nobody else can act is left as it is: nobody misses its owner, and who was invited by one who is
    switched off is not let in.
    """
    if user.pk == actor.pk:
        raise OwnAccount
    with holding_all_of(user, actor=actor) as (locked, actor):
        _check_may_change(locked, actor)
        if locked.is_active:
            _set_active(locked, False)
            _check_owned(Membership.objects.filter(user=locked, role__level=OWNER_LEVEL))
            sessions.end_all_sessions(user=locked, reason=EndReason.DEACTIVATED)
            audit.record(action="user.deactivated", actor=actor, target=locked, reason=reason)
        return locked


def activate_user(*, user: User, actor: User, reason: str) -> User:
    """Raises Forbidden, and OwnerStays for somebody of an organization whose owner is switched off: the owner first."""
    with holding_all_of(user, actor=actor) as (locked, actor):
        _check_may_change(locked, actor)
        if not locked.is_active:
            _set_active(locked, True)
            _check_owned(Membership.objects.filter(user=locked))
            audit.record(action="user.activated", actor=actor, target=locked, reason=reason)
        return locked


@transaction.atomic
def end_sessions_of(*, user: User, actor: User, reason: str) -> int:
    """Sign a person out everywhere, out of the admin too. Returns how many sessions that were. Raises Forbidden."""
    if not can_sign_out(actor, user):
        raise StaffOnly if user.is_staff else Forbidden
    _check_reason(reason)
    locked = lock_row(User.objects.all(), pk=user.pk)
    count = sessions.end_all_sessions(user=locked, reason=EndReason.REVOKED)
    audit.record(action="user.sessions_ended", actor=actor, target=locked, after={"sessions": count}, reason=reason)
    return count


@transaction.atomic
def unlock_user(*, user: User, actor: User, reason: str) -> bool:
    """Forget wrong codes and wrong passwords that were counted against a person's address or phone. False when there
    were none. The second factor's tries stay: they are few minutes only, and guard what a password does not.

    Raises Forbidden.
    """
    if not can_unlock(actor, user):
        raise StaffOnly if user.is_staff else Forbidden
    _check_reason(reason)
    locked = lock_row(User.objects.all(), pk=user.pk)
    addresses = [address for address in (locked.email, locked.phone) if address]
    lifted = [address for address in addresses if otp.unlock(identifier=address)]
    failures = sum(budgets.forget(budgets.FAILURES, address) for address in addresses)
    if lifted or failures:
        before = {"wrong_sign_ins": failures, "locked_addresses": len(lifted)}
        audit.record(action="user.unlocked", actor=actor, target=locked, before=before, reason=reason)
    return bool(lifted or failures)


@transaction.atomic
def send_code(*, user: User, actor: User) -> None:
    """Mail a person another verification code. Raises Forbidden, OtpTooSoon, RateLimited."""
    _check_may_change(user, actor)
    verification.send_code(email=user.email)
    audit.record(action="user.code_sent", actor=actor, target=user)


@transaction.atomic
def send_reset_link(*, user: User, actor: User) -> None:
    """Mail a person the link to choose a new password, as if they had asked for it. Raises Forbidden."""
    _check_may_change(user, actor)
    password_change.request_reset(email=user.email)
    audit.record(action="user.reset_link_sent", actor=actor, target=user)


@transaction.atomic
def update_details(*, user: User, full_name: str, role: Role, actor: User) -> User:
    """Another role ends what was opened with the old one. Raises Forbidden."""
    _check_may_change(user, actor)
    locked = lock_row(User.objects.all(), pk=user.pk)
    before = audit.snapshot(locked, ("full_name", "role"))
    locked.is_role_open = locked.is_role_open and locked.role == role
    locked.full_name, locked.role = full_name, role
    locked.save(update_fields=["full_name", "role", "is_role_open", "updated_at"])
    after = audit.snapshot(locked, ("full_name", "role"))
    if before != after:
        audit.record(action="user.updated", actor=actor, target=locked, before=before, after=after)
    if before["role"] != after["role"]:
        sessions.end_all_sessions(user=locked, reason=EndReason.REVOKED)
    return locked


@transaction.atomic
def set_rights(*, user: User, is_staff: bool, is_superuser: bool, groups: Iterable[Group], actor: User) -> User:
    """What somebody may do in the admin. Raises Forbidden; EmailNotVerified for staff whose address nobody proved.

    Nobody changes their own, so a superuser stays: the last one could lock everybody out. Who becomes a colleague
    chooses a password anew, by a mailed link: the one of a customer may be as common as the documents allow. What was
    opened before ends, and so do links that change or give back the address: an organization may have asked for them.
    """
    if user.pk == actor.pk:
        raise OwnAccount
    locked, actor = lock_both(user, actor)
    if not (actor.is_superuser and actor.is_active):
        raise StaffOnly
    if is_staff and not locked.is_email_verified:
        raise EmailNotVerified("A colleague's address must be verified first")
    before = rights(locked)
    locked.is_staff, locked.is_superuser = is_staff, is_staff and is_superuser
    locked.save(update_fields=["is_staff", "is_superuser", "updated_at"])
    locked.groups.set(groups if is_staff else [])
    after = rights(locked)
    if before != after:
        audit.record(action="user.rights_changed", actor=actor, target=locked, before=before, after=after)
    if (before["is_staff"], before["is_superuser"]) != (after["is_staff"], after["is_superuser"]):
        sessions.end_all_sessions(user=locked, reason=EndReason.REVOKED)
    if is_staff and not before["is_staff"]:
        _fix_address(locked)
        if locked.has_usable_password():
            _ask_for_a_new_password(locked)
    return locked


@transaction.atomic
def add_staff(
    *,
    email: str,
    full_name: str,
    password: str,
    groups: Iterable[Group],
    actor: User | None,
    is_superuser: bool = False,
) -> User:
    """A colleague's account, by a superuser or, with no `actor`, by the operator of the server: verified, because who
    adds it vouches for the address.

    Raises StaffOnly, EmailTaken, Invalid.
    """
    if actor is not None and not actor.is_superuser:
        raise StaffOnly
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    user = User(email=email, full_name=full_name, is_staff=True, is_superuser=is_superuser, email_verified_at=now())
    passwords.check_policy(password, user=user, field="password")
    user.password = passwords.hash_password(password)
    user.save(force_insert=True)
    user.groups.set(groups)
    audit.record(action="user.staff_added", actor=actor, target=user, after=rights(user))
    return user


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """By the operator of the server. Raises Invalid, HashingBusy."""
    passwords.check_policy(password, user=user, field="password")
    password_change.replace_password(user=user, new_password=password)
    audit.record(action="user.password_set", actor=None, target=user)


def rights(user: User) -> dict[str, object]:
    """What a person may do in the admin, to be compared before and after a change."""
    return {
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "groups": sorted(user.groups.values_list("name", flat=True)),
    }


def _check_may_change(user: User, actor: User) -> None:
    if not can_change_account(actor, user):
        raise StaffOnly if user.is_staff else Forbidden


def _check_owned(memberships: QuerySet[Membership]) -> None:
    broken = without_owner().filter(memberships__in=memberships.filter(status=MembershipStatus.ACTIVE))
    if names := list(broken.order_by("name").values_list("name", flat=True)):
        raise OwnerStays(f"Nobody could act as an owner of {', '.join(names)}, and others work there")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why", field="reason")


def _fix_address(user: User) -> None:
    user.pending_email = ""
    user.save(update_fields=["pending_email", "updated_at"])
    one_time_tokens.withdraw_tokens(TokenPurpose.CHANGE_EMAIL, TokenPurpose.KEEP_EMAIL, user=user)


def _ask_for_a_new_password(user: User) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password", "updated_at"])
    password_change.request_reset(email=user.email)


def _set_active(user: User, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active", "updated_at"])
