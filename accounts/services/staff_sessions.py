"""How long a session of the admin lives: to its idle end, which every click moves on, and never past the absolute one.

Both stand in the row, so the list of sessions, the button that ends one and the next click say the same.
"""

from datetime import datetime
from enum import StrEnum

from django.conf import settings

from accounts.enums import EndReason
from accounts.models import Session
from accounts.selectors.mfa import must_have_second_factor
from accounts.selectors.sessions import STAFF
from accounts.services.sessions import end_session, is_live
from flashspace.base.clock import now

SEEN_STEPS = 30  # the end moves on in steps of a minute, not with a write for every click


class Over(StrEnum):
    """Why a session is not good for the admin any more."""

    IDLE = "idle"
    LONG = "long"
    PASSWORD = "password"
    REVOKED = "revoked"
    SIGNED_OUT = "signed_out"
    NO_FACTOR = "no_factor"


def find_staff_session(session_id: str) -> Session | None:
    return Session.objects.select_related("user").filter(pk=session_id, dialect=STAFF).first()


def why_over(session: Session) -> Over | None:
    """None while it is live and has shown what this person must show. `session.user` is loaded."""
    if session.end_reason == EndReason.PASSWORD:
        return Over.PASSWORD
    if session.end_reason in {EndReason.LOGOUT, EndReason.LOGOUT_ALL, EndReason.OWNER}:
        return Over.SIGNED_OUT
    if session.ended_at is not None or not session.user.is_active:
        return Over.REVOKED
    if not is_live(session):
        return Over.LONG if now() >= _absolute_end(session) else Over.IDLE
    if must_have_second_factor(session.user) and session.mfa_verified_at is None:
        end_session(session=session, reason=EndReason.REVOKED)
        return Over.NO_FACTOR
    return None


def see_staff_session(session: Session) -> None:
    """Move the idle end on: one conditional update, once a minute, which never revives what has ended."""
    at = now()
    if session.last_seen_at > at - settings.STAFF_SESSION_IDLE / SEEN_STEPS:
        return
    ends = min(at + settings.STAFF_SESSION_IDLE, _absolute_end(session))
    open_one = Session.objects.filter(pk=session.pk, ended_at=None, last_seen_at=session.last_seen_at)
    open_one.update(last_seen_at=at, expires_at=ends)


def _absolute_end(session: Session) -> datetime:
    end: datetime = session.created_at + settings.STAFF_SESSION_LIFE
    return end
