"""One person has one account: made in any of the five dialects or by Google, it signs in by each of the others."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.conf import settings as django_settings

from accounts.models import Session, User
from tests.accounts.api import Caller, code_of, link_token_of
from tests.accounts.google_peer import back_from_google
from tests.contract.shapes import assert_documented, example_of
from tests.factories.consultants import make_consultant
from tests.factories.organizations import add_member, make_organization

pytestmark = pytest.mark.django_db

EMAIL, OFFICE, PASSWORD, NAME = "john@example.com", "contact@acme.example", "Password123!", "John Doe"
ACME = {"organization_name": "Acme Corp", "organization_email": OFFICE, "first_name": "John", "last_name": "Doe"}

SIGN_UPS = {
    "flashspace": ("/api/auth/signup", {"email": EMAIL, "fullName": NAME, "password": PASSWORD}),
    "rento": ("/api/user/signup", {"email": EMAIL, "fullName": NAME, "password": PASSWORD, "role": "Landlord"}),
    "nano": ("/api/auth/register", {"email": EMAIL, "full_name": NAME, "password": PASSWORD, "role": "owner"}),
    "nakksha": ("/api/v1/auth/signup", {"email": EMAIL, "name": NAME, "password": PASSWORD}),
    "workspace": ("/api/v1/auth/organization/register", {**ACME, "email": EMAIL, "password": PASSWORD}),
}
EVERY_WAY = [*SIGN_UPS, "google"]

LOGIN, SHARED_LOGIN = "/api/auth/login", "/api/v1/auth/login"
BY_EMAIL = {"email": EMAIL, "password": PASSWORD}


class Way(NamedTuple):
    """A dialect's sign-in, where its answer has the token, and its own call that tells who somebody is."""

    sign_in: str
    body: dict[str, str]
    token_in: Callable[[Any], str]
    me: str
    person_in: Callable[[Any], dict[str, Any]]


SIGN_INS = {
    "flashspace": Way(LOGIN, BY_EMAIL, lambda told: told["accessToken"], "/api/auth/profile", lambda me: me["user"]),
    "nano": Way(
        LOGIN,
        {"identifier": EMAIL, "password": PASSWORD},
        lambda told: told["access_token"],
        "/api/auth/me",
        lambda me: me["user"],
    ),
    "nakksha": Way(
        SHARED_LOGIN,
        BY_EMAIL,
        lambda told: told["data"]["tokens"]["accessToken"],
        "/api/v1/auth/me",
        lambda me: me["data"]["consultant"],
    ),
    "workspace": Way(
        SHARED_LOGIN, BY_EMAIL, lambda told: told["access_token"], "/api/v1/users/me", lambda me: me["data"]
    ),
}
NANO_LOGIN = {"message": "", "user": {"id": "", "email": ""}, "access_token": "", "refresh_token": ""}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def sign_up(way, google):
    if way == "google":
        return by_google(google)
    path, body = SIGN_UPS[way]
    return Caller().post(path, body)


def by_google(google):
    return Caller().post("/api/auth/google", {"credential": google.token(email=EMAIL)})


def prove_the_address(first):
    """Each way asks for what it takes before everything is open."""
    if first == "google":
        Caller().post("/api/auth/forgot-password", {"email": EMAIL})
        body = {"token": link_token_of(EMAIL, "password_reset"), "newPassword": PASSWORD}
        assert Caller().post("/api/auth/reset-password", body).status_code == 200
        return
    assert Caller().post("/api/otp/verify", {"identifier": EMAIL, "otp": code_of(EMAIL)}).status_code == 200
    if first == "workspace":
        token = link_token_of(OFFICE, "verify_organization")
        assert Caller().get(f"/api/v1/auth/verify-email?token={token}").status_code == 200


def signed_in(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def documented_login(dialect):
    return NANO_LOGIN if dialect == "nano" else example_of("POST", SIGN_INS[dialect].sign_in, dialect=dialect)[1]


@pytest.mark.parametrize("first", EVERY_WAY)
def test_signed_up_in_one_dialect_each_other_signs_in_and_tells_the_same_person(first, google):
    assert sign_up(first, google).status_code == (200 if first == "google" else 201)
    prove_the_address(first)
    user = User.objects.get()
    consultant = user.consultant if first == "nakksha" else make_consultant(user)
    if first != "workspace":
        add_member(make_organization(), user=user)
    everybody = User.objects.count()
    Session.objects.all().delete()

    for dialect, way in SIGN_INS.items():
        told = signed_in(Caller().post(way.sign_in, way.body))
        assert_documented(told, documented_login(dialect))
        me = way.person_in(signed_in(Caller(token=way.token_in(told)).get(way.me)))
        own_id = consultant.pk if dialect == "nakksha" else user.pk
        assert (me["id"], me["email"]) == (str(own_id), EMAIL), dialect
    assert signed_in(by_google(google))["user"]["id"] == str(user.pk)

    assert User.objects.count() == everybody
    assert set(Session.objects.values_list("user", flat=True)) == {user.pk}
    assert Session.objects.count() == len(SIGN_INS) + 1


@pytest.mark.parametrize("first", EVERY_WAY)
def test_rento_tells_the_same_person_by_token_by_cookie_and_by_google(first, google):
    """Its only call that tells who somebody is selects a role, of whoever may still do so."""
    sign_up(first, google)
    prove_the_address(first)
    user = User.objects.get()
    browser = Caller()
    token = signed_in(browser.post("/api/user/signin", BY_EMAIL))["data"]["token"]
    google.desk.changes = {"email": EMAIL}
    redirected = Caller()
    assert redirected.get(back_from_google(redirected)).status_code == 302
    for caller in (Caller(token=token), browser, redirected):
        User.objects.update(is_role_open=True)
        me = signed_in(caller.post("/api/user/select-role", {"role": "Landlord"}, origin=django_settings.PUBLIC_URL))
        assert (me["data"]["user"]["id"], me["data"]["user"]["email"]) == (str(user.pk), EMAIL)
    told = signed_in(Caller().post("/api/user/signin", BY_EMAIL))
    assert_documented(told, example_of("POST", "/api/user/signin", dialect="rento")[1])
    assert User.objects.count() == 1


@pytest.mark.parametrize("first", EVERY_WAY)
def test_the_account_decides_what_the_shared_sign_in_answers(first, google):
    sign_up(first, google)
    prove_the_address(first)
    told = signed_in(Caller().post(SHARED_LOGIN, BY_EMAIL))
    if first == "nakksha":
        assert set(told) == {"message", "data"}
        assert told["data"]["consultant"]["slug"] == "john-doe-1"
        return
    assert set(told) == {"message", "access_token", "refresh_token", "user", "organization"}
    assert told["user"]["id"] == str(User.objects.get().pk)
    assert told["organization"] is None if first != "workspace" else told["organization"]["name"] == "Acme Corp"


@pytest.mark.parametrize("first", EVERY_WAY)
def test_an_address_that_has_an_account_is_taken_in_every_dialect(first, google):
    sign_up(first, google)
    again = {
        dialect: Caller().post(path, {**body, "organization_email": "another@acme.example"}).status_code
        for dialect, (path, body) in SIGN_UPS.items()
    }
    assert set(again.values()) == {409}, again
    assert User.objects.count() == 1
