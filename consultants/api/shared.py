"""The five calls under /api/v1/auth/ that nakksha and workspace both document.

At sign-in the account decides which answer it is; else the words of the request do: `refreshToken` and `password` are
nakksha's, `refresh_token` and `new_password` are workspace's.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.api import workspace_auth as workspace
from accounts.api.clients import client_of
from accounts.api.flashspace import MfaCodeField
from accounts.api.permissions import SignedIn
from accounts.api.requests import SignedInRequest
from accounts.services import password_change, sessions
from consultants.api.nakksha_words import ConsultantOut, PermissionsOut, RefreshedOut, TokensOut
from consultants.services.sign_in import Entrance, sign_in, sign_out
from consultants.validators import check_password
from flashspace.dialects.base import MISSING
from flashspace.dialects.fields import EmailField, PasswordField, TextField
from flashspace.dialects.serializers import CamelIn
from flashspace.dialects.views import DialectViewSet, Permissions

SIGNED_IN = "Login successful"
REFRESHED = "Token refreshed successfully"
SIGNED_OUT = "Logout successful"
RESET_SENT = "If an account with that email exists, we have sent password reset instructions"
RESET_DONE = "Password reset successful. You can now login with your new password."


class LoginIn(workspace.LoginIn):
    mfa_code = MfaCodeField(allow_null=True)


class RefreshIn(CamelIn):
    refresh_token = TextField(max_length=5000)


class LogoutIn(CamelIn):
    refresh_token = TextField(max_length=5000, required=False, allow_null=True, allow_blank=True)


class AddressIn(CamelIn):
    email = EmailField()


class ResetIn(CamelIn):
    token = TextField(max_length=200)
    password = PasswordField(validators=[check_password])


class AuthViewSet(DialectViewSet):
    tags = "Auth"
    permissions: ClassVar[Mapping[str, Permissions]] = {
        "login": [],
        "refresh": [],
        "forgot_password": [],
        "reset_password": [],
        "logout": [SignedIn],
    }
    before_factor: ClassVar[set[str]] = {"logout"}
    budgets: ClassVar[Mapping[str, str]] = {
        "login": "signin",
        "forgot_password": "forgot",
        "reset_password": "reset",
    }

    def login(self, request: Request) -> HttpResponse:
        data = self.read(LoginIn)
        entered = sign_in(**{**data, "mfa_code": data.get("mfa_code") or ""}, client=client_of(self))
        arrival = entered.arrival
        return self.reply(
            _consultant_side(entered),
            message=workspace.arrival_message(arrival) if arrival else SIGNED_IN,
            flat=workspace.arrival_body(arrival) if arrival else {},
        )

    def refresh(self, request: Request) -> HttpResponse:
        if self._speaks_workspace("refresh_token", instead_of="refreshToken"):
            return workspace.refresh(self, self.read(workspace.RefreshIn))
        renewed = sessions.refresh(token=self.read(RefreshIn)["refresh_token"])
        return self.reply(RefreshedOut.row(renewed), message=REFRESHED)

    def logout(self, request: SignedInRequest) -> HttpResponse:
        token = self.read(LogoutIn).get("refresh_token")
        sign_out(session=request.auth, refresh_token=token or "")
        return self.reply(None, message=SIGNED_OUT)

    def forgot_password(self, request: Request) -> HttpResponse:
        password_change.request_reset(email=self.read(AddressIn)["email"])
        return self.reply(None, message=RESET_SENT)

    def reset_password(self, request: Request) -> HttpResponse:
        if self._speaks_workspace("new_password", instead_of="password"):
            return workspace.reset_password(self, self.read(workspace.ResetIn))
        data = self.read(ResetIn)
        password_change.reset_password(token=data["token"], new_password=data["password"])
        return self.reply(None, message=RESET_DONE)

    def _speaks_workspace(self, word: str, *, instead_of: str) -> bool:
        body = self.request.data
        return isinstance(body, Mapping) and word in body and instead_of not in body


def _consultant_side(entered: Entrance) -> Any:
    if entered.consultant is None or entered.signed_in is None:
        return MISSING
    return {
        "consultant": ConsultantOut.row(entered.consultant),
        "tokens": TokensOut.row(entered.signed_in),
        "permissions": PermissionsOut.row(entered.consultant),
    }
