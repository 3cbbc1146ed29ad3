"""flashspace: where a person is signed in, and another e-mail address for the account."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.permissions import SignedIn
from accounts.api.requests import SignedInRequest
from accounts.models import Session
from accounts.selectors.sessions import device_name, live_sessions
from accounts.services import email_change, sessions
from flashspace.dialects import FLASHSPACE
from flashspace.dialects.fields import BooleanField, EmailField, IsoMillisField, PasswordField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, In
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis


class ChangeEmailIn(CamelIn):
    new_email = EmailField()
    password = PasswordField(source="current_password")


class ConfirmEmailIn(In):
    token = TextField(max_length=200)


class KeepEmailIn(In):
    token = TextField(max_length=200)


class SessionOut(CamelOut):
    id = serializers.UUIDField()
    device = serializers.CharField(help_text="In words: Chrome on Android")
    network = serializers.CharField(help_text="The client's address, or the /64 of an IPv6 one")
    signed_in_through = serializers.CharField(
        help_text="The API, `admin`, or `support`: a colleague of ours who looks and changes nothing"
    )
    created_at = IsoMillisField()
    last_used_at = IsoMillisField(help_text="To five minutes")
    expires_at = IsoMillisField()
    has_shown_second_factor = BooleanField()
    is_current = BooleanField(help_text="The one that asks")

    @staticmethod
    def show(session: Session, current: Session) -> dict[str, Any]:
        return {
            "id": str(session.pk),
            "device": device_name(session),
            "network": session.network,
            "signedInThrough": session.dialect,
            "createdAt": iso_millis(session.created_at),
            "lastUsedAt": iso_millis(session.last_seen_at),
            "expiresAt": iso_millis(session.expires_at),
            "hasShownSecondFactor": session.mfa_verified_at is not None,
            "isCurrent": session.pk == current.pk,
        }


class EndedSessionsOut(CamelOut):
    ended = serializers.IntegerField(help_text="How many sessions")


class PendingEmailOut(CamelOut):
    email = serializers.EmailField(help_text="Until the new one is confirmed")
    pending_email = serializers.EmailField()


class SessionViewSet(DialectViewSet):
    tags = "Auth"
    permission_classes = (SignedIn,)
    open_to_support = ("list",)

    @operation(summary="List my sessions", response={200: [SessionOut]}, whole=True)
    def list(self, request: SignedInRequest) -> HttpResponse:
        rows, page = self.page(live_sessions(request.user), whole=True)
        return self.reply([SessionOut.show(one, request.auth) for one in rows], page=page)

    @operation(summary="End one of my sessions", response={200: None})
    def end(self, request: SignedInRequest, id: str) -> HttpResponse:
        sessions.end_own_session(user=request.user, session_id=self.public_id(id))
        return self.reply(message="The session has ended")

    @operation(summary="End all my sessions but this one", response={200: EndedSessionsOut})
    def end_others(self, request: SignedInRequest) -> HttpResponse:
        count = sessions.end_other_sessions(session=request.auth)
        return self.reply({"ended": count}, message="All other sessions have ended")


class EmailViewSet(DialectViewSet):
    tags = "Auth"
    permissions: ClassVar[dict[str, Permissions]] = {"change": [SignedIn], "confirm": [], "keep": []}

    @operation(
        summary="Change my e-mail address",
        description="The new one counts once its mailbox has opened the link; the old one is told.",
        request=ChangeEmailIn,
        response={200: PendingEmailOut},
    )
    def change(self, request: SignedInRequest) -> HttpResponse:
        data = self.read(ChangeEmailIn)
        user = email_change.change_email(
            user=request.user, new_email=data["new_email"], password=data["current_password"], client=client_of(self)
        )
        shown = {"email": user.email, "pendingEmail": user.pending_email}
        return self.reply(shown, message="Open the link in the mail to your new address")

    @operation(summary="Confirm a new e-mail address", query=ConfirmEmailIn, response={200: None})
    def confirm(self, request: Request) -> HttpResponse:
        email_change.confirm_email_change(**self.query(ConfirmEmailIn))
        return self.reply(message="Your e-mail address is changed")

    @operation(
        summary="Keep my e-mail address",
        description="With the token of the mail that told of a change. Works once.",
        request=KeepEmailIn,
        response={200: None},
        errors=(409,),
    )
    def keep(self, request: Request) -> HttpResponse:
        email_change.keep_email(**self.read(KeepEmailIn))
        return self.reply(message="Your e-mail address stays as it was")


urlpatterns = routes(
    FLASHSPACE,
    [
        route("GET", "/api/auth/sessions", SessionViewSet, "list"),
        route("DELETE", "/api/auth/sessions", SessionViewSet, "end_others"),
        route("DELETE", "/api/auth/sessions/<str:id>", SessionViewSet, "end"),
        route("POST", "/api/auth/change-email", EmailViewSet, "change"),
        route("GET", "/api/auth/confirm-email", EmailViewSet, "confirm"),
        route("POST", "/api/auth/keep-email", EmailViewSet, "keep"),
    ],
)
