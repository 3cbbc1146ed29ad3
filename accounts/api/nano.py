"""nano: accounts. Who registers is signed in at once; who signs in may name the account by its verified phone."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.flashspace import MfaCodeField
from accounts.api.permissions import SignedIn
from accounts.api.requests import SignedInRequest
from accounts.enums import Role
from accounts.exceptions import TokenRefused
from accounts.models import User
from accounts.phones import normalize_phone
from accounts.services import email_change, sessions, sign_in, signup
from accounts.services.own_account import update_own_account
from accounts.services.phone_verification import check_free
from accounts.services.sessions import SignIn
from flashspace.base.errors import Invalid
from flashspace.base.text import normalize_email
from flashspace.dialects import NANO
from flashspace.dialects.fields import ChoiceField, EmailField, IsoMillisField, PasswordField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions

CODE_LIFE = timedelta(minutes=5)
SHORTEST_PASSWORD = 8
ROLES = ("customer", "owner", "admin")

REGISTERED = "User registered successfully"
SIGNED_IN = "Login successful"
UPDATED = "Profile updated successfully"
CONFIRM_EMAIL = "Profile updated. Open the link in the mail to your new address to change it"


class PhoneField(TextField):
    """As people write it; kept as digits with a plus, shown as typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 32, "allow_blank": True, "allow_null": True, "required": False, **options})


class IdentifierField(TextField):
    """An e-mail address or a phone, in the one spelling by which it is unique."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 254, **options})

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if "@" in text:
            return normalize_email(text)
        try:
            return normalize_phone(text)
        except Invalid:
            raise serializers.ValidationError("Enter an e-mail address or a phone number.") from None


class RegisterIn(In):
    email = EmailField()
    password = PasswordField()
    full_name = TextField(max_length=150)
    role = ChoiceField(choices=[Role.CUSTOMER.value, Role.OWNER.value])
    phone = PhoneField()


class LoginIn(In):
    identifier = IdentifierField(help_text="The e-mail address, or the phone once it is verified")
    password = PasswordField()
    mfa_code = MfaCodeField(allow_null=True, help_text="Of whoever has, or must have, a second factor")


class RefreshIn(In):
    refresh_token = TextField(
        max_length=5000,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Or as the bearer token of the request",
    )


class ProfileIn(In):
    """What is left out stays; an empty phone is taken away."""

    full_name = TextField(max_length=150, required=False)
    phone = PhoneField()
    email = EmailField(required=False, help_text="Counts once its mailbox has opened the link; needs `password`")
    password = PasswordField(required=False, source="current_password")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "phone" in attrs:
            attrs["phone"] = attrs["phone"] or ""
        return attrs


class PersonOut(Out):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    phone = serializers.CharField(allow_null=True)
    full_name = serializers.CharField()
    role = serializers.ChoiceField(choices=ROLES)
    email_verified = serializers.BooleanField()
    phone_verified = serializers.BooleanField()
    created_at = IsoMillisField()
    last_login = IsoMillisField(allow_null=True)

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {
            "id": str(obj.pk),
            "email": obj.email,
            "phone": obj.phone_typed or obj.phone or None,
            "full_name": obj.full_name,
            "role": role_word(obj),
            "email_verified": obj.is_email_verified,
            "phone_verified": obj.phone_verified_at is not None,
            "created_at": obj.created_at,
            "last_login": obj.last_login,
        }


class SignInOut(Out):
    user = PersonOut()
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()


class RefreshOut(Out):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField(required=False, help_text="Where refresh tokens rotate")


class MeOut(Out):
    user = PersonOut()


def role_word(user: User) -> str:
    """customer, owner or admin."""
    return "admin" if user.is_staff else "owner" if user.role == Role.OWNER else "customer"


def by_identifier(identifier: str) -> dict[str, str]:
    """What it names, as services take it."""
    return {"email" if "@" in identifier else "phone": identifier}


class AuthViewSet(DialectViewSet):
    tags = "Authentication"
    permissions: ClassVar[dict[str, Permissions]] = {
        "register": [],
        "login": [],
        "refresh": [],
        "me": [SignedIn],
        "update_profile": [SignedIn],
    }
    budgets: ClassVar[dict[str, str]] = {"login": "signin"}
    open_to_support = ("me",)

    @operation(
        summary="Register new user",
        description="Signed in at once. In the strict security profile both tokens are empty: sign in.",
        request=RegisterIn,
        response={201: SignInOut},
        errors=(409,),
    )
    def register(self, request: Request) -> HttpResponse:
        data = self.read(RegisterIn)
        client, typed = client_of(self), data.pop("phone", None) or ""
        phone = normalize_phone(typed) if typed else ""
        check_free(phone=phone, client=client)
        user = signup.sign_up(
            **{**data, "role": Role(data["role"])},
            phone=phone,
            phone_typed=typed,
            shortest_password=SHORTEST_PASSWORD,
            code_life=CODE_LIFE,
            client=client,
        )
        if settings.SECURITY_PROFILE == "strict":
            return self.reply({**_shown(user), "access_token": "", "refresh_token": ""}, message=REGISTERED, status=201)
        return self.reply(signed_in(sessions.open_session(user=user, client=client)), message=REGISTERED, status=201)

    @operation(summary="Login user", request=LoginIn, response={200: SignInOut})
    def login(self, request: Request) -> HttpResponse:
        return log_in(self)

    @operation(summary="Refresh access token", request=RefreshIn, response={200: RefreshOut})
    def refresh(self, request: Request) -> HttpResponse:
        token = self.read(RefreshIn).get("refresh_token") or _bearer(request)
        renewed = sessions.refresh(token=token)
        rotated = {"refresh_token": renewed.refresh} if renewed.refresh else {}
        return self.reply({"access_token": renewed.access, **rotated})

    @operation(summary="Get current user", response={200: MeOut})
    def me(self, request: SignedInRequest) -> HttpResponse:
        return self.reply(_shown(request.user))

    @operation(
        summary="Update user profile",
        description="Another phone is unverified until its code is entered; another e-mail address waits for its link.",
        request=ProfileIn,
        response={200: MeOut},
        errors=(409,),
        partial=True,
    )
    def update_profile(self, request: SignedInRequest) -> HttpResponse:
        data = self.read(ProfileIn)
        client = client_of(self)
        if data.get("phone"):
            check_free(phone=normalize_phone(data["phone"]), client=client, user=request.user)
        email, password = data.pop("email", request.user.email), data.pop("current_password", "")
        is_moving = email != request.user.email
        if is_moving:
            email_change.change_email(user=request.user, new_email=email, password=password, client=client)
        user = update_own_account(user=request.user, **data)
        return self.reply(_shown(user), message=CONFIRM_EMAIL if is_moving else UPDATED)


def log_in(view: DialectViewSet) -> HttpResponse:
    data = view.read(LoginIn)
    named = by_identifier(data["identifier"])
    opened = sign_in.sign_in(
        email=named.get("email", ""),
        phone=named.get("phone", ""),
        password=data["password"],
        mfa_code=data.get("mfa_code") or "",
        client=client_of(view),
    )
    return view.reply(signed_in(opened), message=SIGNED_IN)


def signed_in(opened: SignIn) -> dict[str, Any]:
    return {**_shown(opened.user), "access_token": opened.tokens.access, "refresh_token": opened.tokens.refresh}


def _shown(user: User) -> dict[str, Any]:
    return {"user": PersonOut.row(user)}


def _bearer(request: Request) -> str:
    """The original took the refresh token as the request's own. Raises TokenRefused."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused
    return token.strip()


urlpatterns = routes(
    NANO,
    [
        route("POST", "/api/auth/register", AuthViewSet, "register"),
        route("POST", "/api/auth/login", AuthViewSet, "login"),
        route("POST", "/api/auth/signin", AuthViewSet, "login"),
        route("POST", "/api/auth/refresh", AuthViewSet, "refresh"),
        route("GET", "/api/auth/me", AuthViewSet, "me"),
        route("PUT", "/api/auth/update-profile", AuthViewSet, "update_profile"),
    ],
)
