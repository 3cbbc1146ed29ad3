"""Who has a second factor, and who must."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from accounts.mfa_totp import Authenticator
from accounts.models import BackupCode, Membership, Session, TotpSetup, User
from accounts.selectors.organizations import live_memberships
from flashspace.base.clock import now

REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What its owner may see of it. `codes` are the backup codes, used ones too, as masks."""

    since: datetime
    last_used_at: datetime | None
    codes: tuple[BackupCode, ...]

    @property
    def remaining(self) -> int:
        return sum(code.used_at is None for code in self.codes)


def must_have_second_factor(user: User) -> bool:
    """Staff, where the operator requires it. No query."""
    return user.is_staff and settings.STAFF_MFA == REQUIRED


def lacks_second_factor(session: Session) -> bool:
    """Whether it is staff's and has not shown what the operator requires of staff. No query."""
    return session.mfa_verified_at is None and must_have_second_factor(session.user)


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def organizations_that_require_it(user: User) -> "QuerySet[Membership]":
    return live_memberships(user).filter(organization__is_mfa_required=True)


def needs_second_factor(user: User) -> bool:
    """Whether a sign-in by this person is complete only with it: whoever must have one, and whoever has one."""
    return must_have_second_factor(user) or has_second_factor(user)


def second_factor_of(user: User) -> SecondFactor | None:
    totp = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if totp is None:
        return None
    return SecondFactor(totp.created_at, totp.last_used_at, tuple(BackupCode.objects.filter(user=user)))


def has_open_setup(user: User, begun_by: UUID) -> bool:
    return TotpSetup.objects.filter(user=user, begun_by=begun_by, expires_at__gt=now()).exists()
