"""Forged, foreign and misused tokens. Each is 401, none is 500, and none says why."""

from datetime import timedelta

import jwt
import pytest

from accounts.exceptions import TokenRefused
from accounts.services import one_time_tokens, tokens
from tests.accounts.api import Caller
from tests.accounts.forge import FORGERIES, Forge, newest
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_401_everywhere_and_never_500(name):
    forged = FORGERIES[name](Forge(sign_in_as(UserFactory())))
    caller = Caller(token=forged)
    answers = [
        caller.get("/api/auth/profile"),
        caller.post("/api/auth/logout"),
        caller.post("/api/auth/logout-all"),
        caller.post("/api/auth/change-password", {"currentPassword": "x", "newPassword": "newPassword456"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert answers[0].json()["error"]["code"] == "UNAUTHORIZED"
    assert answers[0]["WWW-Authenticate"] == "Bearer"
    assert caller.get("/api/auth/check-auth").json()["isAuthenticated"] is False
    if name != "refresh token as access token":
        refused = Caller().post("/api/auth/refresh-token", {"refreshToken": forged})
        assert refused.status_code in {400, 401}


def test_the_forge_makes_a_good_token_when_nothing_is_changed():
    forge = Forge(sign_in_as(UserFactory()))
    assert Caller(token=forge.signed()).get("/api/auth/profile").status_code == 200


def test_an_access_token_is_no_refresh_token():
    opened = sign_in_as(UserFactory())
    answer = Caller().post("/api/auth/refresh-token", {"refreshToken": opened.tokens.access})
    assert answer.status_code == 401


def test_a_mailed_secret_is_good_for_its_own_purpose_only():
    user = UserFactory(email_verified_at=None)
    verify = one_time_tokens.issue_token(user=user, purpose=one_time_tokens.TokenPurpose.VERIFY_EMAIL)
    reset = one_time_tokens.issue_token(user=user, purpose=one_time_tokens.TokenPurpose.RESET_PASSWORD)
    body = {"token": verify, "newPassword": "newPassword456"}
    assert Caller().post("/api/auth/reset-password", body).status_code == 400
    assert Caller().get(f"/api/auth/verify-email?token={reset}").status_code == 400
    user.refresh_from_db()
    assert not user.is_email_verified


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token abc", "bearer", "Bearer a b"])
def test_another_header_is_401(header):
    assert Caller().get("/api/auth/profile", Authorization=header).status_code == 401


def test_the_scheme_may_be_spelled_in_any_case():
    token = sign_in_as(UserFactory()).tokens.access
    assert Caller().get("/api/auth/profile", Authorization=f"bearer {token}").status_code == 200


def test_claims_are_those_of_the_document_and_those_that_bind(settings):
    opened = sign_in_as(UserFactory())
    claims = jwt.decode(opened.tokens.access, options={"verify_signature": False})
    assert set(claims) == {"userId", "email", "role", "permissions", "iat", "exp", "sid", "jti", "typ", "aud", "iss"}
    assert claims["userId"] == str(opened.user.pk)
    assert claims["email"] == opened.user.email
    assert (claims["role"], claims["permissions"]) == ("user", ["read", "write"])
    assert claims["exp"] - claims["iat"] == 15 * 60
    refresh = jwt.decode(opened.tokens.refresh, options={"verify_signature": False})
    assert set(refresh) == {"userId", "iat", "exp", "sid", "jti", "typ", "aud", "iss"}
    assert refresh["exp"] - refresh["iat"] == 7 * 86400
    assert jwt.get_unverified_header(opened.tokens.access) == {"alg": "HS256", "typ": "JWT", "kid": newest()[0]}


@pytest.mark.parametrize(
    ("factory", "fields", "role", "permissions"),
    [
        (UserFactory, {"email_verified_at": None}, "user", ["read"]),
        (UserFactory, {"role": "owner"}, "partner", ["read", "write"]),
        (StaffFactory, {}, "admin", ["read", "write", "admin"]),
    ],
)
def test_role_and_permissions_are_told_and_not_believed(factory, fields, role, permissions):
    opened = sign_in_as(factory(**fields))
    claims = jwt.decode(opened.tokens.access, options={"verify_signature": False})
    assert (claims["role"], claims["permissions"]) == (role, permissions)


def test_an_access_token_does_not_outlive_its_session(settings):
    settings.JWT_EXPIRES_IN = timedelta(days=30)
    opened = sign_in_as(UserFactory())
    claims = jwt.decode(opened.tokens.access, options={"verify_signature": False})
    assert claims["exp"] == int(opened.session.expires_at.timestamp())


def test_lives_are_settable(settings, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    settings.JWT_EXPIRES_IN = timedelta(seconds=2)
    settings.JWT_REFRESH_EXPIRES_IN = timedelta(seconds=5)
    opened = sign_in_as(UserFactory())
    caller, refresh = Caller(token=opened.tokens.access), {"refreshToken": opened.tokens.refresh}
    assert caller.get("/api/auth/profile").status_code == 200
    time_machine.shift(3)
    assert caller.get("/api/auth/profile").status_code == 401
    assert Caller().post("/api/auth/refresh-token", refresh).status_code == 200
    time_machine.shift(3)
    assert Caller().post("/api/auth/refresh-token", refresh).status_code == 401


def test_a_new_key_signs_and_the_old_one_still_opens_until_it_is_dropped(settings):
    user = UserFactory()
    before = sign_in_as(user)
    settings.JWT_KEYS = ["a newer key of at least thirty-two characters", *settings.JWT_KEYS]
    after = sign_in_as(user)
    kids = [jwt.get_unverified_header(opened.tokens.access)["kid"] for opened in (before, after)]
    assert len(set(kids)) == 2
    statuses = [Caller(token=opened.tokens.access).get("/api/auth/profile").status_code for opened in (before, after)]
    assert statuses == [200, 200]
    settings.JWT_KEYS = settings.JWT_KEYS[:1]
    statuses = [Caller(token=opened.tokens.access).get("/api/auth/profile").status_code for opened in (before, after)]
    assert statuses == [401, 200]


def test_a_new_secret_key_ends_no_session(settings):
    opened = sign_in_as(UserFactory())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key of the test profile"
    assert Caller().post("/api/auth/refresh-token", {"refreshToken": opened.tokens.refresh}).status_code == 200


def test_text_that_cannot_be_a_token_is_refused():
    with pytest.raises(TokenRefused):
        tokens.read_access("\ud800")
