"""A bearer token names a session; the session and its user are read on every request, in one query."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.exceptions import TokenRefused
from accounts.models import Session, User
from accounts.services import sessions, tokens


class SessionJWTAuthentication(BaseAuthentication):
    """`request.user` and, as `request.auth`, the session. Raises TokenRefused, SessionEnded."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if not token.strip():
            raise TokenRefused
        session = sessions.find_session(tokens.read_access(token.strip()))
        sessions.see(session)
        return session.user, session
