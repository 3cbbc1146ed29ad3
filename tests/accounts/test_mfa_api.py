"""workspace's calls of the second factor, and the step of a sign-in that asks for it."""

from datetime import timedelta

import pytest

from accounts.enums import EndReason
from accounts.models import OneTimeToken, Session
from accounts.services import sessions
from accounts.services.one_time_tokens import issue_token
from flashspace.base.clock import now
from tests.accounts.api import Caller as Plain
from tests.accounts.api import mails_to
from tests.accounts.phones_of_staff import Phone, enrol
from tests.contract.shapes import request_of
from tests.factories.accounts import UserFactory, sign_in_as
from tests.factories.organizations import add_member, make_organization

pytestmark = pytest.mark.django_db

MFA = "/api/v1/mfa"
VERIFY = "/api/v1/auth/verify-mfa"
LOGIN = "/api/v1/auth/login"


class Caller(Plain):
    def delete(self, path, body=None):
        return self._client.delete(path, body or {}, "application/json", headers=self._headers({}))


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture(autouse=True)
def _time_stands(time_machine):
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)


@pytest.fixture
def user():
    return UserFactory(email="user@example.com", password="password")


@pytest.fixture
def organization(user):
    organization = make_organization(is_mfa_required=True)
    add_member(organization, user=user)
    return organization


@pytest.fixture
def caller(user):
    return Caller(token=sign_in_as(user).tokens.access)


def log_in(user, password="password"):
    return Caller().post(LOGIN, {"email": user.email, "password": password}).json()


def set_up(caller):
    """What the two calls answer, and the phone."""
    offer = caller.post(f"{MFA}/setup/initialize").json()["data"]
    phone = Phone(offer["secret"])
    return phone, caller.post(f"{MFA}/setup/verify", {"code": phone.code(-1)})


def test_a_session_sets_it_up_sees_the_codes_once_and_has_shown_it(user, caller):
    offer = caller.post(f"{MFA}/setup/initialize").json()["data"]
    assert offer["qr_code_url"].startswith("data:image/svg+xml;base64,")
    assert offer["otp_url"].startswith("otpauth://totp/")
    assert (offer["user_email"], offer["expires_in"]) == (user.email, 900)
    request = request_of("POST", f"{MFA}/setup/verify", dialect="workspace")
    done = caller.post(f"{MFA}/setup/verify", {**request, "code": Phone(offer["secret"]).code()})
    codes = done.json()["data"]["backup_codes"]
    assert (done.status_code, len(codes), set(done.json()["data"])) == (200, 10, {"backup_codes"})
    masked = caller.get(f"{MFA}/backup-codes").json()["data"]
    assert masked["remaining"] == 10
    assert masked["backup_codes"] == [f"•••••-•••{code[-2:]}" for code in codes]
    assert caller.get(f"{MFA}/check").json()["data"] == {"required": False, "setup_completed": True}
    assert Session.objects.get(user=user).mfa_verified_at == now()
    assert len(mails_to(user.email, "second_factor_enabled")) == 1


def test_the_documented_sign_in_with_a_code_answers_as_login_does(user, organization):
    phone, _ = enrol(user)
    request = request_of("POST", VERIFY, dialect="workspace")
    body = {**request, "mfa_code": phone.code(), "organization_id": str(organization.pk)}
    answer = Caller().post(VERIFY, body)
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"message", "access_token", "refresh_token", "user", "organization"}
    assert answer.json()["organization"]["id"] == str(organization.pk)
    assert Session.objects.get(user=user).mfa_verified_at == now()
    assert Caller().post(VERIFY, body).status_code == 401, "a code works once"


@pytest.mark.parametrize("name", ["code", "mfa_code"])
def test_a_temp_token_with_a_code_answers_as_login_does_once(user, organization, name):
    phone, _ = enrol(user)
    first = log_in(user)
    assert first["requires_mfa_verification"] is True
    body = {"temp_token": first["temp_token"], name: phone.wrong_code()}
    assert Caller().post(VERIFY, body).status_code == 401
    answer = Caller().post(VERIFY, body | {name: phone.code()})
    assert (answer.status_code, answer.json()["organization"]["id"]) == (200, str(organization.pk))
    again = Caller().post(VERIFY, body | {name: phone.code(1)})
    assert (again.status_code, again.json()["statusCode"]) == (401, 401)


def test_a_temp_token_ends_with_all_sessions_with_the_membership_and_after_five_minutes(
    user, organization, time_machine
):
    phone, _ = enrol(user)
    token = log_in(user)["temp_token"]
    sessions.end_all_sessions(user=user, reason=EndReason.LOGOUT_ALL)
    assert Caller().post(VERIFY, {"temp_token": token, "code": phone.code()}).status_code == 401
    token = log_in(user)["temp_token"]
    user.memberships.update(status="revoked")
    assert Caller().post(VERIFY, {"temp_token": token, "code": phone.code()}).status_code == 401
    user.memberships.update(status="active")
    time_machine.move_to(now() + timedelta(minutes=5, seconds=1), tick=False)
    assert Caller().post(VERIFY, {"temp_token": token, "code": phone.code()}).status_code == 401
    assert not Session.objects.filter(user=user).exists()


def test_a_backup_code_signs_in_and_is_gone(user):
    _, codes = enrol(user)
    body = {"email": user.email, "password": "password", "mfa_code": codes[0]}
    assert [Caller().post(VERIFY, body).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"temp_token": "x"}, 422),
        ({"email": "user@example.com", "mfa_code": "123456"}, 422),
        ({"temp_token": "unknown", "code": "123456"}, 401),
        ({"email": "user@example.com", "password": "wrong", "mfa_code": "123456"}, 401),
        ({"email": "user@example.com", "password": "password", "mfa_code": "123456"}, 409),
        ({"email": "user@example.com", "password": "password", "mfa_code": "123456", "organization_id": "uuid"}, 422),
    ],
)
def test_what_is_missing_or_wrong_is_refused(user, body, status):
    answer = Caller().post(VERIFY, body)
    assert (answer.status_code, answer.json()["statusCode"]) == (status, status)


def test_who_must_set_one_up_does_it_with_the_token_and_is_in(user, organization):
    first = log_in(user)
    assert first["requires_mfa_setup"] is True
    bearer = Caller(token=first["temp_setup_token"])
    phone, done = set_up(bearer)
    data = done.json()["data"]
    assert (done.status_code, len(data["backup_codes"])) == (200, 10)
    signed_in = Caller(token=data["access_token"])
    assert signed_in.get(f"{MFA}/check").json()["data"] == {"required": True, "setup_completed": True}
    assert signed_in.get("/api/v1/organizations/me").status_code == 200
    assert bearer.post(f"{MFA}/setup/initialize").status_code == 401, "the token is used up"
    assert Caller().post(VERIFY, {"temp_token": log_in(user)["temp_token"], "code": phone.code()}).status_code == 200


def test_a_token_for_the_set_up_opens_the_set_up_only(user, organization):
    bearer = Caller(token=log_in(user)["temp_setup_token"])
    assert bearer.post(f"{MFA}/setup/initialize").status_code == 200
    for path in ("/api/v1/mfa/check", "/api/v1/mfa/backup-codes", "/api/v1/users/me", "/api/v1/organizations/me"):
        assert bearer.get(path).status_code == 401, path
    assert bearer.get("/api/auth/profile").status_code == 401
    assert bearer.post(f"{MFA}/backup-codes/regenerate").status_code == 401
    assert bearer.delete(f"{MFA}/disable", {"code": "123456"}).status_code == 401
    assert Caller().post(VERIFY, {"temp_token": bearer.token, "code": "123456"}).status_code == 401


def test_the_token_of_a_set_up_stands_for_the_session_that_began_it(user, caller):
    offer = caller.post(f"{MFA}/setup/initialize").json()["data"]
    bearer = Caller(token=offer["temp_setup_token"])
    assert bearer.get(f"{MFA}/check").status_code == 401
    assert bearer.post(f"{MFA}/setup/initialize").json()["data"]["secret"] == offer["secret"]
    done = bearer.post(f"{MFA}/setup/verify", {"code": Phone(offer["secret"]).code()})
    assert (done.status_code, set(done.json()["data"])) == (200, {"backup_codes"})
    assert Session.objects.get(user=user).mfa_verified_at == now(), "that session has shown it, and no other was opened"
    assert bearer.post(f"{MFA}/setup/initialize").status_code == 401


def test_the_token_of_a_set_up_ends_with_its_session(user, caller):
    token = caller.post(f"{MFA}/setup/initialize").json()["data"]["temp_setup_token"]
    assert Caller(token=token).post(f"{MFA}/setup/initialize").status_code == 200
    caller.post("/api/auth/logout")
    assert Caller(token=token).post(f"{MFA}/setup/initialize").status_code == 401
    assert Caller(token=token).post(f"{MFA}/setup/verify", {"code": "123456"}).status_code == 401


def test_who_came_with_a_token_is_told_the_same_one(user, organization):
    token = log_in(user)["temp_setup_token"]
    offer = Caller(token=token).post(f"{MFA}/setup/initialize").json()["data"]
    assert offer["temp_setup_token"] == token


@pytest.mark.parametrize("purpose", ["second_factor", "verify_email", "reset_password", "change_email", "exchange"])
def test_tokens_for_something_else_set_nothing_up(user, purpose):
    bearer = Caller(token=issue_token(user=user, purpose=purpose))
    assert bearer.post(f"{MFA}/setup/initialize").status_code == 401
    assert bearer.post(f"{MFA}/setup/verify", {"code": "123456"}).status_code == 401
    if purpose != "second_factor":
        assert Caller().post(VERIFY, {"temp_token": bearer.token, "code": "123456"}).status_code == 401
    assert not OneTimeToken.objects.get().used_at


def test_who_has_one_moves_it_with_a_code_only(user, caller):
    phone, _ = enrol(user)
    assert caller.post(f"{MFA}/setup/initialize").status_code == 409
    assert caller.post(f"{MFA}/setup/initialize", {"code": phone.wrong_code()}).status_code == 401
    offer = caller.post(f"{MFA}/setup/initialize", {"code": phone.code()})
    moved = caller.post(f"{MFA}/setup/verify", {"code": Phone(offer.json()["data"]["secret"]).code()})
    assert moved.status_code == 200
    assert len(mails_to(user.email, "second_factor_moved")) == 1


def test_new_backup_codes_need_the_factor_a_moment_ago_or_a_code(user, caller, time_machine):
    path = f"{MFA}/backup-codes/regenerate"
    assert caller.post(path).status_code == 409
    phone, done = set_up(caller)
    old = done.json()["data"]["backup_codes"]
    new = caller.post(path).json()["data"]["backup_codes"]
    assert len(new) == 10
    assert not set(old) & set(new)
    time_machine.move_to(now() + timedelta(minutes=14), tick=False)
    assert caller.post(path).status_code == 200
    stranger = Caller(token=sign_in_as(user, network="198.51.100.99").tokens.access)
    refused = stranger.post(path)
    assert (refused.status_code, refused.json()["code"]) == (401, "MFA_REQUIRED")
    assert stranger.post(path, {"code": phone.code()}).status_code == 200
    body = {"email": user.email, "password": "password", "mfa_code": old[0]}
    assert Caller().post(VERIFY, body).status_code == 401


def test_turning_it_off_takes_a_code_mails_and_leaves_no_session_that_showed_it(user, caller):
    phone, _ = set_up(caller)
    assert caller.delete(f"{MFA}/disable").status_code == 422
    assert caller.delete(f"{MFA}/disable", {"code": phone.wrong_code()}).status_code == 401
    request = request_of("DELETE", f"{MFA}/disable", dialect="workspace")
    assert caller.delete(f"{MFA}/disable", {**request, "code": phone.code()}).status_code == 200
    assert caller.get(f"{MFA}/check").json()["data"] == {"required": False, "setup_completed": False}
    assert Session.objects.get(user=user).mfa_verified_at is None
    assert len(mails_to(user.email, "second_factor_disabled")) == 1


def test_who_must_have_it_does_not_turn_it_off(user, organization, caller):
    phone, _ = set_up(caller)
    refused = caller.delete(f"{MFA}/disable", {"code": phone.code()})
    assert (refused.status_code, refused.json()["code"]) == (403, "MFA_REQUIRED")


def test_an_unverified_person_sets_nothing_up():
    caller = Caller(token=sign_in_as(UserFactory(email_verified_at=None)).tokens.access)
    assert caller.post(f"{MFA}/setup/initialize").status_code == 403


def test_five_wrong_codes_in_five_minutes_whoever_asks(user, settings):
    settings.RATE_LIMITS = "workspace.signin=1000/m,workspace.general=1000/m"
    phone, _ = enrol(user)
    body = {"email": user.email, "password": "password", "mfa_code": phone.wrong_code()}
    statuses = [Caller(address=f"198.51.100.{number}").post(VERIFY, body).status_code for number in range(6)]
    assert statuses == [401] * 5 + [429]
    assert Caller().post(VERIFY, body | {"mfa_code": phone.code()}).status_code == 429


def test_sign_ins_by_code_have_the_budget_of_sign_ins(user, settings):
    settings.RATE_LIMITS = ""
    body = {"temp_token": "unknown", "code": "123456"}
    assert [Caller().post(VERIFY, body).status_code for _ in range(6)] == [401] * 5 + [429]


def test_a_fullwidth_code_is_401(user):
    phone, _ = enrol(user)
    wide = phone.code().translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    body = {"email": user.email, "password": "password", "mfa_code": wide}
    assert Caller().post(VERIFY, body).status_code == 401


def test_a_temp_token_is_good_for_nothing_else(user):
    enrol(user)
    token = log_in(user)["temp_token"]
    bearer = Caller(token=token)
    for path in ("/api/auth/profile", "/api/v1/users/me", "/api/bookings/my-bookings", "/api/v1/mfa/check"):
        assert bearer.get(path).status_code == 401, path
    assert bearer.post(f"{MFA}/setup/initialize").status_code == 401
    assert Caller().post("/api/auth/refresh-token", {"refreshToken": token}).status_code == 401
    assert Caller().post("/api/v1/auth/refresh", {"refresh_token": token}).status_code == 401
    body = {"token": token, "newPassword": "orchid lantern river"}
    assert Caller().post("/api/auth/reset-password", body).status_code == 400
    for path in ("/api/auth/verify-email", "/api/v1/auth/verify-email", "/api/auth/confirm-email"):
        assert Caller().get(f"{path}?token={token}").status_code == 400, path


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_session_s_tokens_are_no_steps_of_a_sign_in(user, kind):
    enrol(user)
    token = getattr(sign_in_as(user).tokens, kind)
    assert Caller().post(VERIFY, {"temp_token": token[:200], "code": "123456"}).status_code == 401
    if kind == "refresh":
        assert Caller(token=token).post(f"{MFA}/setup/initialize").status_code == 401
