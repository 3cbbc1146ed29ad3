"""The authentication section of the nakksha document, example by example."""

import pytest

from accounts.models import User
from tests.accounts.api import Caller, link_token_of
from tests.contract.shapes import assert_documented, example_of, request_of
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as
from tests.factories.consultants import COMPLETE, make_approved, make_consultant

pytestmark = pytest.mark.django_db

BASE = "/api/v1/auth"
EMAIL = "john@example.com"
PASSWORD = "SecurePass123!"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def consultant():
    return make_consultant(UserFactory(email=EMAIL, password=PASSWORD, email_verified_at=None))


@pytest.fixture
def signed_in(consultant):
    return Caller(token=sign_in_as(consultant.user).tokens.access)


def replay(caller, method, path, status=200, body=None, url=None):
    request, example = example_of(method, path, status, dialect="nakksha")
    sent = (request or {}) if body is None else body
    answer = caller.post(url or path, sent) if method == "POST" else caller.get(url or path)
    assert answer.status_code == status, answer.content
    assert_documented(answer.json(), example)
    if "message" in example:
        assert answer.json()["message"] == example["message"]
    return answer.json()


def test_signup():
    answer = replay(Caller(), "POST", f"{BASE}/signup", 201)
    user = User.objects.get(email=EMAIL)
    assert answer["data"] == {
        "consultant": {
            "id": str(user.consultant.pk),
            "email": EMAIL,
            "firstName": "John",
            "lastName": "Doe",
            "slug": "john-doe-1",
            "isApprovedByAdmin": False,
            "profileCompleted": False,
        },
        "nextSteps": {"verifyEmail": True, "completeProfile": True, "awaitAdminApproval": True},
    }


def test_signup_as_curl_sends_it():
    body = {"name": "John Doe", "email": EMAIL, "password": "TestPassword123!"}
    assert Caller().post(f"{BASE}/signup", body).status_code == 201


def test_login(consultant):
    answer = replay(Caller(), "POST", f"{BASE}/login")
    tokens = answer["data"].pop("tokens")
    assert set(tokens) == {"accessToken", "refreshToken"}
    assert answer["data"] == {
        "consultant": {
            "id": str(consultant.pk),
            "email": EMAIL,
            "firstName": "John",
            "lastName": "Doe",
            "slug": "john-doe-1",
            "isEmailVerified": False,
            "isApprovedByAdmin": False,
            "profileCompleted": False,
        },
        "permissions": {
            "canLogin": True,
            "canAccessDashboard": False,
            "canCompleteProfile": True,
            "needsEmailVerification": True,
            "needsProfileCompletion": True,
            "needsAdminApproval": True,
        },
    }
    assert Caller(token=tokens["accessToken"]).get(f"{BASE}/me").status_code == 200


def test_admin_login():
    colleague = StaffFactory(email="admin@company.com", password="AdminPass123!", full_name="Asha Rao")
    answer = Caller().post(f"{BASE}/admin/login", request_of("POST", f"{BASE}/admin/login", dialect="nakksha"))
    assert answer.status_code == 200
    tokens = answer.json()["data"].pop("tokens")
    assert set(tokens) == {"accessToken", "refreshToken"}
    assert answer.json() == {
        "message": "Admin login successful",
        "data": {
            "admin": {
                "id": str(colleague.pk),
                "email": "admin@company.com",
                "firstName": "Asha",
                "lastName": "Rao",
                "role": "ADMIN",
            },
            "permissions": {"canManageConsultants": False, "canViewAnalytics": False, "canManageSettings": False},
        },
    }


def test_me():
    user = UserFactory(email=EMAIL, password=PASSWORD)
    consultant = make_approved(user, **COMPLETE)
    answer = replay(Caller(token=sign_in_as(user).tokens.access), "GET", f"{BASE}/me")
    created = answer["data"]["consultant"].pop("createdAt")
    assert created.endswith("Z")
    assert answer["data"]["consultant"] == {
        "id": str(consultant.pk),
        "email": EMAIL,
        "firstName": "John",
        "lastName": "Doe",
        "slug": "john-doe-1",
        "profilePhotoUrl": None,
        "isEmailVerified": True,
        "isApprovedByAdmin": True,
        "profileCompleted": True,
        "subscriptionPlan": "free",
        "subscriptionExpiresAt": None,
    }


def test_refresh(consultant):
    opened = sign_in_as(consultant.user)
    answer = replay(Caller(), "POST", f"{BASE}/refresh", body={"refreshToken": opened.tokens.refresh})
    assert set(answer) == {"message", "data"}
    assert answer["data"]["expiresIn"] == "15m"
    assert Caller(token=answer["data"]["accessToken"]).get(f"{BASE}/me").status_code == 200


def test_logout(signed_in):
    replay(signed_in, "POST", f"{BASE}/logout")
    assert signed_in.get(f"{BASE}/me").status_code == 401


def test_forgot_and_reset_password(consultant):
    replay(Caller(), "POST", f"{BASE}/forgot-password")
    body = {"token": link_token_of(EMAIL, "password_reset"), "password": "NewSecurePass123!"}
    replay(Caller(), "POST", f"{BASE}/reset-password", body=body)
    again = {"email": EMAIL, "password": "NewSecurePass123!"}
    assert Caller().post(f"{BASE}/login", again).status_code == 200


def test_verify_email_by_the_mailed_link_as_often_as_it_is_opened():
    caller = Caller()
    replay(caller, "POST", f"{BASE}/signup", 201)
    url = f"{BASE}/verify-email/{link_token_of(EMAIL)}"
    for _ in range(2):
        replay(caller, "GET", f"{BASE}/verify-email/:token", url=url)
    assert User.objects.get(email=EMAIL).is_email_verified


def test_the_documented_validation_error():
    answer = Caller().post(f"{BASE}/signup", {"name": "J", "email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    body = answer.json()
    body.pop("timestamp")
    assert body == {
        "error": "ValidationError",
        "message": "Name must be at least 2 characters",
        "code": "VALIDATION_ERROR",
        "statusCode": 400,
        "path": f"{BASE}/signup",
        "method": "POST",
        "details": [{"field": "name", "message": "Name must be at least 2 characters", "code": "min_length"}],
    }


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("login", {"email": EMAIL, "password": "Wrong123!"}, 401, "INVALID_CREDENTIALS"),
        ("admin/login", {"email": EMAIL, "password": PASSWORD}, 401, "INVALID_ADMIN_CREDENTIALS"),
        ("signup", {"name": "John Doe", "email": EMAIL, "password": PASSWORD}, 409, "EMAIL_EXISTS"),
        ("refresh", {"refreshToken": "eyJhbGciOiJIUzI1NiIs..."}, 401, "NOT_AUTHENTICATED"),
        ("logout", {}, 401, "NOT_AUTHENTICATED"),
        ("reset-password", {"token": "uuid-token-from-email", "password": "NewSecurePass123!"}, 400, "TOKEN_INVALID"),
    ],
)
def test_documented_codes(consultant, path, body, status, code):
    answer = Caller().post(f"{BASE}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert {"error", "message", "code", "statusCode", "timestamp", "path", "method"} <= set(answer.json())
