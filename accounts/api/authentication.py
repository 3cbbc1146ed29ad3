"""A bearer token names a session; the session and its user are read on every request, in one query."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.exceptions import MfaRequired, NotForSupport, TokenRefused, ViewIsReadOnly
from accounts.models import Session, User
from accounts.selectors.mfa import lacks_second_factor
from accounts.selectors.sessions import SUPPORT
from accounts.services import sessions, tokens


class SessionJWTAuthentication(BaseAuthentication):
    """`request.user` and, as `request.auth`, the session. Raises TokenRefused, SessionEnded, MfaRequired."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if not token.strip():
            raise TokenRefused
        return admit(token.strip(), request)


def admit(token: str, request: Request) -> tuple[User, Session]:
    """The door of every dialect. Where staff need a second factor, a session that has not shown it opens nothing but
    the actions that say so, whichever call began it.
    """
    session = sessions.find_session(tokens.read_access(token), or_of_support=True)
    view = (request.parser_context or {})["view"]
    if session.dialect == SUPPORT:
        _check_support(request, view)
    if lacks_second_factor(session) and view.action not in view.before_factor:
        raise MfaRequired
    sessions.see(session)
    return session.user, session


def _check_support(request: Request, view: Any) -> None:
    """A colleague who looks at what a customer sees: by reading, what the view names, and not on their account."""
    if request.method not in SAFE_METHODS:
        raise ViewIsReadOnly
    if view.action not in view.open_to_support:
        raise NotForSupport
    request._request.is_by_support = True  # type: ignore[attr-defined]
