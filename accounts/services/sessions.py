"""Sign-ins as rows. Every request reads its own, so what is ended here is ended at once, on every device."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.clients import Client
from accounts.enums import EndReason, TokenPurpose
from accounts.exceptions import AccountDisabled, BadCredentials, SessionEnded
from accounts.models import Organization, Session, User
from accounts.policies import can_end_session
from accounts.selectors.sessions import STAFF, SUPPORT, is_open, live_sessions
from accounts.selectors.support_views import is_backed
from accounts.services import audit, one_time_tokens, tokens
from accounts.services.devices import tell_of_new_device
from accounts.services.tokens import Claims, Tokens
from flashspace.base.clock import now
from flashspace.base.crypto import keyed_hash, keyed_hashes
from flashspace.base.errors import Forbidden, NotFound
from flashspace.base.locks import lock_row
from flashspace.base.models import new_id
from flashspace.base.prepared import Prepared

log = logging.getLogger(__name__)

SEEN_EVERY = timedelta(minutes=5)
REUSE_GRACE = timedelta(seconds=2)
# What a right password gave to somebody who has still to show or to set up the second factor.
HALF_SIGN_INS = (TokenPurpose.SECOND_FACTOR, TokenPurpose.SET_UP_MFA)
# Every request with a token asks this.
_OF_A_TOKEN = Prepared(lambda: Session.objects.order_by().select_related("user"), by=("pk", "user_id"))


@dataclass(frozen=True, slots=True)
class SignIn:
    user: User
    session: Session
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Refreshed:
    """`refresh` is there when tokens rotate."""

    access: str
    refresh: str | None


@transaction.atomic
def open_session(
    *,
    user: User,
    client: Client,
    fresh_hash: str | None = None,
    organization: Organization | None = None,
    has_shown_factor: bool = False,
    continues: Session | None = None,
) -> SignIn:
    """A session for a person who has just shown who they are, or who goes elsewhere with the sign-in that it
    `continues`: nobody gets younger by that. Raises AccountDisabled, BadCredentials.
    """
    locked = _let_in(user, client, fresh_hash)
    token_id = new_id().hex
    at = now()
    session = _create(
        locked,
        client,
        token_id,
        created_at=continues.created_at if continues else at,
        expires_at=continues.expires_at if continues else at + settings.JWT_REFRESH_EXPIRES_IN,
        organization=organization,
        mfa_verified_at=continues.mfa_verified_at if continues else at if has_shown_factor else None,
    )
    log.info("signed in", extra={"user_id": str(locked.pk), "session_id": str(session.pk)})
    pair = Tokens(tokens.access_token(user=locked, session=session), _refresh(session, token_id))
    return SignIn(locked, session, pair)


@transaction.atomic
def open_staff_session(*, user: User, client: Client, has_shown_factor: bool) -> Session:
    """A sign-in to the admin, kept in Django's session. `expires_at` is its idle end and moves on with its use.

    Raises AccountDisabled, BadCredentials.
    """
    locked = _let_in(user, client, None)
    ends = now() + min(settings.STAFF_SESSION_IDLE, settings.STAFF_SESSION_LIFE)
    session = _create(locked, client, new_id().hex, expires_at=ends)
    return note_second_factor(session) if has_shown_factor else session


def open_support_session(*, user: User, expires_at: datetime) -> Session:
    """By which support looks at what `user` sees. Not a sign-in of theirs: it counts as no device, and whoever of us
    looks is not theirs to know but by name.
    """
    nobody = Client(network="", dialect=SUPPORT)
    return _create(user, nobody, new_id().hex, expires_at=expires_at)


def renew_staff_session(session: Session) -> Session:
    """Another for the same browser, when a new password has ended them all: with the same age and second factor."""
    session.pk = new_id()
    session.refresh_hash = _hash(new_id().hex)
    session.ended_at, session.end_reason = None, ""
    session.save(force_insert=True)
    return session


def note_second_factor(session: Session) -> Session:
    session.mfa_verified_at = now()
    session.save(update_fields=["mfa_verified_at", "updated_at"])
    log.info("second factor shown", extra={"user_id": str(session.user_id), "session_id": str(session.pk)})
    return session


def forget_second_factor(*, user: User) -> None:
    """It is gone: nothing that is open has shown one."""
    Session.objects.filter(user=user, ended_at=None).update(mfa_verified_at=None, updated_at=now())


def _let_in(user: User, client: Client, fresh_hash: str | None) -> User:
    """`user` is as it was when the password was checked: if it was changed since, everything that the old one opened
    has been ended, and this must not open one more.
    """
    locked = lock_row(User.objects.all(), pk=user.pk)
    if locked.password != user.password:
        raise BadCredentials
    if not locked.is_active:
        raise AccountDisabled
    tell_of_new_device(user=locked, client=client)
    locked.last_login = now()
    locked.password = fresh_hash or locked.password
    locked.save(update_fields=["last_login", "password"])
    return locked


def _create(
    user: User,
    client: Client,
    token_id: str,
    *,
    expires_at: datetime,
    created_at: datetime | None = None,
    organization: Organization | None = None,
    mfa_verified_at: datetime | None = None,
) -> Session:
    return Session.objects.create(
        user=user,
        created_at=created_at or now(),
        organization=organization,
        mfa_verified_at=mfa_verified_at,
        dialect=client.dialect,
        refresh_hash=_hash(token_id),
        signed_by=tokens.signing_key_id(),
        expires_at=expires_at,
        last_seen_at=now(),
        network=client.network,
        user_agent=client.user_agent,
    )


def find_session(claims: Claims, *, or_of_support: bool = False) -> Session:
    """The live session that a token names, with its user, in one query. Raises SessionEnded.

    One by which support looks is found by whoever asks for it, and knows what it may not.
    """
    session = _OF_A_TOKEN.find(claims.session_id, claims.user_id)
    if session is None or not is_live(session) or (session.dialect == SUPPORT and not or_of_support):
        raise SessionEnded
    return session


def is_live(session: Session) -> bool:
    """One of support is no longer than the colleague's own behind it."""
    return is_open(session) and (session.dialect != SUPPORT or is_backed(session))


def see(session: Session) -> None:
    """Note that the session is in use: one conditional update, at most every five minutes."""
    at = now()
    if session.last_seen_at > at - SEEN_EVERY:
        return
    Session.objects.filter(pk=session.pk, last_seen_at=session.last_seen_at).update(last_seen_at=at)


def refresh(*, token: str) -> Refreshed:
    """A new access token for the session of a refresh token. Raises TokenRefused, SessionEnded."""
    claims = tokens.read_refresh(token)
    session = find_session(claims)
    mine = keyed_hashes(claims.id, purpose="refresh")
    if session.refresh_hash not in mine:
        _refuse_used(session, mine)
    see(session)
    access = tokens.access_token(user=session.user, session=session)
    return Refreshed(access, _rotate(session, mine) if settings.JWT_ROTATE_REFRESH else None)


def _rotate(session: Session, mine: list[str]) -> str:
    """Replace the live refresh token. Of several calls at once the first update wins; the others find it gone."""
    token_id = new_id().hex
    at = now()
    won = Session.objects.filter(pk=session.pk, refresh_hash__in=mine, ended_at=None).update(
        previous_refresh_hash=session.refresh_hash,
        refresh_hash=_hash(token_id),
        signed_by=tokens.signing_key_id(),
        refreshed_at=at,
        updated_at=at,
    )
    if not won:
        raise SessionEnded
    return _refresh(session, token_id)


def _refuse_used(session: Session, mine: list[str]) -> None:
    """A refresh token that was replaced came back. Calls that were under way together are forgiven, a thief is not."""
    grace_ends = (session.refreshed_at or session.created_at) + REUSE_GRACE
    if session.previous_refresh_hash not in mine or now() > grace_ends:
        log.warning("a used refresh token came back; its session is ended", extra={"session_id": str(session.pk)})
        end_session(session=session, reason=EndReason.REUSED)
    raise SessionEnded


def end_session(*, session: Session, reason: EndReason) -> bool:
    """False when it was over already. What a colleague looks at by it ends with it."""
    at = now()
    live = Session.objects.filter(pk=session.pk, ended_at=None)
    ended = live.update(ended_at=at, end_reason=reason, updated_at=at)
    if session.dialect == STAFF:
        _end_views(reason, support_view__staff_session=session.pk)
    return bool(ended)


def end_all_sessions(*, user: User, reason: EndReason) -> int:
    """End whatever is open, on every device, half sign-ins too; inside the transaction that gives the reason, if there
    is one.
    """
    one_time_tokens.withdraw_tokens(*HALF_SIGN_INS, user=user)
    at = now()
    ended = Session.objects.filter(user=user, ended_at=None).update(ended_at=at, end_reason=reason, updated_at=at)
    if user.is_staff:
        _end_views(reason, support_view__staff=user)
    return ended


def _end_views(reason: EndReason, **behind: object) -> None:
    """The audit log hears of it within a minute (accounts.services.support_views)."""
    at = now()
    looks = Session.objects.filter(dialect=SUPPORT, ended_at=None, **behind)
    looks.update(ended_at=at, end_reason=reason, updated_at=at)


def end_sessions_in(*, user: User, organization: Organization, reason: EndReason) -> int:
    """End what is open in one organization, in the caller's transaction; elsewhere the person stays signed in."""
    at = now()
    here = Session.objects.filter(user=user, organization=organization, ended_at=None)
    return here.update(ended_at=at, end_reason=reason, updated_at=at)


def end_own_session(*, user: User, session_id: UUID) -> None:
    """A person ends a session that shows up in their list. Raises NotFound for an unknown, ended or foreign one."""
    session = live_sessions(user).filter(pk=session_id).first()
    if session is None or not end_session(session=session, reason=EndReason.OWNER):
        raise NotFound


def end_other_sessions(*, session: Session) -> int:
    """All of the person's but the one that asks. Half sign-ins end with them."""
    one_time_tokens.withdraw_tokens(*HALF_SIGN_INS, user=session.user)
    at = now()
    others = Session.objects.filter(user=session.user, ended_at=None).exclude(pk=session.pk)
    return others.update(ended_at=at, end_reason=EndReason.OWNER, updated_at=at)


@transaction.atomic
def revoke_session(*, session: Session, actor: User) -> bool:
    """End somebody's session from the admin. False when it was over already. Raises Forbidden."""
    if not can_end_session(actor, session):
        raise Forbidden
    ended = end_session(session=session, reason=EndReason.REVOKED)
    if ended:
        audit.record(action="session.revoked", actor=actor, target=session, after={"user": session.user.email})
    return ended


def _hash(token_id: str) -> str:
    return keyed_hash(token_id, purpose="refresh")


def _refresh(session: Session, token_id: str) -> str:
    return tokens.refresh_token(
        user_id=session.user_id, session_id=session.pk, token_id=token_id, expires_at=session.expires_at
    )
