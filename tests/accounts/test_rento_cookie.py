"""rento's `token` cookie: how it is set, where it counts, and from where it may change something."""

import pytest
from django.test import Client

from accounts.models import Session
from accounts.services import tokens
from tests.accounts.api import Caller
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "john@example.com"
OURS = "http://testserver"
SEVEN_DAYS = 7 * 24 * 3600
CHANGE = "/api/user/select-role"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def user():
    return UserFactory(email=EMAIL, is_role_open=True)


@pytest.fixture
def browser(user):
    """Signed in by nothing but its cookie."""
    client = Client()
    answer = client.post("/api/user/signin", {"email": EMAIL, "password": PASSWORD}, "application/json")
    assert answer.status_code == 200
    return client


def change(client, **headers):
    return client.post(CHANGE, {"role": "Landlord"}, "application/json", headers=headers)


def test_it_is_set_at_sign_in_and_cleared_at_sign_out(browser, settings):
    cookie = browser.cookies["token"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Strict", "/", "")
    assert int(cookie["max-age"]) in range(SEVEN_DAYS - 2, SEVEN_DAYS + 1)
    answer = browser.post("/api/user/signout", headers={"origin": OURS})
    assert answer.status_code == 200
    gone = answer.cookies["token"]
    assert (gone.value, gone["max-age"], gone["samesite"]) == ("", 0, "Strict")
    assert Session.objects.get().end_reason == "logout"


def test_it_is_secure_where_the_servers_own_cookies_are(user, settings):
    settings.SESSION_COOKIE_SECURE = True
    answer = Caller().post("/api/user/signin", {"email": EMAIL, "password": PASSWORD})
    assert answer.cookies["token"]["secure"] is True


@pytest.mark.parametrize("origin", [OURS, "http://localhost:3000"])
def test_it_speaks_for_who_comes_from_an_address_of_ours(browser, user, origin):
    assert change(browser, origin=origin).status_code == 200
    user.refresh_from_db()
    assert user.role == "owner"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://evil.example",
        "http://testserver.evil.example",
        "http://testserver:81",
        "https://testserver",
    ],
)
def test_a_change_from_elsewhere_is_403(browser, user, origin):
    answer = change(browser, **({"origin": origin} if origin else {}))
    assert (answer.status_code, answer.json()["success"]) == (403, False)
    user.refresh_from_db()
    assert user.is_role_open
    assert browser.post("/api/user/signout", headers={"origin": origin}).status_code == 403
    assert Session.objects.get().ended_at is None


def test_a_form_of_another_page_changes_nothing_either(browser, user):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = browser.post(CHANGE, b'{"role": "Landlord"}', kind, headers={"origin": "https://evil.example"})
        assert answer.status_code == 403
        answer = browser.post(CHANGE, b'{"role": "Landlord"}', kind, headers={"origin": OURS})
        assert answer.status_code in (400, 415)
    user.refresh_from_db()
    assert user.is_role_open


def test_a_bearer_needs_no_origin_and_goes_before_the_cookie(browser, user):
    bearer = f"Bearer {tokens.access_token(user=user, session=Session.objects.get())}"
    assert change(browser, origin="https://evil.example", authorization="Bearer rubbish").status_code == 401
    assert change(browser, origin="https://evil.example", authorization=bearer).status_code == 200


@pytest.mark.parametrize("value", ["rubbish", "a" * 5000, "é", "null", "{}"])
def test_a_bad_cookie_is_401_and_matters_to_no_public_call(user, value):
    client = Client()
    client.cookies["token"] = value
    assert change(client, origin=OURS).status_code == 401
    assert (
        client.post("/api/user/signin", {"email": EMAIL, "password": PASSWORD}, "application/json").status_code == 200
    )


def test_it_is_refused_once_its_session_is_over(browser, user):
    Session.objects.update(ended_at="2026-01-01T00:00:00Z")
    assert change(browser, origin=OURS).status_code == 401


def test_a_refresh_token_is_no_cookie(user):
    client = Client()
    client.cookies["token"] = sign_in_as(user).tokens.refresh
    assert change(client, origin=OURS).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/profile"),
        ("POST", "/api/auth/logout"),
        ("GET", "/api/user/dashboard"),
        ("GET", "/api/user/bookings"),
        ("GET", "/api/user/kyc"),
        ("GET", "/api/bookings/my-bookings"),
        ("GET", "/api/v1/payments"),
        ("GET", "/api/v1/users/me"),
        ("GET", "/api/v1/auth/me"),
    ],
)
def test_it_counts_on_no_route_of_another_dialect(browser, method, path):
    assert browser.generic(method, path, headers={"origin": OURS}).status_code == 401


def test_it_opens_no_admin(browser):
    assert browser.get("/admin/", headers={"origin": OURS}).status_code == 302
