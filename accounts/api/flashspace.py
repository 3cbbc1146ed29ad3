"""flashspace, section 1: signing up, signing in, codes, passwords, tokens."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.permissions import EmailVerified, SignedIn
from accounts.api.requests import SignedInRequest
from accounts.enums import EndReason
from accounts.models import User
from accounts.phones import normalize_phone
from accounts.services import google, password_change, sessions, sign_in, signup, verification
from accounts.services.sessions import SignIn
from accounts.services.tokens import role_word
from flashspace.dialects import FLASHSPACE
from flashspace.dialects.fields import EmailField, PasswordField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, In, Out
from flashspace.dialects.views import DialectViewSet, Permissions

NO_PICTURE = "/images/default.png"
six_digits = RegexValidator(r"\A[0-9]{6}\Z", "Must be the six digits of the code.")


class MfaCodeField(TextField):
    """A code of the app, or a backup code. Optional where one signs in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 32, "required": False, "allow_blank": True, **options})


class SignupIn(CamelIn):
    email = EmailField()
    full_name = TextField(max_length=150)
    password = PasswordField()
    phone_number = TextField(max_length=32, required=False, allow_blank=True, allow_null=True)


class LoginIn(CamelIn):
    """The code is for whoever needs a session that has shown the second factor; both spellings are taken."""

    email = EmailField()
    password = PasswordField()
    mfa_code = MfaCodeField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "mfa_code": MfaCodeField()}


class CodeIn(In):
    email = EmailField()
    otp = TextField(validators=[six_digits])


class AddressIn(In):
    email = EmailField()


class LinkIn(In):
    token = TextField(max_length=200)


class ResetIn(CamelIn):
    token = TextField(max_length=200)
    new_password = PasswordField()


class RefreshIn(CamelIn):
    refresh_token = TextField(max_length=5000)


class GoogleIn(In):
    credential = TextField(max_length=10_000)


class ChangeIn(CamelIn):
    current_password = PasswordField()
    new_password = PasswordField()


class PersonOut(CamelOut):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    full_name = serializers.CharField()

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {"id": str(obj.pk), "email": obj.email, "fullName": obj.full_name}


class NewPersonOut(PersonOut):
    is_email_verified = serializers.BooleanField()

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {**PersonOut.row(obj), "isEmailVerified": obj.is_email_verified}


class MemberOut(NewPersonOut):
    role = serializers.ChoiceField(choices=["user", "partner", "admin"])

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {**NewPersonOut.row(obj), "role": role_word(obj)}


class ProfileOut(MemberOut):
    phone_number = serializers.CharField(help_text="As it was typed; empty when there is none")
    profile_picture = serializers.CharField()

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {**MemberOut.row(obj), "phoneNumber": obj.phone_typed or obj.phone, "profilePicture": _picture(obj)}


class GooglePersonOut(MemberOut):
    profile_picture = serializers.CharField()
    auth_provider = serializers.ChoiceField(choices=["google"])

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {**MemberOut.row(obj), "profilePicture": _picture(obj), "authProvider": "google"}


class SignupOut(Out):
    user = NewPersonOut()


class SignInOut(CamelOut):
    user = MemberOut()
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()


class GoogleOut(SignInOut):
    user = GooglePersonOut()


class RefreshOut(CamelOut):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField(required=False, help_text="Where refresh tokens rotate")


class CheckOut(CamelOut):
    is_authenticated = serializers.BooleanField()
    user = PersonOut(allow_null=True)


class MeOut(Out):
    user = ProfileOut()


class AuthViewSet(DialectViewSet):
    tags = "Auth"
    permissions: ClassVar[dict[str, Permissions]] = {
        "signup": [],
        "login": [],
        "google": [],
        "verify_otp": [],
        "resend_otp": [],
        "verify_email": [],
        "forgot_password": [],
        "reset_password": [],
        "refresh": [],
        "check": [],
        "profile": [SignedIn, EmailVerified],
        "change_password": [SignedIn],
        "logout": [SignedIn],
        "logout_all": [SignedIn],
    }
    before_factor: ClassVar[set[str]] = {"check", "logout", "logout_all"}
    open_to_support = ("profile",)
    budgets: ClassVar[dict[str, str]] = {
        "login": "signin",
        "google": "signin",
        "forgot_password": "forgot",
        "reset_password": "reset",
    }

    @operation(summary="Signup", request=SignupIn, response={201: SignupOut}, flat=True)
    def signup(self, request: Request) -> HttpResponse:
        data = self.read(SignupIn)
        typed = data.pop("phone_number", None) or ""
        phone = normalize_phone(typed, field="phone_number") if typed else ""
        user = signup.sign_up(**data, phone=phone, phone_typed=typed, client=client_of(self))
        message = "User registered successfully. Please verify your email."
        return self.reply(message=message, flat={"user": NewPersonOut(user).data}, status=201)

    @operation(summary="Login", request=LoginIn, response={200: SignInOut}, flat=True)
    def login(self, request: Request) -> HttpResponse:
        return log_in(self)

    @operation(summary="Google Auth", request=GoogleIn, response={200: GoogleOut}, flat=True)
    def google(self, request: Request) -> HttpResponse:
        opened = google.sign_in_with_google(**self.read(GoogleIn), client=client_of(self))
        return self.reply(flat=_signed_in(opened, GooglePersonOut))

    @operation(summary="Verify OTP", request=CodeIn, response={200: None})
    def verify_otp(self, request: Request) -> HttpResponse:
        data = self.read(CodeIn)
        verification.verify_by_code(email=data["email"], code=data["otp"])
        return self.reply(message="Email verified successfully")

    @operation(summary="Resend OTP", request=AddressIn, response={200: None})
    def resend_otp(self, request: Request) -> HttpResponse:
        verification.send_code(**self.read(AddressIn))
        return self.reply(message="OTP sent successfully")

    @operation(summary="Verify Email", query=LinkIn, response={200: None})
    def verify_email(self, request: Request) -> HttpResponse:
        verification.verify_by_link(**self.query(LinkIn))
        return self.reply(message="Email verified successfully")

    @operation(summary="Forgot Password", request=AddressIn, response={200: None})
    def forgot_password(self, request: Request) -> HttpResponse:
        password_change.request_reset(**self.read(AddressIn))
        return self.reply(message="Password reset instructions sent to email")

    @operation(summary="Reset Password", request=ResetIn, response={200: None})
    def reset_password(self, request: Request) -> HttpResponse:
        password_change.reset_password(**self.read(ResetIn))
        return self.reply(message="Password reset successfully")

    @operation(summary="Refresh Token", request=RefreshIn, response={200: RefreshOut}, flat=True)
    def refresh(self, request: Request) -> HttpResponse:
        renewed = sessions.refresh(token=self.read(RefreshIn)["refresh_token"])
        rotated = {"refreshToken": renewed.refresh} if renewed.refresh else {}
        return self.reply(flat={"accessToken": renewed.access, **rotated})

    @operation(summary="Check Auth", response={200: CheckOut}, flat=True)
    def check(self, request: Request) -> HttpResponse:
        is_signed_in = request.user.is_authenticated
        user = PersonOut(request.user).data if is_signed_in else None
        return self.reply(flat={"isAuthenticated": is_signed_in, "user": user})

    @operation(summary="Get Profile", response={200: MeOut}, flat=True)
    def profile(self, request: SignedInRequest) -> HttpResponse:
        return self.reply(flat={"user": ProfileOut(request.user).data})

    @operation(summary="Change Password", request=ChangeIn, response={200: None})
    def change_password(self, request: SignedInRequest) -> HttpResponse:
        password_change.change_password(user=request.user, **self.read(ChangeIn))
        return self.reply(message="Password changed successfully")

    @operation(summary="Logout", response={200: None})
    def logout(self, request: SignedInRequest) -> HttpResponse:
        sessions.end_session(session=request.auth, reason=EndReason.LOGOUT)
        return self.reply(message="Logged out successfully")

    @operation(summary="Logout All", response={200: None})
    def logout_all(self, request: SignedInRequest) -> HttpResponse:
        sessions.end_all_sessions(user=request.user, reason=EndReason.LOGOUT_ALL)
        return self.reply(message="Logged out from all devices")


def log_in(view: DialectViewSet) -> HttpResponse:
    opened = sign_in.sign_in(**view.read(LoginIn), client=client_of(view), asks_for_factor=False)
    return view.reply(message="Login successful", flat=_signed_in(opened, MemberOut))


def _signed_in(opened: SignIn, shown: type[MemberOut]) -> dict[str, Any]:
    return {
        "user": shown(opened.user).data,
        "accessToken": opened.tokens.access,
        "refreshToken": opened.tokens.refresh,
    }


def _picture(user: User) -> str:
    return user.picture_url or f"{settings.PUBLIC_URL}{NO_PICTURE}"


urlpatterns = routes(
    FLASHSPACE,
    [
        route("POST", "/api/auth/signup", AuthViewSet, "signup"),
        route("POST", "/api/auth/login", AuthViewSet, "login"),
        route("POST", "/api/auth/signin", AuthViewSet, "login"),
        route("POST", "/api/auth/verify-otp", AuthViewSet, "verify_otp"),
        route("POST", "/api/auth/resend-otp", AuthViewSet, "resend_otp"),
        route("GET", "/api/auth/verify-email", AuthViewSet, "verify_email"),
        route("POST", "/api/auth/forgot-password", AuthViewSet, "forgot_password"),
        route("POST", "/api/auth/reset-password", AuthViewSet, "reset_password"),
        route("POST", "/api/auth/refresh-token", AuthViewSet, "refresh"),
        route("POST", "/api/auth/google", AuthViewSet, "google"),
        route("GET", "/api/auth/check-auth", AuthViewSet, "check"),
        route("GET", "/api/auth/profile", AuthViewSet, "profile"),
        route("POST", "/api/auth/change-password", AuthViewSet, "change_password"),
        route("POST", "/api/auth/logout", AuthViewSet, "logout"),
        route("POST", "/api/auth/logout-all", AuthViewSet, "logout_all"),
    ],
)
