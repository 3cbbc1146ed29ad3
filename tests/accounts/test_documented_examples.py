"""Section 1 of the flashspace document, example by example."""

import pytest

from accounts.models import User
from tests.accounts.api import Caller, code_of, link_token_of
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "user@example.com"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def user():
    return UserFactory(email=EMAIL, password=PASSWORD, phone="+919876543210", phone_typed="+91-9876543210")


@pytest.fixture
def signed_in(user):
    return Caller(token=sign_in_as(user).tokens.access)


def replay(caller, method, path, status=200, body=None):
    request, example = example_of(method, path, status)
    answer = caller.post(path, request if body is None else body) if method == "POST" else caller.get(path)
    assert answer.status_code == status, answer.content
    assert_documented(answer.json(), example)
    if "message" in example:
        assert answer.json()["message"] == example["message"]
    return answer.json()


def test_signup():
    answer = replay(Caller(), "POST", "/api/auth/signup", 201)
    assert answer["user"] == {
        "id": str(User.objects.get(email=EMAIL).pk),
        "email": EMAIL,
        "fullName": "John Doe",
        "isEmailVerified": False,
    }


def test_signup_as_curl_sends_it_with_an_unknown_key():
    body = {"email": EMAIL, "fullName": "Test User", "password": "securePassword123", "confirm-password": ""}
    assert Caller().post("/api/auth/signup", body).status_code == 201


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/signin"])
def test_login(user, path):
    request, example = example_of("POST", "/api/auth/login")
    answer = Caller().post(path, request)
    assert answer.status_code == 200
    assert_documented(answer.json(), example)
    assert answer.json()["user"] == {
        "id": str(user.pk),
        "email": EMAIL,
        "fullName": "John Doe",
        "role": "user",
        "isEmailVerified": True,
    }
    assert answer.json()["message"] == "Login successful"


def test_verify_otp():
    caller = Caller()
    replay(caller, "POST", "/api/auth/signup", 201)
    replay(caller, "POST", "/api/auth/verify-otp", body={"email": EMAIL, "otp": code_of(EMAIL)})
    assert User.objects.get(email=EMAIL).is_email_verified


def test_resend_otp():
    UserFactory(email=EMAIL, email_verified_at=None)
    replay(Caller(), "POST", "/api/auth/resend-otp")
    assert code_of(EMAIL)


def test_verify_email():
    caller = Caller()
    replay(caller, "POST", "/api/auth/signup", 201)
    _, example = example_of("GET", "/api/auth/verify-email")
    answer = caller.get(f"/api/auth/verify-email?token={link_token_of(EMAIL)}")
    assert answer.status_code == 200
    assert answer.json() == example
    assert User.objects.get(email=EMAIL).is_email_verified


def test_forgot_and_reset_password(user):
    caller = Caller()
    replay(caller, "POST", "/api/auth/forgot-password")
    body = {"token": link_token_of(EMAIL, "password_reset"), "newPassword": "newSecurePassword123"}
    replay(caller, "POST", "/api/auth/reset-password", body=body)
    assert caller.post("/api/auth/login", {"email": EMAIL, "password": "newSecurePassword123"}).status_code == 200


def test_refresh_token(user):
    opened = sign_in_as(user)
    answer = replay(Caller(), "POST", "/api/auth/refresh-token", body={"refreshToken": opened.tokens.refresh})
    assert set(answer) == {"success", "accessToken"}
    assert Caller(token=answer["accessToken"]).get("/api/auth/profile").status_code == 200


def test_check_auth(signed_in):
    answer = replay(signed_in, "GET", "/api/auth/check-auth")
    assert answer["isAuthenticated"] is True


@pytest.mark.parametrize("token", ["", "rubbish", "eyJhbGciOiJub25lIn0.e30."])
def test_check_auth_without_a_good_token_is_200_and_says_no(token):
    answer = Caller(token=token).get("/api/auth/check-auth")
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "isAuthenticated": False, "user": None}


def test_profile(signed_in, user):
    answer = replay(signed_in, "GET", "/api/auth/profile")
    assert answer["user"] == {
        "id": str(user.pk),
        "email": EMAIL,
        "fullName": "John Doe",
        "phoneNumber": "+91-9876543210",
        "profilePicture": "http://testserver/images/default.png",
        "role": "user",
        "isEmailVerified": True,
    }


def test_change_password(signed_in):
    body = {"currentPassword": PASSWORD, "newPassword": "newPassword456"}
    replay(signed_in, "POST", "/api/auth/change-password", body=body)
    assert Caller().post("/api/auth/login", {"email": EMAIL, "password": "newPassword456"}).status_code == 200


def test_logout(signed_in):
    replay(signed_in, "POST", "/api/auth/logout")
    assert signed_in.get("/api/auth/profile").status_code == 401


def test_logout_all(user, signed_in):
    other = Caller(token=sign_in_as(user).tokens.access)
    replay(signed_in, "POST", "/api/auth/logout-all")
    assert [caller.get("/api/auth/profile").status_code for caller in (signed_in, other)] == [401, 401]
