"""rento's `token` cookie: set at sign-in, believed on rento's routes and nowhere else."""

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from accounts.api.authentication import SessionJWTAuthentication, admit
from accounts.exceptions import OriginRefused
from accounts.models import Session, User
from flashspace.base.clock import now
from flashspace.dialects.views import DialectViewSet

NAME = "token"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class CookieAuthentication(SessionJWTAuthentication):
    """A bearer token, else the cookie. Browsers send that one along for any page, so what changes something must come
    from one of ours. Raises OriginRefused beside what a bearer token raises.
    """

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        by_header = super().authenticate(request)
        token = request.COOKIES.get(NAME, "")
        if by_header is not None or not token:
            return by_header
        if request.method not in SAFE and not _comes_from_us(request):
            raise OriginRefused
        return admit(token, request)


class RentoViewSet(DialectViewSet):
    authentication_classes = (CookieAuthentication,)


def _comes_from_us(request: Request) -> bool:
    return request.META.get("HTTP_ORIGIN") in {settings.PUBLIC_URL, *settings.CORS_ALLOWED_ORIGINS}


def set_token(answer: HttpResponse, token: str, session: Session) -> None:
    """For as long as the session lives."""
    answer.set_cookie(
        NAME,
        token,
        max_age=round((session.expires_at - now()).total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def clear_token(answer: HttpResponse) -> None:
    answer.delete_cookie(NAME, samesite="Strict")
