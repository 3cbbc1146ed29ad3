"""What the examples of flashspace, rento, nano and nakksha about people take for granted."""

from typing import Any

from accounts.models import User
from accounts.services import password_change, verification
from tests.accounts.api import Caller, code_of, link_token_of
from tests.accounts.google_peer import back_from_google
from tests.contract.replays import Ask, Given, Prepare
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as
from tests.factories.consultants import COMPLETE, make_approved, make_consultant

EMAIL, PHONE = "user@example.com", "+919876543210"


def caller_of(user: User) -> Caller:
    return Caller(token=sign_in_as(user).tokens.access)


def person(given: Given, **fields: Any) -> User:
    """Whom the body names, with the password of the body."""
    named = {name: given.body[name] for name in ("email", "password") if name in given.body}
    user: User = UserFactory(**{**named, **fields})
    return user


def stranger(given: Given) -> Ask:
    return Ask()


def known(given: Given) -> Ask:
    person(given)
    return Ask()


def unproved(given: Given) -> Ask:
    person(given, email_verified_at=None)
    return Ask()


def signed_in(given: Given) -> Ask:
    password = given.body.get("currentPassword", PASSWORD)
    return Ask(caller_of(UserFactory(phone=PHONE, phone_typed="098765 43210", password=password)))


def refreshing(word: str) -> Prepare:
    return lambda given: Ask(body={word: sign_in_as(make_consultant().user).tokens.refresh})


def with_reset_link(given: Given) -> Ask:
    email = UserFactory().email
    password_change.request_reset(email=email)
    return Ask(body={"token": link_token_of(email, "password_reset")})


def with_mailed_link(path: str) -> Prepare:
    def prepare(given: Given) -> Ask:
        user = UserFactory(email_verified_at=None)
        verification.send_first_code(user=user)
        return Ask(path=path + link_token_of(user.email))

    return prepare


def with_code(given: Given) -> Ask:
    email = person(given, email_verified_at=None).email
    verification.send_code(email=email)
    return Ask(body={"otp": code_of(email)})


def with_wrong_code(given: Given) -> Ask:
    user = person(given, email_verified_at=None)
    verification.send_code(email=user.email)
    return Ask(body={"otp": "000000" if code_of(user.email) != "000000" else "111111"})


def asked_already(path: str) -> Prepare:
    def prepare(given: Given) -> Ask:
        person(given, email_verified_at=None)
        assert Caller().post(path, given.body).status_code == 200
        return Ask()

    return prepare


def by_credential(given: Given) -> Ask:
    return Ask(body={"credential": given.google.token()})


def of_google(given: Given) -> Ask:
    """Who came by Google has a picture and selects a role later."""
    return Ask(caller_of(UserFactory(is_role_open=True, picture_url="https://lh3.googleusercontent.com/a/photo")))


def to_google(given: Given) -> Ask:
    assert given.google
    return Ask(status=302)


def from_google(given: Given) -> Ask:
    assert given.google
    browser = Caller()
    return Ask(browser, path=back_from_google(browser), status=302)


def consultant(given: Given) -> Ask:
    make_consultant(person(given))
    return Ask()


def colleague(given: Given) -> Ask:
    StaffFactory(**given.body)
    return Ask()


def approved(given: Given) -> Ask:
    return Ask(caller_of(make_approved(**COMPLETE).user))


def of_nano(**body: Any) -> Prepare:
    """Somebody who is signed in and has proved neither address nor phone."""
    return lambda given: Ask(caller_of(UserFactory(email=EMAIL, email_verified_at=None, phone=PHONE)), body=body)


def registering(given: Given) -> Ask:
    body = {"email": EMAIL, "password": "password123", "full_name": "John Doe", "role": "customer"}
    return Ask(body=body, status=201)


def by_identifier(given: Given) -> Ask:
    UserFactory(email=EMAIL, password="password123")
    return Ask(body={"identifier": EMAIL, "password": "password123"})


def by_refresh_token(given: Given) -> Ask:
    return Ask(Caller(token=sign_in_as(UserFactory()).tokens.refresh))


def with_code_for_identifier(given: Given) -> Ask:
    user = UserFactory(email_verified_at=None)
    verification.send_code(email=user.email)
    return Ask(body={"identifier": user.email, "otp": code_of(user.email)})


REPLAYS: dict[str, Prepare] = {
    "flashspace POST /api/auth/signup 201": stranger,
    "flashspace POST /api/auth/login 200": known,
    "flashspace POST /api/auth/verify-otp 200": with_code,
    "flashspace POST /api/auth/resend-otp 200": unproved,
    "flashspace GET /api/auth/verify-email 200": with_mailed_link("/api/auth/verify-email?token="),
    "flashspace POST /api/auth/forgot-password 200": known,
    "flashspace POST /api/auth/reset-password 200": with_reset_link,
    "flashspace POST /api/auth/refresh-token 200": refreshing("refreshToken"),
    "flashspace POST /api/auth/google 200": by_credential,
    "flashspace GET /api/auth/check-auth 200": signed_in,
    "flashspace GET /api/auth/profile 200": signed_in,
    "flashspace POST /api/auth/change-password 200": signed_in,
    "flashspace POST /api/auth/logout 200": signed_in,
    "flashspace POST /api/auth/logout-all 200": signed_in,
    "rento POST /api/user/signup 201": stranger,
    "rento POST /api/user/signup 409": known,
    "rento POST /api/user/verify-otp 200": with_code,
    "rento POST /api/user/verify-otp 400": with_wrong_code,
    "rento POST /api/user/resend-otp 200": unproved,
    "rento POST /api/user/resend-otp 429": asked_already("/api/user/resend-otp"),
    "rento POST /api/user/signin 200": known,
    "rento POST /api/user/signin 403": unproved,
    "rento POST /api/user/signout 200": signed_in,
    "rento POST /api/user/forgot-password 200": known,
    "rento POST /api/user/forgot-password 429": asked_already("/api/user/forgot-password"),
    "rento POST /api/user/reset-password 200": with_reset_link,
    "rento POST /api/user/reset-password 400": stranger,
    "rento POST /api/user/select-role 200": of_google,
    "rento POST /api/user/select-role 400": signed_in,
    "rento GET /api/user/auth/google": to_google,
    "rento GET /api/user/auth/google/callback": from_google,
    "rento GET /api/user/auth/failure 200": lambda given: Ask(status=401),  # so the contract decides
    "nano POST /api/auth/register": registering,
    "nano POST /api/auth/login": by_identifier,
    "nano POST /api/auth/refresh": by_refresh_token,
    "nano GET /api/auth/me": of_nano(),
    "nano PUT /api/auth/update-profile": of_nano(full_name="Jane Doe", phone="98765 43211"),
    "nano POST /api/otp/send-email": of_nano(email=EMAIL),
    "nano POST /api/otp/send-sms": of_nano(phone=PHONE),
    "nano POST /api/otp/verify": with_code_for_identifier,
    "nano POST /api/otp/resend": of_nano(identifier=EMAIL),
    "nakksha POST /api/v1/auth/signup 201": stranger,
    "nakksha POST /api/v1/auth/login 200": consultant,
    "nakksha POST /api/v1/auth/admin/login": colleague,
    "nakksha GET /api/v1/auth/me 200": approved,
    "nakksha POST /api/v1/auth/refresh 200": refreshing("refreshToken"),
    "nakksha POST /api/v1/auth/logout 200": approved,
    "nakksha POST /api/v1/auth/forgot-password 200": known,
    "nakksha POST /api/v1/auth/reset-password 200": with_reset_link,
    "nakksha GET /api/v1/auth/verify-email/:token 200": with_mailed_link("/api/v1/auth/verify-email/"),
}
