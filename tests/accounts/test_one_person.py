"""One person has one account: made in any of the five dialects, it signs in by each of the others."""

import pytest

from accounts.models import Session, User
from tests.accounts.api import Caller, code_of, link_token_of

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD, NAME = "john@example.com", "Password123!", "John Doe"

SIGN_UPS = {
    "flashspace": ("/api/auth/signup", {"email": EMAIL, "fullName": NAME, "password": PASSWORD}),
    "rento": ("/api/user/signup", {"email": EMAIL, "fullName": NAME, "password": PASSWORD, "role": "Landlord"}),
    "nano": ("/api/auth/register", {"email": EMAIL, "full_name": NAME, "password": PASSWORD, "role": "owner"}),
    "nakksha": ("/api/v1/auth/signup", {"email": EMAIL, "name": NAME, "password": PASSWORD}),
    "workspace": (
        "/api/v1/auth/organization/register",
        {
            "organization_name": "Acme Corp",
            "organization_email": "contact@acme.example",
            "first_name": "John",
            "last_name": "Doe",
            "email": EMAIL,
            "password": PASSWORD,
        },
    ),
}


def shared_token(body):
    return body["data"]["tokens"]["accessToken"] if "data" in body else body["access_token"]


BY_EMAIL = {"email": EMAIL, "password": PASSWORD}
# The call of each, and where its answer has the token and the person.
SIGN_INS = {
    "flashspace": ("/api/auth/login", BY_EMAIL, lambda body: body["accessToken"]),
    "rento": ("/api/user/signin", BY_EMAIL, lambda body: body["data"]["token"]),
    "nano": ("/api/auth/login", {"identifier": EMAIL, "password": PASSWORD}, lambda body: body["access_token"]),
    # The account decides which of the two documents answers: a consultant has `data`, anybody else the flat keys.
    "nakksha": ("/api/v1/auth/login", BY_EMAIL, shared_token),
    "workspace": ("/api/v1/auth/login", BY_EMAIL, shared_token),
}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def sign_up(dialect):
    path, body = SIGN_UPS[dialect]
    return Caller().post(path, body)


def prove_the_address():
    assert Caller().post("/api/otp/verify", {"identifier": EMAIL, "otp": code_of(EMAIL)}).status_code == 200


@pytest.mark.parametrize("first", SIGN_UPS)
def test_signed_up_in_one_dialect_signed_in_by_each_other_and_one_row(first):
    assert sign_up(first).status_code == 201
    prove_the_address()
    if first == "workspace":
        token = link_token_of("contact@acme.example", "verify_organization")
        assert Caller().get(f"/api/v1/auth/verify-email?token={token}").status_code == 200
    user = User.objects.get()
    Session.objects.all().delete()
    for dialect, (path, body, token_in) in SIGN_INS.items():
        answer = Caller().post(path, body)
        assert answer.status_code == 200, (dialect, answer.content)
        me = Caller(token=token_in(answer.json())).get("/api/auth/me")
        assert me.json()["user"]["id"] == str(user.pk), dialect
    assert User.objects.count() == 1
    assert Session.objects.filter(user=user).count() == len(SIGN_INS)


@pytest.mark.parametrize("first", SIGN_UPS)
def test_an_address_that_has_an_account_is_taken_in_every_other_dialect(first):
    assert sign_up(first).status_code == 201
    others = {dialect: sign_up(dialect).status_code for dialect in SIGN_UPS if dialect not in {first, "workspace"}}
    assert set(others.values()) == {409}, others
    assert User.objects.count() == 1
