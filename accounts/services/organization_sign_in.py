"""Signing in to an organization: the password, then the second factor where there is one, then tokens of that place."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.clients import Client
from accounts.enums import EndReason, TokenPurpose
from accounts.exceptions import (
    BadCredentials,
    EmailNotVerified,
    NotVerifiedYet,
    OrganizationUnknown,
    SessionEnded,
)
from accounts.models import Membership, Organization, Session, User
from accounts.selectors.mfa import has_second_factor
from accounts.selectors.organizations import find_membership, live_memberships
from accounts.services import one_time_tokens, sessions
from accounts.services.mfa import verify_second_factor
from accounts.services.sessions import SignIn
from accounts.services.sign_in import check_credentials
from flashspace.base.clock import now
from flashspace.base.locks import lock_row


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far a sign-in came: `signed_in`, or a token for the step that is still missing.

    `membership` is None for somebody who belongs to no organization.
    """

    user: User
    membership: Membership | None
    signed_in: SignIn | None = None
    verify_token: str = ""
    setup_token: str = ""


def sign_in_to_organization(
    *, email: str, password: str, client: Client, organization_id: UUID | None = None, mfa_code: str = ""
) -> Arrival:
    """The organization that is named, else the one used last.

    Raises BadCredentials (also for an organization that is not theirs), NotVerifiedYet, AccountDisabled, RateLimited,
    SecondFactorWrong, HashingBusy.
    """
    user, fresh_hash = check_credentials(email=email, password=password, client=client)
    return arrive(user=user, client=client, organization_id=organization_id, mfa_code=mfa_code, fresh_hash=fresh_hash)


def arrive(
    *,
    user: User,
    client: Client,
    organization_id: UUID | None = None,
    mfa_code: str = "",
    fresh_hash: str | None = None,
) -> Arrival:
    """What follows the right password, however it was shown."""
    membership = _choose(user, organization_id)
    if not user.is_email_verified:
        raise NotVerifiedYet
    if membership is not None and membership.organization.email_verified_at is None:
        raise NotVerifiedYet("The organization's e-mail address is not verified yet")
    has_factor = has_second_factor(user)
    if has_factor and not mfa_code:
        return Arrival(user, membership, verify_token=_token(user, membership, TokenPurpose.SECOND_FACTOR))
    if has_factor:
        verify_second_factor(user=user, code=mfa_code)
    elif membership is not None and membership.organization.is_mfa_required:
        return Arrival(user, membership, setup_token=_token(user, membership, TokenPurpose.SET_UP_MFA))
    opened = _open(user, membership, client, fresh_hash=fresh_hash, has_shown_factor=has_factor)
    return Arrival(opened.user, membership, signed_in=opened)


def arrive_with_factor(*, user: User, membership: Membership | None, client: Client) -> Arrival:
    """For somebody who has shown the password and, just now, the second factor."""
    opened = _open(user, membership, client, has_shown_factor=True)
    return Arrival(opened.user, membership, signed_in=opened)


@transaction.atomic
def switch_organization(*, session: Session, organization_id: UUID, client: Client) -> Arrival:
    """New tokens for another of one's organizations; the old ones end. It goes on being the same sign-in: its age, its
    end and the second factor that was shown stay.

    Where the second factor is still missing the old tokens stay good. Raises OrganizationUnknown, EmailNotVerified,
    SessionEnded.
    """
    user = lock_row(User.objects.all(), pk=session.user_id)
    session.refresh_from_db(fields=["mfa_verified_at"])  # taken away, perhaps, since the request began
    membership = find_membership(user=user, organization_id=organization_id)
    if membership is None:
        raise OrganizationUnknown
    if membership.organization.email_verified_at is None:
        raise EmailNotVerified("The organization's e-mail address is not verified yet")
    if session.mfa_verified_at is None:
        if has_second_factor(user):
            return Arrival(user, membership, verify_token=_token(user, membership, TokenPurpose.SECOND_FACTOR))
        if membership.organization.is_mfa_required:
            return Arrival(user, membership, setup_token=offer_setup(user=user, organization=membership.organization))
    if not sessions.end_session(session=session, reason=EndReason.SWITCHED):
        raise SessionEnded
    opened = _open(user, membership, client, continues=session)
    return Arrival(opened.user, membership, signed_in=opened)


def offer_setup(*, user: User, organization: Organization) -> str:
    """The token with which a person without a second factor sets one up, because the organization wants it."""
    return one_time_tokens.issue_token(user=user, purpose=TokenPurpose.SET_UP_MFA, organization=organization)


def _choose(user: User, organization_id: UUID | None) -> Membership | None:
    if organization_id is None:
        return live_memberships(user).first()
    membership = find_membership(user=user, organization_id=organization_id)
    if membership is None:
        raise BadCredentials
    return membership


@transaction.atomic
def _open(
    user: User,
    membership: Membership | None,
    client: Client,
    *,
    fresh_hash: str | None = None,
    has_shown_factor: bool = False,
    continues: Session | None = None,
) -> SignIn:
    opened = sessions.open_session(
        user=user,
        client=client,
        fresh_hash=fresh_hash,
        organization=membership.organization if membership else None,
        has_shown_factor=has_shown_factor,
        continues=continues,
    )
    if membership is not None:
        at = now()
        Membership.objects.filter(pk=membership.pk).update(last_used_at=at, updated_at=at)
    return opened


@transaction.atomic
def _token(user: User, membership: Membership | None, purpose: TokenPurpose) -> str:
    return one_time_tokens.issue_token(
        user=user, purpose=purpose, organization=membership.organization if membership else None
    )
