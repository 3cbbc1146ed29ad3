"""nakksha: signing up, signing in, tokens, passwords; and the staff's own way in."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.flashspace import MfaCodeField
from accounts.api.permissions import SignedIn
from accounts.api.requests import SignedInRequest
from accounts.api.workspace_auth import ArrivalOut
from accounts.exceptions import AccountDisabled
from accounts.models import User
from accounts.services import verification
from consultants.api import shared
from consultants.api.nakksha_words import (
    AdminOut,
    AdminPermissionsOut,
    ConsultantOut,
    NewConsultantOut,
    NextStepsOut,
    OwnConsultantOut,
    PermissionsOut,
    RefreshedOut,
    TokensOut,
)
from consultants.exceptions import ConsultantUnknown
from consultants.models import Consultant
from consultants.selectors.consultants import find_consultant
from consultants.services.sign_in import sign_in_admin
from consultants.services.signup import sign_up_consultant
from consultants.validators import check_name, check_password
from flashspace.dialects import NAKKSHA
from flashspace.dialects.fields import EmailField, PasswordField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, In
from flashspace.dialects.views import Permissions

NAME_IS_SHORT = {"min_length": "Name must be at least 2 characters", "blank": "Name must be at least 2 characters"}


class SignupIn(CamelIn):
    name = TextField(min_length=2, max_length=100, validators=[check_name], error_messages=NAME_IS_SHORT)
    email = EmailField()
    password = PasswordField(validators=[check_password])


class AdminLoginIn(In):
    email = EmailField()
    password = PasswordField()
    mfa_code = MfaCodeField(allow_null=True, help_text="Of whoever has, or must have, a second factor")


class SignupOut(CamelOut):
    consultant = NewConsultantOut()
    next_steps = NextStepsOut()


class LoginOut(CamelOut):
    consultant = ConsultantOut()
    tokens = TokensOut()
    permissions = PermissionsOut()


class EntranceOut(ArrivalOut):
    """`data` for a consultant, the other keys for who is not, or is a member of an organization too."""

    data = LoginOut(required=False)  # type: ignore[assignment]  # a declared field, which DRF takes out of the class


class AdminLoginOut(CamelOut):
    admin = AdminOut()
    tokens = TokensOut()
    permissions = AdminPermissionsOut()


class MeOut(CamelOut):
    """A consultant, a colleague, or both."""

    consultant = OwnConsultantOut(required=False)
    permissions = PermissionsOut(required=False)
    admin = AdminOut(required=False)
    admin_permissions = AdminPermissionsOut(required=False)


class AuthViewSet(shared.AuthViewSet):
    permissions: ClassVar[Mapping[str, Permissions]] = {
        **shared.AuthViewSet.permissions,
        "signup": [],
        "admin_login": [],
        "me": [SignedIn],
        "verify_email": [],
    }
    budgets: ClassVar[Mapping[str, str]] = {**shared.AuthViewSet.budgets, "admin_login": "signin"}

    @operation(summary="Signup", request=SignupIn, response={201: SignupOut}, errors=(409,))
    def signup(self, request: Request) -> HttpResponse:
        made = sign_up_consultant(**self.read(SignupIn), client=client_of(self))
        steps = {"verifyEmail": True, "completeProfile": True, "awaitAdminApproval": True}
        data = {"consultant": NewConsultantOut.row(made), "nextSteps": steps}
        return self.reply(data, message="Account created successfully", status=201)

    @operation(
        summary="Login",
        description="The account decides: a consultant finds `data`, a member of an organization the keys beside it.",
        request=shared.LoginIn,
        response={200: EntranceOut},
        flat=True,
    )
    def login(self, request: Request) -> HttpResponse:
        return super().login(request)

    @operation(summary="Admin Login", request=AdminLoginIn, response={200: AdminLoginOut})
    def admin_login(self, request: Request) -> HttpResponse:
        data = self.read(AdminLoginIn)
        opened = sign_in_admin(
            email=data["email"],
            password=data["password"],
            mfa_code=data.get("mfa_code") or "",
            client=client_of(self),
        )
        return self.reply(
            {
                "admin": AdminOut.row(opened.user),
                "tokens": TokensOut.row(opened),
                "permissions": AdminPermissionsOut.row(opened.user),
            },
            message="Admin login successful",
        )

    @operation(summary="Me", response={200: MeOut}, errors=(404,))
    def me(self, request: SignedInRequest) -> HttpResponse:
        consultant = find_consultant(request.user)
        if consultant is not None and not consultant.is_active:
            raise AccountDisabled
        if consultant is None and not request.user.is_staff:
            raise ConsultantUnknown
        return self.reply({**_as_colleague(request.user), **_as_consultant(consultant)})

    @operation(summary="Refresh Token", request=shared.RefreshIn, response={200: RefreshedOut})
    def refresh(self, request: Request) -> HttpResponse:
        return super().refresh(request)

    @operation(summary="Logout", request=shared.LogoutIn, response={200: None}, partial=True)
    def logout(self, request: SignedInRequest) -> HttpResponse:
        return super().logout(request)

    @operation(summary="Forgot Password", request=shared.AddressIn, response={200: None})
    def forgot_password(self, request: Request) -> HttpResponse:
        return super().forgot_password(request)

    @operation(summary="Reset Password", request=shared.ResetIn, response={200: None})
    def reset_password(self, request: Request) -> HttpResponse:
        return super().reset_password(request)

    @operation(summary="Verify Email", response={200: None})
    def verify_email(self, request: Request, token: str) -> HttpResponse:
        verification.verify_by_link(token=token)
        return self.reply(message="Email verified successfully. You can now access your account.")


def _as_colleague(user: User) -> dict[str, Any]:
    return {"admin": AdminOut.row(user), "adminPermissions": AdminPermissionsOut.row(user)} if user.is_staff else {}


def _as_consultant(consultant: Consultant | None) -> dict[str, Any]:
    if consultant is None:
        return {}
    return {"consultant": OwnConsultantOut.row(consultant), "permissions": PermissionsOut.row(consultant)}


urlpatterns = routes(
    NAKKSHA,
    [
        route("POST", "/api/v1/auth/signup", AuthViewSet, "signup"),
        route("POST", "/api/v1/auth/login", AuthViewSet, "login"),
        route("POST", "/api/v1/auth/admin/login", AuthViewSet, "admin_login"),
        route("GET", "/api/v1/auth/me", AuthViewSet, "me"),
        route("POST", "/api/v1/auth/refresh", AuthViewSet, "refresh"),
        route("POST", "/api/v1/auth/logout", AuthViewSet, "logout"),
        route("POST", "/api/v1/auth/forgot-password", AuthViewSet, "forgot_password"),
        route("POST", "/api/v1/auth/reset-password", AuthViewSet, "reset_password"),
        route("GET", "/api/v1/auth/verify-email/<str:token>", AuthViewSet, "verify_email"),
    ],
)
