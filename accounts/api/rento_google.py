"""rento: signing in with Google by redirect. It ends at the front end, with a code that opens the sign-in once."""

import logging
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.cookie import RentoViewSet, set_token
from accounts.api.rento import SignInOut, signed_in
from accounts.enums import TokenPurpose
from accounts.exceptions import GoogleFailed, GoogleRefused
from accounts.services import google_redirect, one_time_tokens, tokens
from accounts.services.google_redirect import Arrival
from flashspace.base.context import client_network
from flashspace.base.errors import DomainError, RateLimited
from flashspace.dialects import RENTO
from flashspace.dialects.fields import TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In
from flashspace.dialects.views import Permissions

log = logging.getLogger(__name__)

FLOW, ARRIVAL = "google_flow", "google_arrival"
PLACE = "/api/user/auth/google"  # the cookies are sent nowhere else
FAILURE = "/api/user/auth/failure"


class ExchangeIn(In):
    code = TextField(max_length=200)


class GoogleViewSet(RentoViewSet):
    tags = "Google OAuth"
    permissions: ClassVar[dict[str, Permissions]] = {"begin": [], "callback": [], "failure": [], "exchange": []}
    produces: ClassVar[dict[str, str]] = {"begin": "text/html", "callback": "text/html"}

    @operation(summary="Initiate Google OAuth", response={302: None}, errors=(503,))
    def begin(self, request: Request) -> HttpResponse:
        address, kept = google_redirect.begin()
        answer = _to(address)
        answer.set_cookie(
            FLOW,
            kept,
            max_age=int(google_redirect.LIFE.total_seconds()),
            path=PLACE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",  # Google sends the browser back from elsewhere
        )
        return answer

    @operation(summary="OAuth callback (handled automatically)", response={302: None})
    def callback(self, request: Request) -> HttpResponse:
        try:
            answer = self._welcome(self._arrive(request))
        except RateLimited:
            raise
        except DomainError as refusal:
            log.info("sign-in with Google refused", extra={"reason": refusal.code})
            answer = _to(FAILURE)
        answer.delete_cookie(FLOW, path=PLACE, samesite="Lax")
        return answer

    def _arrive(self, request: Request) -> Arrival:
        query = request.query_params
        flow = google_redirect.resume(kept=request.COOKIES.get(FLOW, ""), state=query.get("state", ""))
        self.spend("signin", client_network(request._request))
        if "error" in query or not query.get("code"):
            raise GoogleRefused
        return google_redirect.arrive(flow=flow, code=query["code"], client=client_of(self))

    def _welcome(self, arrival: Arrival) -> HttpResponse:
        opened = arrival.opened
        answer = _to(f"{settings.FRONTEND_URL}/auth/success?{urlencode({'code': arrival.code})}")
        set_token(answer, tokens.session_token(user=opened.user, session=opened.session), opened.session)
        is_secure = settings.SESSION_COOKIE_SECURE
        answer.set_cookie(
            ARRIVAL,
            arrival.kept,
            max_age=int(one_time_tokens.LIFE[TokenPurpose.EXCHANGE].total_seconds()),
            path=PLACE,
            secure=is_secure,
            httponly=True,
            samesite="None" if is_secure else "Lax",  # the front end may be another site; alone it opens nothing
        )
        return answer

    @operation(summary="OAuth failure endpoint", response={}, errors=(401,))
    def failure(self, request: Request) -> HttpResponse:
        raise GoogleFailed

    @operation(
        summary="End a Google sign-in",
        request=ExchangeIn,
        response={200: SignInOut},
        description="The code of the address that the callback led to, once and within 60 seconds, with the cookies of "
        "that browser (`credentials: 'include'`).",
    )
    def exchange(self, request: Request) -> HttpResponse:
        kept = request.COOKIES.get(ARRIVAL, "")
        session = google_redirect.redeem(**self.read(ExchangeIn), kept=kept)
        return signed_in(self, session.user, session)


def _to(address: str) -> Any:
    """Nothing that leads on is kept, or named as where the browser came from."""
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return HttpResponseRedirect(address, headers=headers)


urlpatterns = routes(
    RENTO,
    [
        route("GET", "/api/user/auth/google", GoogleViewSet, "begin"),
        route("GET", "/api/user/auth/google/callback", GoogleViewSet, "callback"),
        route("GET", "/api/user/auth/failure", GoogleViewSet, "failure"),
        route("POST", "/api/user/auth/google/exchange", GoogleViewSet, "exchange"),
    ],
)
