"""What a right password left to do: showing the second factor, or setting one up, with the token that it gave."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from accounts.clients import Client
from accounts.enums import TokenPurpose
from accounts.exceptions import MembershipOver, MfaRequired, SecondFactorMissing, TokenInvalid, TokenRefused
from accounts.models import Membership, OneTimeToken, Session, User
from accounts.selectors.mfa import has_second_factor, must_have_second_factor
from accounts.selectors.organizations import find_membership
from accounts.services import mfa, one_time_tokens, sessions
from accounts.services.mfa import TotpOffer
from accounts.services.organization_sign_in import Arrival, arrive, arrive_with_factor
from accounts.services.sign_in import check_credentials
from flashspace.base.clock import now

FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SetUp:
    """The backup codes, once; and tokens for whoever had only the token to set up with."""

    backup_codes: list[str]
    arrival: Arrival | None = None


def is_required(*, user: User, organization_id: UUID | None) -> bool:
    """Of staff by the operator, of a member by the organization that the session is of."""
    if must_have_second_factor(user):
        return True
    membership = find_membership(user=user, organization_id=organization_id) if organization_id else None
    return membership is not None and membership.organization.is_mfa_required


def verify_with_password(
    *, email: str, password: str, mfa_code: str, client: Client, organization_id: UUID | None = None
) -> Arrival:
    """Password and code in one call. Raises SecondFactorMissing beside what `check_credentials` and `arrive` raise."""
    user, fresh_hash = check_credentials(email=email, password=password, client=client)
    if not has_second_factor(user):
        raise SecondFactorMissing
    return arrive(user=user, client=client, organization_id=organization_id, mfa_code=mfa_code, fresh_hash=fresh_hash)


def verify_with_token(*, token: str, mfa_code: str, client: Client) -> Arrival:
    """The token of a sign-in, and a code. A wrong code leaves it good; it opens one session.

    Raises TokenRefused, MembershipOver, SecondFactorMissing, SecondFactorWrong, RateLimited, AccountDisabled.
    """
    step = find_step(token, TokenPurpose.SECOND_FACTOR)
    membership = _place_of(step)
    mfa.verify_second_factor(user=step.user, code=mfa_code)
    return _arrive(step, membership, client)


def find_step(secret: str, purpose: TokenPurpose) -> OneTimeToken:
    """Raises TokenRefused for a token that is unknown, over, used or for something else."""
    try:
        found = one_time_tokens.find_token(secret=secret, purpose=purpose)
    except TokenInvalid:
        raise TokenRefused from None
    if found.used_at is not None:
        raise TokenRefused
    return found


def find_setup(secret: str) -> Session | OneTimeToken:
    """What a token to set up with stands for: the session that was given it, or a sign-in that waits for the set-up.

    Raises TokenRefused.
    """
    step = find_step(secret, TokenPurpose.SET_UP_MFA)
    if step.session is None:
        return step
    if not sessions.is_live(step.session):
        raise TokenRefused
    return step.session


def begin_setup(*, user: User, proof: Session | OneTimeToken, fresh_code: str = "") -> tuple[TotpOffer, str]:
    """What an app needs, and for a session a token that may stand for it until the set-up is done: it ends with the
    session and opens no other. Raises what `begin_totp_setup` raises.
    """
    offer = mfa.begin_totp_setup(user=user, begun_by=proof.pk, fresh_code=fresh_code)
    if not isinstance(proof, Session):
        return offer, ""
    return offer, one_time_tokens.issue_token(user=user, purpose=TokenPurpose.SET_UP_MFA, session=proof)


def finish_setup(*, user: User, proof: Session | OneTimeToken, code: str, client: Client) -> SetUp:
    """Confirm the new authenticator. The session that did it has shown the factor; a token for the set-up is used up
    and opens one. Raises SetupOver, SecondFactorWrong, RateLimited, TokenRefused, MembershipOver.
    """
    membership = None if isinstance(proof, Session) else _place_of(proof)
    codes = mfa.confirm_totp_setup(user=user, begun_by=proof.pk, code=code)
    if isinstance(proof, Session):
        sessions.note_second_factor(proof)
        one_time_tokens.withdraw_tokens(TokenPurpose.SET_UP_MFA, user=user)
        return SetUp(codes)
    return SetUp(codes, _arrive(proof, membership, client))


def renew_codes(*, session: Session, code: str = "") -> list[str]:
    """New backup codes, for a code or for a session that showed one a moment ago.

    Raises MfaRequired, SecondFactorMissing, SecondFactorWrong, RateLimited.
    """
    if code:
        return mfa.regenerate_backup_codes(user=session.user, code=code)
    if not has_second_factor(session.user):
        raise SecondFactorMissing
    if session.mfa_verified_at is None or session.mfa_verified_at < now() - FRESH_FOR:
        raise MfaRequired("Show your second factor again: send a code")
    return mfa.renew_backup_codes(user=session.user)


def _place_of(step: OneTimeToken) -> Membership | None:
    """Where the sign-in was going, looked at before a code is used up."""
    if step.organization_id is None:
        return None
    membership = find_membership(user=step.user, organization_id=step.organization_id)
    if membership is None or membership.organization.email_verified_at is None:
        raise MembershipOver
    return membership


@transaction.atomic
def _arrive(step: OneTimeToken, membership: Membership | None, client: Client) -> Arrival:
    if not one_time_tokens.use_token(step):
        raise TokenRefused
    one_time_tokens.withdraw_tokens(TokenPurpose.SET_UP_MFA, user=step.user)
    return arrive_with_factor(user=step.user, membership=membership, client=client)
