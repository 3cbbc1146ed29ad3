"""The five calls of nakksha and workspace under one address, row by row of the table where two documents meet."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Session
from tests.accounts.api import Caller, link_token_of
from tests.accounts.phones_of_staff import enrol
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as
from tests.factories.consultants import make_approved, make_consultant, make_rejected
from tests.factories.organizations import add_member, make_organization

pytestmark = pytest.mark.django_db

BASE = "/api/v1/auth"
NAKKSHA = {"consultant", "tokens", "permissions"}
WORKSPACE = {"access_token", "refresh_token", "user", "organization"}
BOTH_ERRORS = {"error", "message", "code", "statusCode", "timestamp", "path", "method"}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def log_in(user, **more):
    return Caller().post(f"{BASE}/login", {"email": user.email, "password": PASSWORD, **more})


def opened(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def as_nakksha(body):
    _, example = example_of("POST", f"{BASE}/login", dialect="nakksha")
    assert_documented(body, example)
    assert set(body["data"]) == NAKKSHA


def as_workspace(body):
    assert set(body) >= WORKSPACE
    assert isinstance(body["access_token"], str)
    assert isinstance(body["refresh_token"], str)


# Login: the account decides


@pytest.mark.parametrize("verified", [True, False])
def test_login_of_a_consultant_is_nakkshas(verified):
    user = UserFactory(**({} if verified else {"email_verified_at": None}))
    make_consultant(user)
    body = opened(log_in(user))
    as_nakksha(body)
    assert set(body) == {"message", "data"}
    assert body["message"] == "Login successful"
    assert body["data"]["consultant"]["isEmailVerified"] is verified


def test_login_of_a_member_is_workspaces():
    user, acme = UserFactory(), make_organization("Acme")
    add_member(acme, user=user)
    body = opened(log_in(user))
    as_workspace(body)
    assert set(body) == {"message", *WORKSPACE}
    assert body["organization"]["name"] == "Acme"
    assert body["user"]["email"] == user.email


def test_login_of_who_is_both_is_both_and_one_session():
    user, acme = UserFactory(), make_organization("Acme")
    make_approved(user)
    add_member(acme, user=user)
    body = opened(log_in(user))
    as_nakksha(body)
    as_workspace(body)
    assert set(body) == {"message", "data", *WORKSPACE}
    assert body["data"]["tokens"] == {"accessToken": body["access_token"], "refreshToken": body["refresh_token"]}
    assert Session.objects.get(user=user).organization == acme


def test_login_of_who_is_neither_is_workspaces_with_no_organization():
    body = opened(log_in(UserFactory()))
    as_workspace(body)
    assert set(body) == {"message", *WORKSPACE}
    assert body["organization"] is None


def test_login_of_an_unverified_member_or_stranger_is_401():
    member = UserFactory(email_verified_at=None)
    add_member(make_organization(), user=member)
    for user in (member, UserFactory(email_verified_at=None)):
        answer = log_in(user)
        assert (answer.status_code, answer.json()["code"]) == (401, "EMAIL_NOT_VERIFIED")
        assert not Session.objects.filter(user=user).exists()


def test_login_of_a_consultant_whose_organizations_side_must_wait_opens_the_consultants():
    """Unverified, or the organization is: nakksha lets in, workspace does not yet."""
    unverified, early = UserFactory(email_verified_at=None), UserFactory()
    waiting = make_organization(email_verified_at=None)
    for user, organization in ((unverified, make_organization()), (early, waiting)):
        make_consultant(user)
        add_member(organization, user=user)
        body = opened(log_in(user))
        assert set(body) == {"message", "data"}
        assert Session.objects.get(user=user).organization is None
        named = log_in(user, organization_id=str(organization.pk))
        assert (named.status_code, named.json()["code"]) == (401, "EMAIL_NOT_VERIFIED")


def test_login_of_a_consultant_who_names_an_organization_of_others_is_401():
    user = make_consultant().user
    answer = log_in(user, organization_id=str(make_organization().pk))
    assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_CREDENTIALS")


def test_login_of_a_consultant_who_is_not_active_is_403_but_for_an_organization():
    user = make_rejected().user
    answer = log_in(user)
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCOUNT_DISABLED")
    assert not Session.objects.filter(user=user).exists()
    add_member(make_organization(), user=user)
    assert set(opened(log_in(user))) == {"message", *WORKSPACE}


def test_login_gives_whoever_is_both_nothing_before_the_second_factor():
    user = UserFactory()
    make_approved(user)
    add_member(make_organization(), user=user)
    enrol(user)
    body = opened(log_in(user))
    assert set(body) == {"message", "requires_mfa_verification", "temp_token"}
    assert not Session.objects.filter(user=user).exists()


def test_login_where_an_organization_wants_a_factor_to_be_set_up_opens_the_consultants_side():
    user = UserFactory()
    make_approved(user)
    add_member(make_organization(is_mfa_required=True), user=user)
    body = opened(log_in(user))
    assert set(body) == {"message", "data", "requires_mfa_setup", "temp_setup_token"}
    token = body["data"]["tokens"]["accessToken"]
    session = Session.objects.get(user=user)
    assert (session.organization, session.mfa_verified_at) == (None, None)
    assert Caller(token=token).get(f"{BASE}/me").status_code == 200


def test_a_wrong_password_is_the_same_for_all_of_them():
    consultant, member, both, neither = make_consultant().user, UserFactory(), UserFactory(), UserFactory()
    make_consultant(both)
    add_member(make_organization(), user=member)
    add_member(make_organization(), user=both)
    seen = set()
    for email in (*(user.email for user in (consultant, member, both, neither)), "nobody@example.com"):
        answer = Caller().post(f"{BASE}/login", {"email": email, "password": "Wrong123!"})
        body = answer.json()
        seen.add((answer.status_code, body.pop("timestamp") and None, tuple(sorted(body.items()))))
    assert len(seen) == 1


# Refresh and reset: the words of the request decide


@pytest.mark.parametrize("kind", ["consultant", "member", "both", "neither"])
def test_refresh_answers_in_the_words_it_was_asked_with(kind):
    user = UserFactory()
    if kind in {"consultant", "both"}:
        make_consultant(user)
    if kind in {"member", "both"}:
        add_member(make_organization(), user=user)
    token = sign_in_as(user).tokens.refresh
    camel = opened(Caller().post(f"{BASE}/refresh", {"refreshToken": token}))
    _, example = example_of("POST", f"{BASE}/refresh", dialect="nakksha")
    assert_documented(camel, example)
    assert set(camel["data"]) == {"accessToken", "expiresIn"}
    snake = opened(Caller().post(f"{BASE}/refresh", {"refresh_token": token}))
    assert set(snake) == {"message", "access_token"}


def test_refresh_rotates_in_both_words(settings):
    settings.JWT_ROTATE_REFRESH = True
    user = UserFactory()
    first = sign_in_as(user).tokens.refresh
    second = opened(Caller().post(f"{BASE}/refresh", {"refreshToken": first}))["data"]["refreshToken"]
    third = opened(Caller().post(f"{BASE}/refresh", {"refresh_token": second}))["refresh_token"]
    assert len({first, second, third}) == 3


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("password", "Password reset successful. You can now login with your new password."),
        ("new_password", "Password reset successfully"),
    ],
)
def test_reset_password_answers_in_the_words_it_was_asked_with(word, message):
    user = UserFactory()
    Caller().post(f"{BASE}/forgot-password", {"email": user.email})
    token = link_token_of(user.email, "password_reset")
    body = opened(Caller().post(f"{BASE}/reset-password", {"token": token, word: "NewSecurePass123!"}))
    assert body["message"] == message
    user.refresh_from_db()
    assert user.check_password("NewSecurePass123!")


def test_reset_ends_every_session_in_every_dialect():
    user = make_approved().user
    old = Caller(token=sign_in_as(user).tokens.access)
    Caller().post(f"{BASE}/forgot-password", {"email": user.email})
    token = link_token_of(user.email, "password_reset")
    Caller().post(f"{BASE}/reset-password", {"token": token, "password": "NewSecurePass123!"})
    assert [old.get(path).status_code for path in (f"{BASE}/me", "/api/auth/profile")] == [401, 401]


# Logout and forgot: one answer for both


def test_logout_ends_the_session_at_once_and_refresh_with_it():
    user = make_consultant().user
    signed = sign_in_as(user)
    caller = Caller(token=signed.tokens.access)
    assert opened(caller.post(f"{BASE}/logout"))["message"] == "Logout successful"
    assert caller.get(f"{BASE}/me").status_code == 401
    again = Caller().post(f"{BASE}/refresh", {"refreshToken": signed.tokens.refresh})
    assert again.status_code == 401


def test_logout_ends_the_session_of_a_refresh_token_that_is_ones_own():
    user, stranger = make_consultant().user, make_consultant().user
    phone, other = sign_in_as(user), sign_in_as(stranger)
    for token, is_live in ((phone.tokens.refresh, False), (other.tokens.refresh, True), ("rubbish", None)):
        caller = Caller(token=sign_in_as(user).tokens.access)
        assert opened(caller.post(f"{BASE}/logout", {"refreshToken": token}))
        assert caller.get(f"{BASE}/me").status_code == 401
        if is_live is not None:
            renewed = Caller().post(f"{BASE}/refresh", {"refreshToken": token})
            assert renewed.status_code == (200 if is_live else 401)


def test_forgot_password_is_the_same_for_everybody():
    answers = [
        Caller().post(f"{BASE}/forgot-password", {"email": email}).content
        for email in (make_consultant().user.email, UserFactory().email, "nobody@example.com")
    ]
    assert len(set(answers)) == 1


# Errors: the keys of both


@pytest.mark.parametrize(
    ("call", "body", "field"),
    [
        ("login", {"email": "not-an-address", "password": "x"}, "email"),
        ("login", {"email": "a@example.com", "password": "x", "organization_id": "uuid"}, "organization_id"),
        ("refresh", {}, "refreshToken"),
        ("refresh", {"refresh_token": 5}, "refresh_token"),
        ("forgot-password", {"email": None}, "email"),
        ("reset-password", {"token": "x"}, "password"),
        ("reset-password", {"token": "x", "password": "short"}, "password"),
        ("reset-password", {"token": "x", "new_password": None}, "new_password"),
    ],
)
def test_an_invalid_field_is_400_with_the_keys_of_both(call, body, field):
    answer = Caller().post(f"{BASE}/{call}", body)
    assert answer.status_code == 400
    found = answer.json()
    assert set(found) == BOTH_ERRORS | {"details", "errors"}
    assert [one["field"] for one in found["details"]] == [field]
    assert list(found["errors"]) == [field]
    assert found["statusCode"] == 400


@pytest.mark.parametrize("call", ["login", "refresh", "forgot-password", "reset-password", "unknown"])
@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null", "{"])
def test_a_body_that_is_no_object_is_refused_in_both_words(client, call, body):
    answer = client.post(f"{BASE}/{call}", body, "application/json")
    assert answer.status_code == (404 if call == "unknown" else 400)
    assert set(answer.json()) >= BOTH_ERRORS


def test_five_sign_ins_in_a_quarter_of_an_hour_and_then_429_with_the_keys_of_both(settings):
    settings.RATE_LIMITS = ""
    user = make_consultant().user
    answers = [log_in(user) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert set(answers[-1].json()) >= BOTH_ERRORS
    assert answers[-1].json()["code"] == "RATE_LIMIT_EXCEEDED"
    assert answers[-1].headers["Retry-After"]


def test_login_asks_as_often_whatever_the_account_is():
    consultant, both = make_consultant().user, UserFactory()
    make_consultant(both)
    add_member(make_organization(), user=both)
    counts = []
    for user in (consultant, both):
        with CaptureQueriesContext(connection) as queries:
            log_in(user)
        counts.append(len(queries))
    assert counts[0] <= 14
    assert counts[1] <= 20
