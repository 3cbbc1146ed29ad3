"""Signing in where consultants and members of organizations come in by one door: the account decides what it opens."""

from dataclasses import dataclass
from uuid import UUID

from accounts.clients import Client
from accounts.enums import EndReason
from accounts.exceptions import AccountDisabled, BadCredentials, NotVerifiedYet, SessionEnded, TokenRefused
from accounts.models import Session
from accounts.selectors.organizations import live_memberships
from accounts.services import sessions, tokens
from accounts.services.organization_sign_in import Arrival, arrive
from accounts.services.sessions import SignIn
from accounts.services.sign_in import check_credentials, enter
from consultants.exceptions import WrongAdminCredentials
from consultants.models import Consultant
from consultants.selectors.consultants import find_consultant


@dataclass(frozen=True, slots=True)
class Entrance:
    """Which doors a sign-in opened. `signed_in` are the consultant's tokens: of the same session as the member's, where
    both are in. `arrival` is None for a consultant who came for no organization.
    """

    consultant: Consultant | None = None
    signed_in: SignIn | None = None
    arrival: Arrival | None = None


def sign_in(
    *, email: str, password: str, client: Client, organization_id: UUID | None = None, mfa_code: str = ""
) -> Entrance:
    """A consultant need not be verified; whoever comes for an organization, or is neither, must.

    Raises BadCredentials, AccountDisabled also for a consultant who is not active, NotVerifiedYet, SecondFactorWrong,
    RateLimited, HashingBusy.
    """
    user, fresh_hash = check_credentials(email=email, password=password, client=client)
    consultant = find_consultant(user)
    is_member = organization_id is not None or live_memberships(user).exists()
    if consultant is not None and not consultant.is_active:
        if not is_member:
            raise AccountDisabled
        consultant = None
    if consultant is not None and not is_member:
        return _enter_alone(consultant, client, mfa_code, fresh_hash)
    try:
        arrival = arrive(
            user=user, client=client, organization_id=organization_id, mfa_code=mfa_code, fresh_hash=fresh_hash
        )
    except NotVerifiedYet:
        if consultant is None or organization_id is not None:
            raise
        return _enter_alone(consultant, client, mfa_code, fresh_hash)
    return _enter_both(consultant, arrival, client)


def _enter_alone(consultant: Consultant, client: Client, mfa_code: str, fresh_hash: str | None) -> Entrance:
    """nakksha's clients cannot be asked for a second factor: what needs it refuses a session that has not shown it."""
    opened = enter(user=consultant.user, client=client, mfa_code=mfa_code, asks_for_factor=False, fresh_hash=fresh_hash)
    return Entrance(consultant, opened)


def _enter_both(consultant: Consultant | None, arrival: Arrival, client: Client) -> Entrance:
    """Whoever has a second factor gets nothing before it is shown. One that the organization only wants to be set up
    does not keep a consultant from what is not the organization's.
    """
    if consultant is None or arrival.verify_token:
        return Entrance(arrival=arrival)
    if arrival.signed_in is None:
        return Entrance(consultant, enter(user=consultant.user, client=client, asks_for_factor=False), arrival)
    return Entrance(consultant, arrival.signed_in, arrival)


def sign_in_admin(*, email: str, password: str, client: Client, mfa_code: str = "") -> SignIn:
    """Staff only. Raises WrongAdminCredentials, AccountDisabled, and what `enter` raises."""
    try:
        user, fresh_hash = check_credentials(email=email, password=password, client=client)
    except BadCredentials:
        raise WrongAdminCredentials from None
    if not user.is_staff:
        raise WrongAdminCredentials
    return enter(user=user, client=client, mfa_code=mfa_code, fresh_hash=fresh_hash)


def sign_out(*, session: Session, refresh_token: str = "") -> None:
    """End this session, and the one of a refresh token if it is the same person's. Another token changes nothing."""
    sessions.end_session(session=session, reason=EndReason.LOGOUT)
    if not refresh_token:
        return
    try:
        other = sessions.find_session(tokens.read_refresh(refresh_token))
    except (TokenRefused, SessionEnded):
        return
    if other.user_id == session.user_id:
        sessions.end_session(session=other, reason=EndReason.LOGOUT)
