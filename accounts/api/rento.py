"""rento: accounts. Who signs in has proved the address; the token lives as long as its session."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.cookie import RentoViewSet, clear_token, set_token
from accounts.api.flashspace import NO_PICTURE, AddressIn, CodeIn, LoginIn
from accounts.api.permissions import SignedIn
from accounts.api.requests import SignedInRequest
from accounts.enums import EndReason, Role
from accounts.exceptions import OtpTooSoon, TokenInvalid
from accounts.models import Session, User
from accounts.services import password_change, role_choice, sessions, signup, tokens, verification, verified_sign_in
from accounts.services.waiting import find_waiting
from flashspace.dialects import RENTO
from flashspace.dialects.answers import Answer
from flashspace.dialects.fields import ChoiceField, EmailField, PasswordField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, In, Out
from flashspace.dialects.views import Permissions

ROLES = {"Tenant": Role.CUSTOMER, "Landlord": Role.OWNER, "Enterprise": Role.ENTERPRISE}
WORDS = {role: word for word, role in ROLES.items()}
SHORTEST_PASSWORD = 6

CODE_TOO_SOON = "Please wait at least 1 minute before requesting a new code"
RESET_TOO_SOON = "Please wait at least 5 minutes before requesting another password reset"
RESET_INVALID = "Password reset token is invalid or has expired"

mixed = RegexValidator(
    r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])", "Must contain an uppercase letter, a lowercase letter and a number."
)


class RoleField(ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(ROLES), **options)

    def to_internal_value(self, data: Any) -> Role:
        return ROLES[super().to_internal_value(data)]


class NewPasswordField(PasswordField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_length": SHORTEST_PASSWORD, "validators": [mixed], **options})


class SignupIn(CamelIn):
    full_name = TextField(min_length=2, max_length=50)
    email = EmailField()
    password = NewPasswordField()
    role = RoleField()


class ResetIn(In):
    token = TextField(max_length=200)
    password = NewPasswordField(source="new_password")


class RoleIn(In):
    role = RoleField()


class AddressOut(Out):
    email = serializers.EmailField()


class PersonOut(CamelOut):
    id = serializers.UUIDField()
    full_name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=list(ROLES), allow_null=True, help_text="null until select-role")

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {"id": str(obj.pk), "fullName": obj.full_name, "email": obj.email, "role": role_word(obj)}


class MemberOut(PersonOut):
    profile_image_url = serializers.CharField()

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {**PersonOut.row(obj), "profileImageUrl": obj.picture_url or NO_PICTURE}


class VerifiedOut(Out):
    user = PersonOut()


class MemberShownOut(Out):
    user = MemberOut()


class SignInOut(Out):
    token = serializers.CharField()
    user = MemberOut()


class AccountViewSet(RentoViewSet):
    tags = "User Authentication"
    permissions: ClassVar[dict[str, Permissions]] = {
        "signup": [],
        "verify_otp": [],
        "resend_otp": [],
        "signin": [],
        "signout": [SignedIn],
        "forgot_password": [],
        "reset_password": [],
        "select_role": [SignedIn],
    }
    budgets: ClassVar[dict[str, str]] = {"signin": "signin"}
    before_factor: ClassVar[set[str]] = {"signout"}

    @operation(summary="Register", request=SignupIn, response={201: AddressOut})
    def signup(self, request: Request) -> HttpResponse:
        data = self.read(SignupIn)
        user = signup.sign_up(**data, shortest_password=SHORTEST_PASSWORD, client=client_of(self))
        message = "Registration successful. Please check your email for verification code."
        return self.reply({"email": user.email}, message=message, status=201)

    @operation(summary="Verify email with OTP", request=CodeIn, response={200: VerifiedOut}, errors=(404,))
    def verify_otp(self, request: Request) -> HttpResponse:
        data = self.read(CodeIn)
        find_waiting(email=data["email"], client=client_of(self))
        verification.verify_by_code(email=data["email"], code=data["otp"])
        user = User.objects.get(email=data["email"])
        return self.reply({"user": PersonOut(user).data}, message="Email verified successfully")

    @operation(summary="Resend OTP", request=AddressIn, response={200: None}, errors=(404,))
    def resend_otp(self, request: Request) -> HttpResponse:
        email = self.read(AddressIn)["email"]
        find_waiting(email=email, client=client_of(self))
        self.spend("resend", email, CODE_TOO_SOON)
        try:
            verification.send_code(email=email)
        except OtpTooSoon as refusal:
            raise OtpTooSoon(CODE_TOO_SOON, retry_after=refusal.retry_after) from None
        return self.reply(message="New verification code sent to your email")

    @operation(summary="Login", request=LoginIn, response={200: SignInOut})
    def signin(self, request: Request) -> HttpResponse:
        opened = verified_sign_in.sign_in(**self.read(LoginIn), client=client_of(self))
        return signed_in(self, opened.user, opened.session)

    @operation(summary="Logout", response={200: None})
    def signout(self, request: SignedInRequest) -> HttpResponse:
        sessions.end_session(session=request.auth, reason=EndReason.LOGOUT)
        answer = self.reply(message="Logout successful")
        clear_token(answer)
        return answer

    @operation(summary="Request password reset", request=AddressIn, response={200: None})
    def forgot_password(self, request: Request) -> HttpResponse:
        email = self.read(AddressIn)["email"]
        self.spend("forgot", email, RESET_TOO_SOON)
        password_change.request_reset(email=email)
        return self.reply(message="If an account with this email exists, a password reset link has been sent")

    @operation(summary="Reset password with token", request=ResetIn, response={200: None})
    def reset_password(self, request: Request) -> HttpResponse:
        try:
            password_change.reset_password(**self.read(ResetIn), shortest=SHORTEST_PASSWORD)
        except TokenInvalid:
            raise TokenInvalid(RESET_INVALID) from None
        return self.reply(message="Password reset successful. You can now login with your new password")

    @operation(summary="Set role for OAuth users", request=RoleIn, response={200: MemberShownOut})
    def select_role(self, request: SignedInRequest) -> HttpResponse:
        user = role_choice.choose_role(user=request.user, **self.read(RoleIn))
        return self.reply({"user": MemberOut(user).data}, message="Role updated successfully")


def role_word(user: User) -> str | None:
    """Tenant, Landlord or Enterprise; nothing while the person has still to choose."""
    return None if user.is_role_open else WORDS[Role(user.role)]


def signed_in(view: RentoViewSet, user: User, session: Session) -> Answer:
    """What a sign-in is answered with: the token, in the body and in the cookie, and whose it is."""
    token = tokens.session_token(user=user, session=session)
    answer = view.reply({"token": token, "user": MemberOut(user).data}, message="Login successful")
    set_token(answer, token, session)
    return answer


urlpatterns = routes(
    RENTO,
    [
        route("POST", "/api/user/signup", AccountViewSet, "signup"),
        route("POST", "/api/user/verify-otp", AccountViewSet, "verify_otp"),
        route("POST", "/api/user/resend-otp", AccountViewSet, "resend_otp"),
        route("POST", "/api/user/signin", AccountViewSet, "signin"),
        route("POST", "/api/user/signout", AccountViewSet, "signout"),
        route("POST", "/api/user/forgot-password", AccountViewSet, "forgot_password"),
        route("POST", "/api/user/reset-password", AccountViewSet, "reset_password"),
        route("POST", "/api/user/select-role", AccountViewSet, "select_role"),
    ],
)
