"""The admin's door: the same budgets, devices and rules as the API's."""

import pytest
from django.test import Client

from accounts.models import Session, User
from accounts.services import passwords, sessions
from tests.accounts.api import Caller, mails_to
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "boss@example.com"
LOGIN, OWN_PASSWORD, HOME = "/admin/login/", "/admin/password_change/", "/admin/"


@pytest.fixture
def boss():
    return StaffFactory(email=EMAIL, is_superuser=True)


def come_in(password=PASSWORD, email=EMAIL, address="203.0.113.1", agent="her laptop"):
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    return client, client.post(LOGIN, {"username": email, "password": password})


def is_in(client):
    return client.get(HOME).status_code == 200


def test_staff_come_in_by_address_however_it_is_typed(boss):
    client, answer = come_in(email=" Boss@Example.com ")
    assert answer.status_code == 302
    assert is_in(client)
    boss.refresh_from_db()
    assert boss.last_login is not None


def test_a_sign_in_is_a_session_among_the_others(boss):
    come_in()
    noted = Session.objects.get()
    assert (noted.user, noted.dialect, noted.network, noted.user_agent) == (boss, "admin", "203.0.113.1", "her laptop")
    assert sessions.is_live(noted)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({}, "Please enter the correct"), ({"is_staff": False}, "Please enter the correct")],
    ids=["wrong password", "no staff"],
)
def test_whoever_may_not_is_told_the_same(fields, words):
    StaffFactory(email=EMAIL, **fields)
    client, answer = come_in("wrongPassword1" if not fields else PASSWORD)
    assert words in answer.content.decode()
    assert not is_in(client)
    assert not Session.objects.exists()


def test_a_disabled_colleague_stays_out():
    StaffFactory(email=EMAIL, is_active=False)
    client, answer = come_in()
    assert "This account is disabled" in answer.content.decode()
    assert not is_in(client)


def test_an_address_has_five_tries_here_whatever_it_did_in_the_api(boss):
    for _ in range(5):
        Caller(address="203.0.113.1").post("/api/auth/login", {"email": EMAIL, "password": "wrongPassword1"})
    assert is_in(come_in()[0])
    for _ in range(4):
        come_in("wrongPassword1")
    client, answer = come_in()
    assert "Too many tries. Try again in 15 minutes." in answer.content.decode()
    assert not is_in(client)


def test_an_account_has_ten_failures_here_and_in_the_api_together(boss):
    for number in range(10):
        come_in("wrongPassword1", address=f"203.0.113.{number + 10}")
    client, answer = come_in()
    assert "Too many tries. Try again in 60 minutes." in answer.content.decode()
    assert not is_in(client)


def test_nobody_locks_a_colleague_out_of_a_known_device(boss):
    come_in()
    for number in range(12):
        come_in("wrongPassword1", address=f"203.0.113.{number + 10}")
    assert is_in(come_in()[0])


def test_an_old_hash_is_made_anew_and_the_browser_stays_in(boss, settings):
    settings.PASSWORD_HASHERS = ["flashspace.base.hashers.Argon2Hasher", *settings.PASSWORD_HASHERS]
    client, _ = come_in()
    assert User.objects.get().password.startswith("argon2$")
    assert is_in(client)


def test_with_limits_off_nobody_counts(boss, settings):
    settings.RATE_LIMITS = "off"
    for _ in range(12):
        come_in("wrongPassword1")
    assert is_in(come_in()[0])


def test_an_empty_form_is_no_try(boss):
    come_in(password="")
    assert not Session.objects.exists()


# One's own password


def change(client, old=PASSWORD, new="Tr0ub4dor&3x", again=None):
    return client.post(OWN_PASSWORD, {"old_password": old, "new_password1": new, "new_password2": again or new})


def test_a_new_password_ends_the_api_sessions_tells_the_owner_and_keeps_the_browser(boss):
    caller = Caller(token=sign_in_as(boss).tokens.access)
    client, _ = come_in()
    assert change(client).status_code == 302
    assert is_in(client)
    assert caller.get("/api/auth/check-auth").json()["isAuthenticated"] is False
    assert len(mails_to(EMAIL, "password_changed")) == 1
    boss.refresh_from_db()
    assert boss.check_password("Tr0ub4dor&3x")


@pytest.mark.parametrize(
    "given",
    [{"old": "wrongPassword1"}, {"new": "password123"}, {"new": "short"}, {"again": "another&3xTr0ub"}],
    ids=["old", "common", "short", "typed otherwise"],
)
def test_a_bad_form_changes_nothing(boss, given):
    client, _ = come_in()
    assert change(client, **given).status_code == 200
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)


def test_a_stolen_browser_guesses_ten_times(boss):
    client, _ = come_in()
    for _ in range(10):
        change(client, old="wrongPassword1")
    assert "Too many tries" in change(client).content.decode()


def test_too_many_hashes_at_once_is_told(boss, monkeypatch):
    monkeypatch.setattr(passwords, "_gate", passwords.threading.BoundedSemaphore(1))
    with passwords.hashing():
        _, answer = come_in()
    assert "temporarily unavailable" in answer.content.decode()


def test_the_page_of_ones_own_password_needs_a_sign_in():
    UserFactory()
    assert Client().get(OWN_PASSWORD).status_code == 302
