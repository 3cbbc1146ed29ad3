"""workspace: the second factor, and the step of a sign-in that asks for it."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.authentication import SessionJWTAuthentication
from accounts.api.clients import client_of
from accounts.api.permissions import SignedIn
from accounts.api.requests import SignedInRequest
from accounts.api.workspace_auth import ArrivalOut, arrival_body, arrival_message
from accounts.api.workspace_words import PersonOut, PlaceOut
from accounts.exceptions import SecondFactorMissing
from accounts.models import OneTimeToken, Session, User
from accounts.selectors.mfa import has_second_factor, second_factor_of
from accounts.services import mfa, second_step
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import BooleanField, EmailField, ListField, PasswordField, PublicIdField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions

SETUP_SECONDS = int(mfa.SETUP_LIFE.total_seconds())


class SetupAuthentication(SessionJWTAuthentication):
    """A session, or a token that a sign-in or a session got to set the second factor up, which opens nothing else."""

    def authenticate(self, request: Request) -> Any:
        token = _bearer(request)
        if not token or "." in token:  # a session's token has dots, ours has none
            return super().authenticate(request)
        proof = second_step.find_setup(token)
        return proof.user, proof


def _bearer(request: Request) -> str:
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class SetupRequest(Request):
    """What an action behind SetupAuthentication is called with. Only a type."""

    user: User
    auth: Session | OneTimeToken


class VerifyMfaIn(In):
    """Address and password, or the `temp_token` of a sign-in; with `mfa_code`, which may also be called `code`."""

    email = EmailField(required=False)
    password = PasswordField(required=False)
    temp_token = TextField(required=False, max_length=200)
    mfa_code = TextField(required=False, max_length=32)
    code = TextField(required=False, max_length=32)
    organization_id = PublicIdField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [] if "mfa_code" in attrs or "code" in attrs else ["mfa_code"]
        if "temp_token" not in attrs:
            missing += [name for name in ("email", "password") if name not in attrs]
        if missing:
            raise serializers.ValidationError(dict.fromkeys(missing, "This field is required."), code="required")
        return attrs


class MfaCodeIn(In):
    code = TextField(max_length=32)


class FreshMfaCodeIn(In):
    """May be left out."""

    code = TextField(required=False, allow_blank=True, max_length=32)


class MfaStatusOut(Out):
    required = BooleanField()  # type: ignore[assignment]  # DRF takes it out of the class
    setup_completed = BooleanField()


class SetupOfferOut(Out):
    secret = serializers.CharField()
    manual_key = serializers.CharField(help_text="The secret in groups of four, as one types it")
    qr_code_url = serializers.CharField(help_text="A data URL")
    otp_url = serializers.CharField(help_text="otpauth://totp/…")
    temp_setup_token = serializers.CharField(help_text="May be the bearer of both calls, in the session's place")
    user_email = serializers.EmailField()
    expires_in = serializers.IntegerField(help_text="Seconds")


class BackupCodesOut(Out):
    backup_codes = ListField(child=serializers.CharField(), help_text="Shown once")


class MfaSetUpOut(BackupCodesOut):
    """With tokens, as a sign-in answers, for whoever came with the token for the set-up."""

    access_token = serializers.CharField(required=False)
    refresh_token = serializers.CharField(required=False)
    user = PersonOut(required=False)
    organization = PlaceOut(required=False, allow_null=True)


class BackupMasksOut(Out):
    remaining = serializers.IntegerField()
    backup_codes = ListField(child=serializers.CharField(), help_text="A mask for each unused code")


class VerifyViewSet(DialectViewSet):
    tags = "Auth"
    permissions: ClassVar[dict[str, Permissions]] = {"verify": []}
    budgets: ClassVar[dict[str, str]] = {"verify": "signin"}

    @operation(summary="Verify MFA", request=VerifyMfaIn, response={200: ArrivalOut}, errors=(409,), flat=True)
    def verify(self, request: Request) -> HttpResponse:
        data = self.read(VerifyMfaIn)
        code = data.get("mfa_code", data.get("code", ""))
        if "email" in data and "password" in data:
            arrival = second_step.verify_with_password(
                email=data["email"],
                password=data["password"],
                mfa_code=code,
                organization_id=data.get("organization_id"),
                client=client_of(self),
            )
        else:
            arrival = second_step.verify_with_token(token=data["temp_token"], mfa_code=code, client=client_of(self))
        return self.reply(message=arrival_message(arrival), flat=arrival_body(arrival))


class SetupViewSet(DialectViewSet):
    tags = "MFA"
    authentication_classes = (SetupAuthentication,)
    permission_classes = (SignedIn,)
    before_factor: ClassVar[set[str]] = {"initialize", "verify"}

    @operation(
        summary="Initialize MFA Setup",
        description="Who has a second factor already sends a `code` of it, to move to another device.",
        request=FreshMfaCodeIn,
        response={200: SetupOfferOut},
        errors=(409,),
    )
    def initialize(self, request: SetupRequest) -> HttpResponse:
        code = self.read(FreshMfaCodeIn).get("code", "")
        offer, token = second_step.begin_setup(user=request.user, proof=request.auth, fresh_code=code)
        shown = {
            "secret": offer.secret,
            "manual_key": offer.spaced_key,
            "qr_code_url": offer.qr,
            "otp_url": offer.address,
            "temp_setup_token": token or _bearer(request),
            "user_email": request.user.email,
            "expires_in": SETUP_SECONDS,
        }
        return self.reply(shown, message="Scan the code with your authenticator app")

    @operation(summary="Verify MFA Setup", request=MfaCodeIn, response={200: MfaSetUpOut}, errors=(409,))
    def verify(self, request: SetupRequest) -> HttpResponse:
        done = second_step.finish_setup(
            user=request.user, proof=request.auth, client=client_of(self), **self.read(MfaCodeIn)
        )
        signed_in = arrival_body(done.arrival) if done.arrival else {}
        return self.reply({"backup_codes": done.backup_codes, **signed_in}, message="MFA is set up")


class MfaViewSet(DialectViewSet):
    tags = "MFA"
    permission_classes = (SignedIn,)
    before_factor: ClassVar[set[str]] = {"check", "backup_codes", "regenerate", "disable"}

    @operation(summary="Check MFA Status", response={200: MfaStatusOut})
    def check(self, request: SignedInRequest) -> HttpResponse:
        user = request.user
        required = second_step.is_required(user=user, organization_id=request.auth.organization_id)
        return self.reply({"required": required, "setup_completed": has_second_factor(user)})

    @operation(summary="Get Backup Codes", response={200: BackupMasksOut}, errors=(409,))
    def backup_codes(self, request: SignedInRequest) -> HttpResponse:
        factor = second_factor_of(request.user)
        if factor is None:
            raise SecondFactorMissing
        masks = [str(code) for code in factor.codes if code.used_at is None]
        return self.reply({"remaining": factor.remaining, "backup_codes": masks})

    @operation(
        summary="Regenerate Backup Codes",
        description="With a `code`, or from a session that showed the second factor within 15 minutes.",
        request=FreshMfaCodeIn,
        response={200: BackupCodesOut},
        errors=(409,),
    )
    def regenerate(self, request: SignedInRequest) -> HttpResponse:
        codes = second_step.renew_codes(session=request.auth, code=self.read(FreshMfaCodeIn).get("code", ""))
        return self.reply({"backup_codes": codes}, message="Backup codes regenerated")

    @operation(summary="Disable MFA", request=MfaCodeIn, response={200: None}, errors=(409,))
    def disable(self, request: SignedInRequest) -> HttpResponse:
        mfa.disable_second_factor(user=request.user, **self.read(MfaCodeIn))
        return self.reply(message="MFA disabled")


urlpatterns = routes(
    WORKSPACE,
    [
        route("POST", "/api/v1/auth/verify-mfa", VerifyViewSet, "verify"),
        route("GET", "/api/v1/mfa/check", MfaViewSet, "check"),
        route("POST", "/api/v1/mfa/setup/initialize", SetupViewSet, "initialize"),
        route("POST", "/api/v1/mfa/setup/verify", SetupViewSet, "verify"),
        route("GET", "/api/v1/mfa/backup-codes", MfaViewSet, "backup_codes"),
        route("POST", "/api/v1/mfa/backup-codes/regenerate", MfaViewSet, "regenerate"),
        route("DELETE", "/api/v1/mfa/disable", MfaViewSet, "disable"),
    ],
)
