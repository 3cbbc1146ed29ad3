"""Google by redirect, against a peer that keeps the protocol: state, nonce, PKCE, one code for one sign-in."""

import logging
import re
import threading
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.google import views as google_views
from django.test import Client

from accounts.api.rento_google import FAILURE, FLOW
from accounts.models import OneTimeToken, Session, User
from accounts.services import google_redirect
from accounts.social import certificates
from flashspace.base.cache import CacheDown
from flashspace.base.crypto import decrypt
from tests.accounts.google_peer import Google, Key
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "user@gmail.com"
BEGIN, CALLBACK = "/api/user/auth/google", "/api/user/auth/google/callback"
EXCHANGE = "/api/user/auth/google/exchange"
JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.|ya29\.")


@pytest.fixture(scope="module")
def _peer():
    peer = Google()
    yield peer
    peer.close()


@pytest.fixture
def peer(_peer, monkeypatch, settings):
    settings.RATE_LIMITS = "off"
    settings.FRONTEND_URL = "https://www.flashspace.example"
    settings.GOOGLE_AUTHORIZE_URL = f"{_peer.origin}/o/oauth2/v2/auth"
    settings.GOOGLE_TOKEN_URL = f"{_peer.origin}/token"
    monkeypatch.setattr(google_views, "CERTS_URL", _peer.url)
    certificates.forget()
    _peer.keys, _peer.status, _peer.body = _peer.keys[:1], 200, None
    _peer.desk.mend()
    yield _peer
    certificates.forget()


def begin(browser):
    """Where the browser is sent back to, after the person has said yes or no."""
    answer = browser.get(BEGIN)
    assert answer.status_code == 302
    return httpx.get(answer["Location"]).headers["Location"]


def arrive(browser, address):
    parts = urlsplit(address)
    return browser.get(f"{parts.path}?{parts.query}")


def code_in(answer):
    return parse_qs(urlsplit(answer["Location"]).query)["code"][0]


def exchange(code, browser=None):
    return (browser or Client()).post(EXCHANGE, {"code": code}, "application/json")


def session_in(token):
    return jwt.decode(token, options={"verify_signature": False})["sid"]


def must_fail(answer):
    """Led to the documented failure, with nothing written and no sign-in."""
    assert (answer.status_code, answer["Location"]) == (302, FAILURE)
    assert "token" not in answer.cookies
    assert not User.objects.exists()
    assert not Session.objects.exists()
    assert not SocialAccount.objects.exists()
    assert not OneTimeToken.objects.exists()


def test_the_whole_way_ends_at_the_front_end_with_a_code_that_opens_the_sign_in_once(peer):
    browser = Client()
    answer = arrive(browser, begin(browser))
    place = urlsplit(answer["Location"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == "https://www.flashspace.example/auth/success"
    assert list(parse_qs(place.query)) == ["code"]
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
    cookie = answer.cookies["token"]
    assert (cookie["httponly"], cookie["samesite"], int(cookie["max-age"])) == (True, "Strict", 604800)

    assert exchange(code_in(answer)).status_code == 400, "in a browser that did not come from Google"
    shown = exchange(code_in(answer), browser)
    assert shown.status_code == 200
    assert_documented(shown.json(), {**example_of("POST", "/api/user/signin", 200, dialect="rento")[1], "data": {}})
    user = User.objects.get()
    assert shown.json()["data"]["user"] == {
        "id": str(user.pk),
        "fullName": "John Doe",
        "email": EMAIL,
        "role": None,
        "profileImageUrl": "https://lh3.googleusercontent.com/a/photo",
    }
    assert Session.objects.count() == 1, "the cookie and the code open one sign-in"
    assert exchange(code_in(answer), browser).status_code == 400


def test_who_is_new_has_no_role_until_it_is_selected(peer):
    browser = Client()
    arrive(browser, begin(browser))
    change = {"path": "/api/user/select-role", "data": {"role": "Landlord"}, "content_type": "application/json"}
    assert browser.post(**change).status_code == 403, "a cookie without an origin"
    answer = browser.post(**change, headers={"origin": "http://testserver"})
    assert answer.json()["data"]["user"]["role"] == "Landlord"
    assert browser.post(**change, headers={"origin": "http://testserver"}).status_code == 400


def test_what_google_is_asked_and_what_the_browser_keeps(peer):
    browser = Client()
    begin(browser)
    begin(browser)
    first, second = peer.desk.asked
    assert first["redirect_uri"] == f"http://testserver{CALLBACK}"
    assert set(first["scope"].split()) == {"openid", "email", "profile"}
    assert (first["response_type"], first["code_challenge_method"]) == ("code", "S256")
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]
    cookie = browser.cookies[FLOW]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", BEGIN, 600)
    assert second["state"] not in cookie.value, "sealed"
    assert second["state"] in decrypt(cookie.value)


@pytest.mark.django_db(transaction=True)
def test_a_real_browser_walks_it_and_no_token_is_seen_in_any_address_or_log(peer, live_server, settings, caplog):
    settings.PUBLIC_URL = settings.FRONTEND_URL = live_server.url
    with caplog.at_level(logging.DEBUG), httpx.Client(follow_redirects=True, timeout=30) as browser:
        page = browser.get(f"{live_server.url}{BEGIN}")
        assert page.status_code == 200
        assert page.url.path == "/auth/success"
        assert [one.url.path for one in page.history] == [BEGIN, "/o/oauth2/v2/auth", CALLBACK]
        token = browser.cookies["token"]
        code = page.url.params["code"]
        ended = browser.post(f"{live_server.url}{EXCHANGE}", json={"code": code})
        assert session_in(ended.json()["data"]["token"]) == session_in(token) == str(Session.objects.get().pk)
        assert browser.post(f"{live_server.url}{EXCHANGE}", json={"code": code}).status_code == 400
        for answer in (*page.history, page):
            seen = f"{answer.url} {answer.headers.get('location', '')} {answer.request.headers.get('referer', '')}"
            assert not JWT.search(seen), seen
        out = browser.post(f"{live_server.url}/api/user/signout", headers={"Origin": live_server.url})
        assert out.status_code == 200
        assert "token" not in browser.cookies
    here = threading.get_ident()  # where the browser is; the rest is the server's
    logged = "\n".join(one.getMessage() for one in caplog.records if one.thread != here)
    assert "POST" in logged
    assert not JWT.search(logged)
    assert code not in logged
    assert "secret-of-the-test-client" not in logged


# The browser that comes back is not the one that went


def test_without_the_flow_that_it_began_a_browser_gets_nothing(peer):
    address = begin(Client())
    must_fail(arrive(Client(), address))
    assert peer.desk.forms == [], "Google was not asked"


def test_the_state_of_another_browser_is_refused(peer):
    mine, theirs = Client(), Client()
    begin(mine)
    must_fail(arrive(mine, begin(theirs)))
    assert peer.desk.forms == []


def test_a_state_works_once(peer):
    browser = Client()
    address = begin(browser)
    kept = browser.cookies[FLOW].value
    assert "/auth/success" in arrive(browser, address)["Location"]
    assert browser.cookies[FLOW].value == ""
    assert arrive(browser, address)["Location"] == FAILURE
    browser.cookies[FLOW] = kept
    assert arrive(browser, address)["Location"] == FAILURE
    assert Session.objects.count() == 1
    assert len(peer.desk.forms) == 1


def test_a_flow_is_over_after_ten_minutes(peer, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    browser = Client()
    address = begin(browser)
    time_machine.shift(600)
    must_fail(arrive(browser, address))


@pytest.mark.parametrize("kept", ["", "rubbish", "gAAAAA", "é", "a" * 5000])
def test_a_flow_that_we_did_not_seal_is_refused(peer, kept):
    browser = Client()
    address = begin(browser)
    browser.cookies[FLOW] = kept
    must_fail(arrive(browser, address))


@pytest.mark.parametrize("query", ["", "state=", "code=x", "state=x&code=x", "error=access_denied", "state=%00&code=x"])
def test_an_address_without_its_state_is_refused(peer, query):
    browser = Client()
    begin(browser)
    answer = browser.get(f"{CALLBACK}?{query}")
    assert answer.status_code in (302, 400)
    assert answer.get("Location", FAILURE) == FAILURE
    assert not Session.objects.exists()


def test_who_says_no_at_google_is_led_to_the_failure(peer):
    peer.desk.consents = False
    browser = Client()
    must_fail(arrive(browser, begin(browser)))


def test_the_failure_is_documented():
    answer = Client().get(FAILURE)
    assert answer.status_code == 401
    assert_documented(answer.json(), example_of("GET", FAILURE, dialect="rento")[1])
    assert {**answer.json(), "timestamp": ""} == {
        "success": False,
        "error": "Google Authentication Failed",
        "message": "Unable to authenticate with Google",
        "details": None,
        "timestamp": "",
    }


# What Google says is not what it should be


def _renamed(key, id):
    key.id = id
    return key


WRONG = {
    "another nonce": lambda peer: {"nonce": "of-another-flow"},
    "no nonce": lambda peer: {"nonce": None},
    "another audience": lambda peer: {"aud": "another.apps.googleusercontent.com"},
    "another issuer": lambda peer: {"iss": "https://accounts.evil.example"},
    "expired": lambda peer: {"exp": int(time.time()) - 1},
    "an address that is not verified": lambda peer: {"email_verified": False},
    "no address": lambda peer: {"email": None},
    "no subject": lambda peer: {"sub": None},
}


@pytest.mark.parametrize("name", WRONG)
def test_an_id_token_that_is_not_for_this_flow_opens_nothing(peer, name):
    peer.desk.changes = WRONG[name](peer)
    browser = Client()
    must_fail(arrive(browser, begin(browser)))


def test_an_id_token_that_somebody_else_signed_opens_nothing(peer):
    for key in (Key(), _renamed(Key(), peer.keys[0].id)):
        peer.desk.key = key
        browser = Client()
        must_fail(arrive(browser, begin(browser)))


def test_a_new_key_of_googles_is_found(peer, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    for _ in range(2):
        browser = Client()
        assert "/auth/success" in arrive(browser, begin(browser))["Location"]
        peer.keys = [Key(), *peer.keys]
        time_machine.shift(31)


def test_an_id_token_replayed_into_another_flow_opens_nothing(peer):
    browser = Client()
    arrive(browser, begin(browser))
    User.objects.all().delete()
    peer.desk.changes = {"nonce": peer.desk.asked[0]["nonce"]}
    must_fail(arrive(browser, begin(browser)))


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 302},
        {"status": 400, "body": b'{"error": "invalid_grant"}'},
        {"body": b"<html>"},
        {"body": b"[]"},
        {"body": b"5"},
        {"body": b"{}"},
        {"body": b'{"id_token": null}'},
        {"body": b'{"id_token": ["a"]}'},
        {"body": b"[" * 30_000},
        {"body": b" " * 100_000},
        {"body": b"\xff\xfe"},
    ],
)
def test_garbage_from_google_opens_nothing(peer, fault):
    for name, value in fault.items():
        setattr(peer.desk, name, value)
    browser = Client()
    must_fail(arrive(browser, begin(browser)))


def test_a_google_that_is_away_slow_or_drips_is_given_up(peer, settings, monkeypatch):
    monkeypatch.setattr(google_redirect, "TIMEOUT", httpx.Timeout(0.2))
    monkeypatch.setattr(google_redirect, "DEADLINE", 0.3)
    peer.desk.delay = 1.0
    browser = Client()
    must_fail(arrive(browser, begin(browser)))
    peer.desk.mend()
    peer.desk.drip = 0.05
    must_fail(arrive(browser, begin(browser)))
    peer.desk.mend()
    settings.GOOGLE_TOKEN_URL = "http://127.0.0.1:1/token"
    must_fail(arrive(browser, begin(browser)))


def test_without_a_key_of_googles_it_is_503(peer, settings):
    settings.GOOGLE_CLIENT_SECRET = ""
    answer = Client().get(BEGIN)
    assert (answer.status_code, answer.json()["message"]) == (503, "Google sign-in is not configured")


def test_an_account_that_nobody_proved_is_not_handed_over(peer):
    trap = UserFactory(email=EMAIL, email_verified_at=None)
    browser = Client()
    assert arrive(browser, begin(browser))["Location"] == FAILURE
    trap.refresh_from_db()
    assert not trap.is_email_verified
    assert not Session.objects.exists()


def test_a_verified_account_of_the_address_is_the_one_that_is_opened_and_keeps_its_role(peer):
    user = UserFactory(email=EMAIL, role="owner")
    browser = Client()
    answer = exchange(code_in(arrive(browser, begin(browser))), browser)
    assert (answer.json()["data"]["user"]["id"], answer.json()["data"]["user"]["role"]) == (str(user.pk), "Landlord")
    assert User.objects.count() == 1


def test_it_goes_on_without_a_cache(peer, monkeypatch):
    def gone(*args, **kwargs):
        raise CacheDown("gone")

    for name in ("add", "get", "set", "incr"):
        monkeypatch.setattr(f"django.core.cache.cache.{name}", gone)
    browser = Client()
    assert "/auth/success" in arrive(browser, begin(browser))["Location"]


# The code at the end


def test_the_code_is_good_for_sixty_seconds(peer, monkeypatch):
    browser = Client()
    code = code_in(arrive(browser, begin(browser)))
    token = OneTimeToken.objects.get()
    assert round((token.expires_at - token.created_at).total_seconds()) == 60
    OneTimeToken.objects.update(expires_at=token.created_at)
    assert exchange(code, browser).status_code == 400


def test_the_code_of_a_sign_in_that_has_ended_opens_nothing(peer):
    browser = Client()
    code = code_in(arrive(browser, begin(browser)))
    assert browser.post("/api/user/signout", headers={"origin": "http://testserver"}).status_code == 200
    assert exchange(code, browser).status_code == 400


def test_the_code_is_good_for_nothing_else(peer):
    browser = Client()
    code = code_in(arrive(browser, begin(browser)))
    for path, body in (
        ("/api/user/reset-password", {"token": code, "password": "NewPassword123"}),
        ("/api/auth/reset-password", {"token": code, "newPassword": "NewPassword123"}),
    ):
        assert Client().post(path, body, "application/json").status_code == 400
    assert Client().get("/api/auth/verify-email", {"token": code}).status_code == 400
    assert Client().get("/api/auth/profile", headers={"authorization": f"Bearer {code}"}).status_code == 401
    assert exchange(code, browser).status_code == 200


def test_somebody_sent_to_the_address_of_a_stranger_s_arrival_is_not_signed_in(peer):
    thief, victim = Client(), Client()
    code = code_in(arrive(thief, begin(thief)))
    arrive(victim, begin(victim))  # with an arrival of their own behind them
    answer = exchange(code, victim)
    assert answer.status_code == 400
    assert "token" not in answer.cookies


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": None}, {"code": ["a"]}, {"code": "x" * 201}, {"code": "x"}]
)
def test_a_bad_code_is_400(body):
    assert Client().post(EXCHANGE, body, "application/json").status_code == 400


def test_it_counts_as_a_sign_in_for_whoever_began_one_only(peer, settings):
    settings.RATE_LIMITS = ""
    assert {arrive(Client(), f"{CALLBACK}?state=x&code=x").status_code for _ in range(6)} == {302}
    browser = Client()
    statuses = [arrive(browser, begin(browser)).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
