"""Whoever left an organization is seen there as they were then; what they do with their account since is their own."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import Membership, User
from tests.accounts.api import Caller, link_token_of
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as
from tests.factories.organizations import add_member, make_organization, make_role
from tests.organizations.calls import Colleague, invitation_token_of, owner

pytestmark = pytest.mark.django_db

THEN = {"email": "jane@example.com", "first_name": "Jane Ann", "last_name": "Roe", "avatar_url": None}
NOW = ("hiding", "91234", "married", "portrait")
LISTS = [
    "/api/v1/users?status={status}",
    "/api/v1/invitations",
    "/api/v1/audit-logs",
    "/api/v1/audit-logs/stats",
    "/api/v1/audit-logs/viewable-users",
]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def acme():
    return make_organization(role_limit=10)


@pytest.fixture
def boss(acme):
    return owner(acme)


@pytest.fixture
def jane(acme):
    """She has asked somebody to join, so that she stands in the log and at an invitation too."""
    jane = UserFactory(email="jane@example.com", full_name="Jane Ann Roe", given_name="Jane Ann", phone="+919999900000")
    add_member(acme, user=jane)
    ask(jane, acme, "asked@example.com")
    return jane


def ask(person, organization, email):
    body = {"email": email, "role_id": make_role(organization).pk}
    assert Colleague(person, organization).post("/api/v1/invitations", body).status_code == 201


def leave(boss, jane, status):
    if status == "revoked":
        return boss.post(f"/api/v1/users/{jane.pk}/revoke", {})
    return boss.put(f"/api/v1/users/{jane.pk}", {"status": status})


def live_on(jane):
    """Another name, number, picture and address; one more address waits."""
    hers = Caller(token=sign_in_as(jane).tokens.access)
    User.objects.filter(pk=jane.pk).update(
        full_name="Jane Ann Married", phone="+919123456789", picture_url="https://pictures.example/portrait.png"
    )
    for address in ("hiding@example.com", "hiding-again@example.com"):
        hers.post("/api/auth/change-email", {"newEmail": address, "password": PASSWORD})
        if address == "hiding@example.com":
            Caller().get(f"/api/auth/confirm-email?token={link_token_of(address, 'email_change')}")
    jane.refresh_from_db()
    assert (jane.email, jane.pending_email) == ("hiding@example.com", "hiding-again@example.com")


@pytest.mark.parametrize("status", ["revoked", "deleted"])
def test_an_organization_sees_who_left_as_they_were_then(acme, boss, jane, status):
    left = leave(boss, jane, status)
    live_on(jane)
    now = boss.get(f"/api/v1/users/{jane.pk}")
    told = now.json()["data"]
    assert {name: told[name] for name in THEN} == THEN
    assert (told["id"], told["full_name"], told["status"]) == (str(jane.pk), "Jane Ann Roe", status)
    assert (told["phone"], told["pending_email"], told["email_verified"]) == (None, None, False)
    lists = [boss.get(path.format(status=status)) for path in LISTS]
    for answer in (left, now, *lists):
        assert answer.status_code == 200
        assert "Jane Ann" in answer.content.decode()
        assert not [word for word in NOW if word in answer.content.decode().lower()], answer.content
    offer = Caller().get(f"/api/v1/invitations/token/{invitation_token_of('asked@example.com')}").json()["data"]
    assert offer["inviter"] == {"id": str(jane.pk), **THEN}


def test_who_left_is_found_by_what_they_were_called_then(acme, boss, jane):
    leave(boss, jane, "revoked")
    live_on(jane)
    found = {
        word: boss.get(f"/api/v1/users?status=revoked&search={word}").json()["total"]
        for word in ("jane@example", "roe", "hiding", "married")
    }
    assert found == {"jane@example": 1, "roe": 1, "hiding": 0, "married": 0}
    assert boss.get("/api/v1/users?search=roe").json()["total"] == 0


def test_who_came_back_is_seen_as_they_are(acme, boss, jane):
    leave(boss, jane, "revoked")
    live_on(jane)
    boss.post("/api/v1/invitations", {"email": jane.email, "role_id": 2})
    token = invitation_token_of(jane.email)
    assert Caller().post(f"/api/v1/invitations/accept/{token}").status_code == 200
    assert boss.get(f"/api/v1/users/{jane.pk}").json()["data"]["full_name"] == "Jane Ann Married"
    for word, times in (("married", 1), ("roe", 0)):
        assert boss.get(f"/api/v1/users?search={word}").json()["total"] == times
    former = Membership.objects.get(user=jane)
    assert (former.ended_name, former.ended_email) == ("", "")


def test_another_organization_sees_its_own_member_as_she_is(acme, boss, jane):
    elsewhere = make_organization("Elsewhere", role_limit=10)
    add_member(elsewhere, user=jane)
    leave(boss, jane, "revoked")
    live_on(jane)
    other = owner(elsewhere)
    assert other.get(f"/api/v1/users/{jane.pk}").json()["data"]["email"] == "hiding@example.com"
    ask(jane, elsewhere, "second@example.com")
    assert other.get("/api/v1/invitations").json()["data"][0]["inviter"]["email"] == "hiding@example.com"
    assert boss.get("/api/v1/invitations").json()["data"][0]["inviter"]["email"] == "jane@example.com"


def test_those_who_left_before_are_written_down_as_they_are(acme, jane):
    Membership.objects.filter(user=jane).update(status="deleted")
    import_module("accounts.migrations.0019_as_they_were_when_they_left").write_down(apps, None)
    former = Membership.objects.get(user=jane)
    assert (former.ended_name, former.ended_email) == ("Jane Ann Roe", "jane@example.com")
    assert not Membership.objects.exclude(pk=former.pk).exclude(ended_email="").exists()
