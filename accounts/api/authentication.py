"""A bearer token names a session; the session and its user are read on every request, in one query."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.exceptions import MfaRequired, TokenRefused
from accounts.models import Session, User
from accounts.selectors.mfa import lacks_second_factor
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
    session = sessions.find_session(tokens.read_access(token))
    view = (request.parser_context or {})["view"]
    if lacks_second_factor(session) and view.action not in view.before_factor:
        raise MfaRequired
    sessions.see(session)
    return session.user, session
