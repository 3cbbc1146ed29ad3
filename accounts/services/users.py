"""What staff do with accounts. Each is told to the audit log, and each looks again whether the actor may."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.enums import EndReason
from accounts.exceptions import OwnAccount, StaffOnly
from accounts.models import User
from accounts.services import audit, passwords, sessions
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden
from flashspace.base.locks import lock_row


@transaction.atomic
def deactivate_user(*, user: User, actor: User, reason: str) -> User:
    """Nobody signs in with the account any more, and whoever is signed in is out. Raises Forbidden."""
    _check_may_change(user, actor)
    if user.pk == actor.pk:
        raise OwnAccount
    locked = lock_row(User.objects.all(), pk=user.pk)
    if locked.is_active:
        _set_active(locked, False)
        sessions.end_all_sessions(user=locked, reason=EndReason.DEACTIVATED)
        audit.record(action="user.deactivated", actor=actor, target=locked, reason=reason)
    return locked


@transaction.atomic
def activate_user(*, user: User, actor: User, reason: str) -> User:
    """Raises Forbidden."""
    _check_may_change(user, actor)
    locked = lock_row(User.objects.all(), pk=user.pk)
    if not locked.is_active:
        _set_active(locked, True)
        audit.record(action="user.activated", actor=actor, target=locked, reason=reason)
    return locked


@transaction.atomic
def end_sessions_of(*, user: User, actor: User) -> int:
    """Sign a person out everywhere. Returns how many sessions that were. Raises Forbidden."""
    _check_may_change(user, actor)
    count = sessions.end_all_sessions(user=user, reason=EndReason.REVOKED)
    audit.record(action="user.sessions_ended", actor=actor, target=user, after={"sessions": count})
    return count


@transaction.atomic
def add_staff(*, email: str, full_name: str, password: str, groups: Iterable[Group], actor: User) -> User:
    """A colleague's account: verified, because who adds it vouches for the address. Raises Forbidden, Invalid."""
    if not actor.is_superuser:
        raise StaffOnly
    user = User(email=email, full_name=full_name, is_staff=True, email_verified_at=now())
    passwords.check_policy(password, user=user, field="password")
    user.password = passwords.hash_password(password)
    user.save(force_insert=True)
    user.groups.set(groups)
    audit.record(action="user.staff_added", actor=actor, target=user, after=rights(user))
    return user


def rights(user: User) -> dict[str, object]:
    """What a person may do in the admin, to be compared before and after a change."""
    return {
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "permissions": sorted(user.user_permissions.values_list("codename", flat=True)),
    }


def _check_may_change(user: User, actor: User) -> None:
    if not actor.has_perm("accounts.change_user"):
        raise Forbidden
    if (user.is_staff or user.is_superuser) and not actor.is_superuser:
        raise StaffOnly


def _set_active(user: User, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active", "updated_at"])
