"""The browser's side of a staff session: Django's session names its row, and every page looks whether it is live."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.api.clients import client_from
from accounts.enums import EndReason
from accounts.models import Session, User
from accounts.selectors.sessions import STAFF
from accounts.services.sessions import end_session, open_staff_session
from accounts.services.staff_sessions import Over, find_staff_session, see_staff_session, why_over

KEY = "staff_session"


def begin(request: HttpRequest, user: User, *, has_shown_factor: bool) -> None:
    """Sign in, everything being shown. Raises AccountDisabled; BadCredentials when the password changed meanwhile."""
    client = client_from(request, STAFF)
    session = open_staff_session(user=user, client=client, has_shown_factor=has_shown_factor)
    end(request)
    login(request, session.user)
    keep(request, session)


def keep(request: HttpRequest, session: Session) -> None:
    request.session[KEY] = str(session.pk)
    _attach(request, session)


def end(request: HttpRequest) -> None:
    """Sign the browser out, row and all."""
    session = find_staff_session(request.session[KEY]) if KEY in request.session else None
    if session is not None:
        end_session(session=session, reason=EndReason.LOGOUT)
    logout(request)


def staff_session_of(request: HttpRequest) -> Session | None:
    """The live one that the middleware found."""
    session: Session | None = getattr(request, "staff_session", None)
    return session


class StaffSessionMiddleware:
    """Ends a browser's session as soon as its row has ended, and says why on the sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.path.startswith(reverse("admin:index")):
            self._look(request)
        return self.get_response(request)

    def _look(self, request: HttpRequest) -> None:
        # Before `request.user`, which empties the session of somebody whose password changed.
        key = request.session.get(KEY)
        session = find_staff_session(key) if key else None
        over = why_over(session) if session else None
        if session and not over and request.user.pk == session.user_id:
            see_staff_session(session)
            _attach(request, session)
        elif key or request.user.is_authenticated:  # one without a row was opened by nothing of ours
            logout(request)
            messages.warning(request, words(over))


def _attach(request: HttpRequest, session: Session) -> None:
    request.staff_session = session  # type: ignore[attr-defined]


def words(over: Over | None) -> str:
    return {
        Over.IDLE: f"You were away for {_spoken(settings.STAFF_SESSION_IDLE)}, so you were signed out.",
        Over.LONG: f"You were signed in for {_spoken(settings.STAFF_SESSION_LIFE)}. Please sign in again.",
        Over.PASSWORD: "Your password was changed. Please sign in with the new one.",
        Over.REVOKED: "Your session was ended by a colleague.",
        Over.NO_FACTOR: "Signing in takes a second step now. Please sign in again.",
    }.get(over or Over.SIGNED_OUT, "Your session has ended. Please sign in again.")


def _spoken(life: timedelta) -> str:
    minutes = max(1, round(life.total_seconds() / 60))
    count, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
