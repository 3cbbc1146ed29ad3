"""The second factor holds in every dialect: what needs it refuses a session without it, whichever call opened that."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.api.organization import Member
from accounts.mfa_totp import Authenticator
from accounts.models import Session
from flashspace.dialects.routing import ApiResolver
from tests.accounts.api import Caller
from tests.accounts.phones_of_staff import Phone, enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as
from tests.factories.organizations import add_member, make_organization

pytestmark = pytest.mark.django_db

WORDS = re.compile(rb"MFA_REQUIRED|Show your second factor first")
LOGIN = "/api/auth/login"
PROFILE = "/api/auth/profile"


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.RATE_LIMITS = "off"
    settings.STAFF_MFA = "required"


@pytest.fixture(autouse=True)
def _time_stands(time_machine):
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)


@pytest.fixture
def boss():
    return StaffFactory(is_superuser=True)


def routes():
    resolvers = [one for one in get_resolver().url_patterns if isinstance(one, ApiResolver)]
    return [one for resolver in resolvers for pattern in resolver.url_patterns for one in pattern.routes]


def permissions_of(route):
    return route.view.permissions.get(route.action, route.view.permission_classes)


def is_public(route):
    return not permissions_of(route) and route.action not in route.view.optional_user


def call(client, route, **headers):
    path = re.sub(r"<int:\w+>", "1", route.path)
    path = re.sub(r"<[^>]+>", str(uuid4()), path)
    return client.generic(route.method, path, b"{}", "application/json", **headers)


def bearer(opened):
    return {"headers": {"Authorization": f"Bearer {opened.tokens.access}"}}


def names(found):
    return [f"{route.method} {route.path}: {answer.status_code} {answer.content[:200]!r}" for route, answer in found]


@pytest.mark.parametrize("opener", ["flashspace", "rento", "nano", "nakksha", "workspace"])
def test_every_call_refuses_staff_who_have_not_shown_it_whichever_dialect_let_them_in(boss, opener):
    opened = sign_in_as(boss, dialect=opener)
    asked = [one for one in routes() if not is_public(one) and one.action not in one.view.before_factor]
    answers = [(one, call(Client(), one, **bearer(opened))) for one in asked]
    assert len(asked) > 60
    assert not names((r, a) for r, a in answers if a.status_code != 401 or not WORDS.search(a.content))
    assert Session.objects.get().ended_at is None


def test_what_is_public_stays_public_to_them(boss):
    opened = sign_in_as(boss)
    answers = [(one, call(Client(), one, **bearer(opened))) for one in routes() if is_public(one)]
    assert not names((r, a) for r, a in answers if WORDS.search(a.content))


def test_rento_s_cookie_is_refused_alike(boss):
    opened = sign_in_as(boss, dialect="rento")
    client = Client(HTTP_ORIGIN="http://testserver")
    client.cookies["token"] = opened.tokens.access
    asked = [
        one
        for one in routes()
        if one.dialect.name == "rento" and not is_public(one) and one.action not in one.view.before_factor
    ]
    answers = [(one, call(client, one)) for one in asked]
    assert asked
    assert not names((r, a) for r, a in answers if a.status_code != 401)


def test_no_reading_call_asks_a_session_that_has_shown_it_again(boss):
    opened = sign_in_as(boss)
    Session.objects.update(mfa_verified_at=opened.session.created_at)
    asked = [one for one in routes() if one.method == "GET"]
    answers = [(one, call(Client(), one, **bearer(opened))) for one in asked]
    assert not names((r, a) for r, a in answers if WORDS.search(a.content))


def test_where_staff_need_none_nothing_is_asked(boss, settings):
    settings.STAFF_MFA = "optional"
    assert Caller(token=sign_in_as(boss).tokens.access).get(PROFILE).status_code == 200


def test_before_it_is_shown_one_may_look_who_one_is_set_it_up_and_leave(boss):
    caller = Caller(token=sign_in_as(boss).tokens.access)
    assert caller.get("/api/auth/check-auth").json()["isAuthenticated"] is True
    assert caller.get("/api/v1/mfa/check").json()["data"] == {"required": True, "setup_completed": False}
    offer = caller.post("/api/v1/mfa/setup/initialize").json()["data"]
    assert caller.get(PROFILE).status_code == 401
    assert caller.post("/api/v1/mfa/setup/verify", {"code": Phone(offer["secret"]).code()}).status_code == 200
    assert caller.get(PROFILE).status_code == 200
    other = Caller(token=sign_in_as(boss).tokens.access)
    assert other.get(PROFILE).status_code == 401
    assert other.post("/api/auth/logout").status_code == 200


@pytest.mark.parametrize("name", ["mfaCode", "mfa_code"])
def test_flashspace_takes_the_code_where_one_signs_in(boss, name):
    phone, _ = enrol(boss)
    body = {"email": boss.email, "password": PASSWORD}
    without = Caller().post(LOGIN, body)
    assert without.status_code == 200
    assert Caller(token=without.json()["accessToken"]).get(PROFILE).status_code == 401
    wrong = Caller().post(LOGIN, body | {name: phone.wrong_code()})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "MFA_CODE_INVALID")
    right = Caller().post(LOGIN, body | {name: phone.code()})
    assert Caller(token=right.json()["accessToken"]).get(PROFILE).status_code == 200
    assert Caller().post(LOGIN, body | {name: phone.code()}).status_code == 401, "a code works once"
    assert Session.objects.count() == 2


def test_a_code_of_somebody_who_has_no_factor_is_told_to_set_one_up_or_ignored(boss):
    refused = Caller().post(LOGIN, {"email": boss.email, "password": PASSWORD, "mfaCode": "123456"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "MFA_SETUP_REQUIRED")
    customer = UserFactory()
    assert Caller().post(LOGIN, {"email": customer.email, "password": PASSWORD, "mfaCode": "1"}).status_code == 200
    assert Session.objects.get(user=customer).mfa_verified_at is None


def test_the_admin_login_of_nakksha_asks_after_the_right_password_only(boss):
    phone, _ = enrol(boss)
    path, body = "/api/v1/auth/admin/login", {"email": boss.email, "password": PASSWORD}
    asked = Caller().post(path, body)
    assert (asked.status_code, asked.json()["code"]) == (401, "MFA_REQUIRED")
    assert Caller().post(path, body | {"password": "wrongPassword1"}).json()["code"] != "MFA_REQUIRED"
    opened = Caller().post(path, body | {"mfa_code": phone.code()})
    assert opened.status_code == 200
    token = opened.json()["data"]["tokens"]["accessToken"]
    assert Caller(token=token).get(PROFILE).status_code == 200


def test_a_session_of_workspace_that_showed_it_is_good_in_every_dialect(boss):
    phone, _ = enrol(boss)
    asked = Caller().post("/api/v1/auth/login", {"email": boss.email, "password": PASSWORD}).json()
    body = {"temp_token": asked["temp_token"], "code": phone.code()}
    opened = Caller().post("/api/v1/auth/verify-mfa", body).json()
    caller = Caller(token=opened["access_token"])
    for path in (PROFILE, "/api/v1/users/me", "/api/bookings/my-bookings", "/api/user/invoices"):
        assert caller.get(path).status_code == 200, path


def test_a_customer_with_a_factor_signs_in_where_nobody_can_ask_and_does_what_is_theirs(settings):
    customer = UserFactory()
    enrol(customer)
    opened = Caller().post(LOGIN, {"email": customer.email, "password": PASSWORD})
    assert opened.status_code == 200
    assert Session.objects.get().mfa_verified_at is None
    caller = Caller(token=opened.json()["accessToken"])
    for path in (PROFILE, "/api/user/dashboard", "/api/v1/users/me"):
        assert caller.get(path).status_code == 200, path


@pytest.mark.parametrize(("has_one", "code"), [(True, b"MFA_REQUIRED"), (False, b"MFA_SETUP_REQUIRED")])
def test_every_call_of_an_organization_that_requires_it_refuses_a_session_without_it(has_one, code):
    member = UserFactory()
    organization = make_organization(is_mfa_required=True)
    add_member(organization, user=member)
    if has_one:
        enrol(member)
    opened = sign_in_as(member, organization=organization)
    asked = [one for one in routes() if any(issubclass(two, Member) for two in permissions_of(one))]
    assert len(asked) > 15
    answers = [(one, call(Client(), one, **bearer(opened))) for one in asked]
    assert not names((r, a) for r, a in answers if a.status_code != 401 or code not in a.content)
    Session.objects.update(mfa_verified_at=opened.session.created_at)
    answers = [(one, call(Client(), one, **bearer(opened))) for one in asked if one.method == "GET"]
    assert not names((r, a) for r, a in answers if code in a.content)
    assert Authenticator.objects.filter(user=member).exists() is has_one
