"""workspace: registering an organization, signing in to one, tokens, forgotten passwords.

What nakksha documents under the same addresses calls the functions here for its workspace side.
"""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.permissions import SignedIn
from accounts.api.requests import SignedInRequest
from accounts.api.workspace_words import PersonOut, PlaceOut
from accounts.enums import EndReason
from accounts.services import password_change, sessions, verification
from accounts.services.organization_sign_in import Arrival, sign_in_to_organization
from accounts.services.organizations import register_organization
from accounts.services.sessions import Refreshed
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import EmailField, PasswordField, PublicIdField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions

SIGNED_IN = "Login successful"
VERIFY_FIRST = "Show your second factor"
SET_UP_FIRST = "Your organization wants a second factor: set one up"
LOGGED_OUT = "Logged out successfully"
RESET_SENT = "If an account with that email exists, we have sent password reset instructions"
RESET_DONE = "Password reset successfully"


class FirstNameField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 75, **options})


class LastNameField(TextField):
    """May be empty: not everybody has two names."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 74, "allow_blank": True, **options})


class RegisterIn(In):
    organization_name = TextField(min_length=2, max_length=120)
    organization_email = EmailField()
    first_name = FirstNameField()
    last_name = LastNameField()
    email = EmailField()
    password = PasswordField()


class LoginIn(In):
    email = EmailField()
    password = PasswordField()
    organization_id = PublicIdField(required=False, allow_null=True)


class RefreshIn(In):
    refresh_token = TextField(max_length=5000)


class ForgotIn(In):
    email = EmailField()


class ResetIn(In):
    token = TextField(max_length=200)
    new_password = PasswordField()


class LinkIn(In):
    token = TextField(max_length=200)


class RegisteredOut(Out):
    user_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()


class ArrivalOut(Out):
    """Tokens with whom they are for and where; or what is still missing, with the token for that step."""

    access_token = serializers.CharField(required=False)
    refresh_token = serializers.CharField(required=False)
    user = PersonOut(required=False)
    organization = PlaceOut(required=False, allow_null=True, help_text="null for who belongs to none")
    requires_mfa_verification = serializers.BooleanField(required=False)
    temp_token = serializers.CharField(required=False)
    requires_mfa_setup = serializers.BooleanField(required=False)
    temp_setup_token = serializers.CharField(required=False)


class RefreshedOut(Out):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField(required=False, help_text="Where refresh tokens rotate")


def arrival_body(arrival: Arrival) -> dict[str, Any]:
    """The keys of a sign-in, of verify-mfa and of a switch."""
    if arrival.verify_token:
        return {"requires_mfa_verification": True, "temp_token": arrival.verify_token}
    if arrival.setup_token:
        return {"requires_mfa_setup": True, "temp_setup_token": arrival.setup_token}
    assert arrival.signed_in is not None
    tokens = arrival.signed_in.tokens
    return {
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "user": PersonOut.row(arrival.user),
        "organization": PlaceOut.row(arrival.membership.organization) if arrival.membership else None,
    }


def arrival_message(arrival: Arrival) -> str:
    return VERIFY_FIRST if arrival.verify_token else SET_UP_FIRST if arrival.setup_token else SIGNED_IN


def refreshed_body(renewed: Refreshed) -> dict[str, Any]:
    rotated = {"refresh_token": renewed.refresh} if renewed.refresh else {}
    return {"access_token": renewed.access, **rotated}


def log_in(view: DialectViewSet, data: dict[str, Any]) -> HttpResponse:
    """`data` is what `LoginIn` read."""
    arrival = sign_in_to_organization(
        email=data["email"],
        password=data["password"],
        organization_id=data.get("organization_id"),
        client=client_of(view),
    )
    return view.reply(message=arrival_message(arrival), flat=arrival_body(arrival))


def refresh(view: DialectViewSet, data: dict[str, Any]) -> HttpResponse:
    renewed = sessions.refresh(token=data["refresh_token"])
    return view.reply(message="Token refreshed successfully", flat=refreshed_body(renewed))


def log_out(view: DialectViewSet, request: SignedInRequest) -> HttpResponse:
    sessions.end_session(session=request.auth, reason=EndReason.LOGOUT)
    return view.reply(message=LOGGED_OUT)


def forgot_password(view: DialectViewSet, data: dict[str, Any]) -> HttpResponse:
    password_change.request_reset(email=data["email"])
    return view.reply(message=RESET_SENT)


def reset_password(view: DialectViewSet, data: dict[str, Any]) -> HttpResponse:
    password_change.reset_password(token=data["token"], new_password=data["new_password"])
    return view.reply(message=RESET_DONE)


class AuthViewSet(DialectViewSet):
    tags = "Auth"
    permissions: ClassVar[dict[str, Permissions]] = {
        "register": [],
        "login": [],
        "refresh": [],
        "verify_email": [],
        "forgot_password": [],
        "reset_password": [],
        "logout": [SignedIn],
    }
    before_factor: ClassVar[set[str]] = {"logout"}
    budgets: ClassVar[dict[str, str]] = {"login": "signin", "forgot_password": "forgot", "reset_password": "reset"}

    @operation(
        summary="Register Organization", request=RegisterIn, response={201: RegisteredOut}, errors=(409,), flat=True
    )
    def register(self, request: Request) -> HttpResponse:
        made = register_organization(**self.read(RegisterIn), client=client_of(self))
        ids = {"user_id": made.user_id, "organization_id": made.organization_id}
        return self.reply(message="Organization registered successfully", flat=ids, status=201)

    @operation(
        summary="Login",
        description="Without `organization_id`: the organization that was used last.",
        request=LoginIn,
        response={200: ArrivalOut},
        flat=True,
    )
    def login(self, request: Request) -> HttpResponse:
        return log_in(self, self.read(LoginIn))

    @operation(summary="Refresh Token", request=RefreshIn, response={200: RefreshedOut}, flat=True)
    def refresh(self, request: Request) -> HttpResponse:
        return refresh(self, self.read(RefreshIn))

    @operation(summary="Verify Email", query=LinkIn, response={200: None})
    def verify_email(self, request: Request) -> HttpResponse:
        verification.verify_by_link(**self.query(LinkIn))
        return self.reply(message="Email verified successfully")

    @operation(summary="Forgot Password", request=ForgotIn, response={200: None})
    def forgot_password(self, request: Request) -> HttpResponse:
        return forgot_password(self, self.read(ForgotIn))

    @operation(summary="Reset Password", request=ResetIn, response={200: None})
    def reset_password(self, request: Request) -> HttpResponse:
        return reset_password(self, self.read(ResetIn))

    @operation(summary="Logout", response={200: None})
    def logout(self, request: SignedInRequest) -> HttpResponse:
        return log_out(self, request)


urlpatterns = routes(
    WORKSPACE,
    [
        route("POST", "/api/v1/auth/organization/register", AuthViewSet, "register"),
        route("GET", "/api/v1/auth/verify-email", AuthViewSet, "verify_email"),
        route("POST", "/api/v1/auth/login", AuthViewSet, "login"),
        route("POST", "/api/v1/auth/refresh", AuthViewSet, "refresh"),
        route("POST", "/api/v1/auth/forgot-password", AuthViewSet, "forgot_password"),
        route("POST", "/api/v1/auth/reset-password", AuthViewSet, "reset_password"),
        route("POST", "/api/v1/auth/logout", AuthViewSet, "logout"),
    ],
)
