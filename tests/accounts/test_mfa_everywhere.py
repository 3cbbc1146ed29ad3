"""The second factor holds in every dialect: what needs it refuses a session without it, whichever call opened that."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.api.organization import Member
from accounts.models import Session
from flashspace.dialects.routing import ApiResolver
from tests.accounts.api import Caller
from tests.accounts.openers import (
    ALONE,
    BY_THE_FACTOR,
    OPENERS,
    Visitor,
    access_in,
    answers_with_token,
    callers_of,
    documented,
    switch,
    token_in,
)
from tests.accounts.phones_of_staff import Phone, enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as
from tests.factories.organizations import add_member, make_organization, owner_of

pytestmark = pytest.mark.django_db

WORDS = re.compile(rb"MFA_REQUIRED|Show your second factor first")
LOGIN = "/api/auth/login"
PROFILE = "/api/auth/profile"
PLACE = "/api/v1/organizations/me"


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


def guarded():
    """What opens to staff only with the factor."""
    found = [one for one in routes() if not is_public(one) and one.action not in one.view.before_factor]
    assert len(found) > 60
    assert {one.dialect.name for one in found} == {"flashspace", "rento", "nano", "nakksha", "workspace"}
    return found


def of_an_organization():
    found = [one for one in routes() if any(issubclass(two, Member) for two in permissions_of(one))]
    assert len(found) > 15
    return found


def reading(found):
    return [one for one in found if one.method == "GET"]


def by_token(token):
    return Client(headers={"Authorization": f"Bearer {token}"})


def by_cookie(token):
    client = Client(HTTP_ORIGIN="http://testserver")
    client.cookies["token"] = token
    return client


def call(client, route):
    path = re.sub(r"<int:\w+>", "1", route.path)
    path = re.sub(r"<[^>]+>", str(uuid4()), path)
    return client.generic(route.method, path, b"{}", "application/json")


def told_by(client, found, is_told):
    """Those whose answer is as it should not be, and the answers."""
    answers = [(route, call(client, route)) for route in found]
    return [f"{r.method} {r.path}: {a.status_code} {a.content[:200]!r}" for r, a in answers if is_told(a)]


def let_through(client, found, *, status=401, words=WORDS):
    return told_by(client, found, lambda answer: answer.status_code != status or not re.search(words, answer.content))


def asked_again(client, found):
    return told_by(client, reading(found), lambda answer: WORDS.search(answer.content))


def show(caller, phone=None):
    """Set the factor up, or move the one that `phone` has to another device: either shows it."""
    offer = caller.post("/api/v1/mfa/setup/initialize", {"code": phone.code()} if phone else {}).json()["data"]
    done = caller.post("/api/v1/mfa/setup/verify", {"code": Phone(offer["secret"]).code()})
    assert done.status_code == 200, done.content
    return done


def inside(visitor, token):
    """The caller in the organization, where the factor is shown or not asked for."""
    caller = Caller(token=token)
    if caller.get(PLACE).status_code == 403:
        caller = Caller(token=access_in(switch(caller, visitor).json()))
    assert caller.get(PLACE).status_code == 200
    return caller


def test_every_call_that_opens_a_session_or_hands_out_its_tokens_has_a_row():
    found = {(one.dialect.name, one.method, one.path) for one in documented() if answers_with_token(one)}
    rows = {(one.dialect, one.method, one.path) for one in OPENERS}
    assert rows - found == {("rento", "GET", "/api/user/auth/google/callback")}, "its answer is a cookie"
    assert found - rows == BY_THE_FACTOR


def test_sessions_are_opened_and_cookies_set_in_no_other_place():
    assert set(callers_of("open_session", "set_token")) == {
        "accounts.services.sign_in.enter",
        "accounts.services.organization_sign_in._open",
        "accounts.services.google.open_session_of",
        "accounts.api.nano.register",
        "accounts.api.rento.signed_in",
        "accounts.api.rento_google._welcome",
    }


@pytest.mark.parametrize("opener", [*OPENERS, ALONE], ids=str)
def test_every_call_refuses_staff_who_have_not_shown_it_whichever_call_let_them_in(opener, google):
    visitor = Visitor(google, has_factor=opener.asks_staff)
    answer = opener.open(visitor, "")
    token = token_in(visitor, answer)
    if opener.asks_staff:
        assert (answer.status_code, token) == (401, "")
        assert WORDS.search(answer.content)
        token = token_in(visitor, opener.open(visitor, visitor.phone.code()))
    else:
        assert not let_through(by_token(token), guarded())
        assert not Session.objects.exclude(ended_at=None).exists()
        show(Caller(token=token))
    assert not asked_again(by_token(token), guarded())
    assert Caller(token=token).get(PROFILE).status_code == 200


@pytest.mark.parametrize("opener", [one for one in OPENERS if one.dialect == "rento"], ids=str)
def test_rento_s_cookie_is_refused_alike(opener, google):
    visitor = Visitor(google)
    opener.open(visitor, "")
    found = [one for one in guarded() if one.dialect.name == "rento"]
    assert not let_through(by_cookie(visitor.cookie), found)
    show(Caller(token=visitor.cookie))
    assert not asked_again(by_cookie(visitor.cookie), found)


def test_what_is_public_stays_public_to_them(boss):
    client = by_token(sign_in_as(boss).tokens.access)
    assert not told_by(client, filter(is_public, routes()), lambda answer: WORDS.search(answer.content))


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


@pytest.mark.parametrize("opener", OPENERS, ids=str)
def test_an_organization_that_comes_to_require_it_refuses_who_is_in_whichever_call_opened(opener, google, settings):
    settings.STAFF_MFA = "optional"  # so that staff's own way in is one of the calls
    visitor = Visitor(google)
    caller = inside(visitor, token_in(visitor, opener.open(visitor, "")))
    owner = Caller(token=sign_in_as(owner_of(visitor.place), organization=visitor.place).tokens.access)
    assert owner.put(f"{PLACE}/settings", {"settings": {"mfa_enabled": True}}).status_code == 200
    client = by_token(caller.token)
    assert not let_through(client, of_an_organization(), words=b"MFA_SETUP_REQUIRED")
    phone, _ = enrol(visitor.user)  # elsewhere, which shows nothing here
    assert not let_through(client, of_an_organization(), words=b"MFA_REQUIRED")
    show(caller, phone)
    assert not asked_again(client, of_an_organization())
    assert caller.get(PLACE).status_code == 200


@pytest.mark.parametrize("has_factor", [True, False])
@pytest.mark.parametrize("opener", OPENERS, ids=str)
def test_nobody_comes_into_an_organization_that_requires_it_without_it(opener, has_factor, google, settings):
    settings.STAFF_MFA = "optional"
    visitor = Visitor(google, has_factor=has_factor, is_mfa_required=True)
    answer = opener.open(visitor, "")
    token = token_in(visitor, answer)
    is_asked = opener.asks_owner if has_factor else opener.only_enters
    assert bool(token) is not is_asked
    if not is_asked:
        assert not let_through(by_token(token), of_an_organization(), status=403, words=b"ORGANIZATION_REQUIRED")
        assert access_in(switch(Caller(token=token), visitor).json()) == ""
        show(Caller(token=token), visitor.phone)
    elif has_factor:
        assert re.search(rb"MFA_REQUIRED|requires_mfa_verification", answer.content)
        token = token_in(visitor, opener.open(visitor, visitor.phone.code()))
    else:
        token = access_in(show(Caller(token=answer.json()["temp_setup_token"])).json())
    inside(visitor, token)


def test_no_reading_call_of_who_chose_no_organization_tells_what_is_inside():
    member = UserFactory()
    add_member(make_organization("Inner Place", is_mfa_required=True), user=member)
    enrol(member)
    token = Caller().post(LOGIN, {"email": member.email, "password": PASSWORD}).json()["accessToken"]
    told = told_by(by_token(token), reading(guarded()), lambda answer: b"Inner Place" in answer.content)
    assert [line.partition(":")[0] for line in told] == ["GET /api/v1/organizations"], "the list to choose from"
