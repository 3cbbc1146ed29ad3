"""Proving an e-mail address: one mail with a code to type and a link to open."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.enums import TokenPurpose
from accounts.exceptions import OrganizationTaken, TokenInvalid
from accounts.models import Organization, User
from accounts.services import audit, one_time_tokens, otp
from accounts.services.decoys import nobody, rehearsal
from accounts.services.mail import queue_mail
from flashspace.base.clock import now
from flashspace.base.locks import lock_row


def send_first_code(*, user: User, life: timedelta = otp.LIFE) -> None:
    """The mail of a new account, in the transaction that makes it."""
    _mail(user, otp.issue_first_code(identifier=user.email, user=user, life=life), life)


@transaction.atomic
def send_code(*, email: str, life: timedelta = otp.LIFE) -> None:
    """Mail another code to an address that waits for one; to any other nothing, and the answer is the same.

    Raises OtpTooSoon, RateLimited.
    """
    user = User.objects.filter(email=email, email_verified_at=None, is_active=True).first()
    code = otp.issue_code(identifier=email, user=user, life=life)
    with rehearsal(is_only=user is None):
        _mail(user or nobody(email), code, life)


def verify_by_code(*, email: str, code: str, most_tries: int = otp.MOST_TRIES) -> None:
    """Raises OtpWrong, OtpLocked."""

    def prove(user: User) -> None:
        mark_verified(user=user)

    otp.spend_code(identifier=email, code=code, find_user=_locked_user, prove=prove, most_tries=most_tries)


@transaction.atomic
def verify_by_link(*, token: str) -> None:
    """Verify a person's address or an organization's, once, and sign nobody in. Mail scanners open links, so a used one
    answers alike until it expires.

    Raises TokenInvalid; OrganizationTaken where another organization has taken the address meanwhile.
    """
    try:
        found = one_time_tokens.find_token(secret=token, purpose=TokenPurpose.VERIFY_EMAIL)
    except TokenInvalid:
        _verify_organization(token)
        return
    user = lock_row(User.objects.all(), pk=found.user_id)
    if not one_time_tokens.use_token(found):
        return
    if not one_time_tokens.is_for(found, user.email):
        raise TokenInvalid
    mark_verified(user=user)


def _verify_organization(token: str) -> None:
    found = one_time_tokens.find_token(secret=token, purpose=TokenPurpose.VERIFY_ORGANIZATION)
    if not one_time_tokens.use_token(found):
        return
    organization = lock_row(Organization.objects.all(), pk=found.organization_id)
    if not found.email:
        organization.email_verified_at = organization.email_verified_at or now()
        organization.save(update_fields=["email_verified_at", "updated_at"])
    elif found.email == organization.pending_email:
        _take_new_address(organization, found.user)


def _take_new_address(organization: Organization, asked_by: User) -> None:
    before = audit.snapshot(organization, ("email",))
    organization.email, organization.pending_email = organization.pending_email, ""
    organization.email_verified_at = now()
    try:
        with transaction.atomic():
            organization.save(update_fields=["email", "pending_email", "email_verified_at", "updated_at"])
    except IntegrityError:
        raise OrganizationTaken from None
    audit.record(
        action="organization.email_changed",
        actor=asked_by,
        target=organization,
        before=before,
        after={"email": organization.email},
        organization=organization,
    )


def send_organization_link(*, organization: Organization, owner: User) -> None:
    """The mail to an organization's own address, in the caller's transaction."""
    token = one_time_tokens.issue_token(user=owner, purpose=TokenPurpose.VERIFY_ORGANIZATION, organization=organization)
    queue_mail(
        to=organization.email,
        template="verify_organization",
        context={"name": owner.get_short_name(), "organization": organization.name},
        secrets={"link": f"{settings.FRONTEND_URL}/verify-email?token={token}"},
        user=owner,
    )


def mark_verified(*, user: User) -> None:
    """The person reads this address's mail. `user` is locked by the caller."""
    otp.retire_code(identifier=user.email)
    if user.email_verified_at is None:
        user.email_verified_at = now()
        user.save(update_fields=["email_verified_at", "updated_at"])


def _locked_user(email: str) -> User | None:
    try:
        return lock_row(User.objects.all(), email=email)
    except User.DoesNotExist:
        return None


def _mail(user: User, code: str, life: timedelta) -> None:
    token = one_time_tokens.issue_token(user=user, purpose=TokenPurpose.VERIFY_EMAIL, email=user.email)
    queue_mail(
        to=user.email,
        template="verify_email",
        context={"name": user.get_short_name(), "minutes": int(life.total_seconds() // 60)},
        secrets={"code": code, "link": f"{settings.FRONTEND_URL}/verify-email?token={token}"},
        user=user,
    )
