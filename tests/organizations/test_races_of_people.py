"""Real threads against what guards an organization. Each guard has its control: without it the race happens."""

import threading

import pytest
from django.db import IntegrityError, connection

from accounts.exceptions import AlreadyMember, InvitationOver, SeatsTaken
from accounts.models import (
    Invitation,
    Mail,
    Membership,
    Notification,
    OneTimeToken,
    Organization,
    OrganizationRole,
    Session,
    User,
)
from accounts.selectors.members import owners_of
from accounts.services import joining, members, organization_lock, passwords
from accounts.services.invitations import invite
from accounts.services.joining import accept_invitation
from accounts.services.members import revoke_member, update_member
from accounts.services.roles import create_role
from accounts.services.users import deactivate_user
from accounts.system_roles import OWNER_ID, ROLES, write_system_roles
from flashspace.base.errors import DomainError
from tests.factories.accounts import StaffFactory
from tests.factories.organizations import add_member, make_organization, owner_of
from tests.organizations.calls import invitation_token_of
from tests.races import unguarded
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

NEWCOMER = {"first_name": "Jane", "last_name": "Doe", "password": "SecurePassword123!"}
SEATS = 5


@pytest.fixture(autouse=True)
def _quiet(settings, monkeypatch):
    """Mails stay unsent, so that their links can be read; how many hashes run at once is another test's question."""
    settings.RATE_LIMITS = "off"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    monkeypatch.setattr(passwords, "_gate", threading.BoundedSemaphore(1000))
    write_system_roles(using="default")


def wipe():
    for model in (Invitation, Membership, Session, OneTimeToken, Notification, Mail):
        model.objects.all().delete()
    OrganizationRole.objects.exclude(pk__in=ROLES).delete()
    Organization.objects.all().delete()
    User.objects.all().delete()


def boss_of(organization):
    return Membership.objects.select_related("role", "organization", "user").get(
        organization=organization, user=owner_of(organization)
    )


def accept(token):
    membership = accept_invitation(token=token, **NEWCOMER)
    return membership.status


def asked(boss, count):
    tokens = []
    for number in range(count):
        email = f"asked-{number}@example.com"
        invite(actor=boss, email=email, role_id=2)
        tokens.append(invitation_token_of(email))
    return tokens


def joined_by_one_link(count):
    wipe()
    organization = make_organization()
    (token,) = asked(boss_of(organization), 1)
    results = together(count, lambda _: accept(token))
    return organization, results


@pytest.mark.parametrize("count", [20, 50])
def test_one_invitation_accepted_by_many_at_once_seats_one(race_rounds, count):
    for _ in range(race_rounds):
        organization, results = joined_by_one_link(count)
        assert results.count("active") == 1
        assert {type(one) for one in results if one != "active"} == {InvitationOver}
        assert Membership.objects.filter(organization=organization).count() == 2
        assert User.objects.count() == 2
        assert list(Notification.objects.values_list("kind", flat=True)) == ["invitation.accepted"]


def test_control_without_the_lock_one_invitation_is_accepted_twice():
    def attempt():
        with unguarded(organization_lock, joining, members):
            _, results = joined_by_one_link(20)
        accepted = Notification.objects.filter(kind="invitation.accepted").count()
        return accepted > 1 or results.count("active") > 1 or unforeseen(results)

    assert any(attempt() for _ in range(10))


def unforeseen(results):
    """The database's own constraints, which stand behind the lock, had to refuse; or the seat was taken already."""
    return any(isinstance(one, IntegrityError | AlreadyMember) for one in results)


def joined_by_links_of_their_own(count=20):
    wipe()
    organization = make_organization(user_limit=50)
    tokens = asked(boss_of(organization), count)
    Organization.objects.update(user_limit=SEATS)  # the package ended
    results = together(count, lambda number: accept(tokens[number]))
    return Membership.objects.filter(organization=organization).count(), results


def test_twenty_who_join_at_once_never_exceed_the_seats(race_rounds):
    for _ in range(race_rounds):
        seats, results = joined_by_links_of_their_own()
        assert seats == SEATS
        assert results.count("active") == SEATS - 1
        assert {type(one) for one in results if one != "active"} == {SeatsTaken}


def test_control_without_the_lock_more_sit_down_than_there_are_seats():
    def attempt():
        with unguarded(organization_lock, joining, members):
            return joined_by_links_of_their_own()[0] > SEATS

    assert any(attempt() for _ in range(10))


PLACES = 20


def owners_after(act, answer):
    """Two owners at each other at once, over the head of a colleague, in 20 places. How many owners can act in each."""
    wipe()
    StaffFactory(is_superuser=True)
    pairs = [two_owners() for _ in range(PLACES)]
    moves = [move for first, second in pairs for move in ((act, first, second), (answer, second, first))]
    results = together(len(moves), lambda number: moves[number][0](*moves[number][1:]))
    assert all(one is None or isinstance(one, DomainError) for one in results), results
    return [owners_of(first.organization).count() for first, _ in pairs], results


def two_owners():
    organization = make_organization()
    add_member(organization, role_id=OWNER_ID)
    add_member(organization)
    people = Membership.objects.select_related("role", "organization", "user").order_by("pk")
    return people.filter(organization=organization, role=OWNER_ID)


def demote(actor, target):
    update_member(actor=actor, user_id=target.user_id, values={"role_id": 2})


def remove(actor, target):
    update_member(actor=actor, user_id=target.user_id, values={"status": "deleted"})


def revoke(actor, target):
    revoke_member(actor=actor, user_id=target.user_id)


def deactivate(_actor, target):
    """By staff, as it happens in the same moment."""
    deactivate_user(user=target.user, actor=User.objects.get(is_superuser=True), reason="asked for it")


AT_EACH_OTHER = [(demote, demote), (remove, remove), (demote, remove), (deactivate, remove)]


@pytest.mark.parametrize(("act", "answer"), [*AT_EACH_OTHER, (deactivate, deactivate)])
def test_two_owners_at_each_other_leave_one(race_rounds, act, answer):
    for _ in range(race_rounds):
        left, results = owners_after(act, answer)
        assert left == [1] * PLACES
        assert results.count(None) == PLACES


def test_two_owners_who_revoke_each_other_both_stay():
    assert owners_after(revoke, revoke)[0] == [2] * PLACES


@pytest.mark.parametrize(("act", "answer"), AT_EACH_OTHER)
def test_control_without_the_lock_two_owners_leave_none(act, answer):
    assert any(none_was_left(act, answer) for _ in range(20))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="looks after it wrote; SQLite's transaction is the lock")
def test_control_without_the_lock_staff_deactivate_both_owners():
    assert any(none_was_left(deactivate, deactivate) for _ in range(20))


def none_was_left(act, answer):
    """Where nobody was refused: without its transaction a refusal takes nothing back."""
    with unguarded(organization_lock, joining, members):
        left, results = owners_after(act, answer)
    return any(count == 0 and results[2 * place : 2 * place + 2] == [None, None] for place, count in enumerate(left))


def roles_made_at_once(limit=5):
    wipe()
    organization = make_organization(role_limit=limit)
    boss = boss_of(organization)
    together(10, lambda number: create_role(actor=boss, name=f"Role {number}", permissions=[]))
    return OrganizationRole.objects.filter(organization=organization).count() + len(ROLES)


def test_roles_made_at_once_stay_within_the_package(race_rounds):
    for _ in range(race_rounds):
        assert roles_made_at_once() == 5


def test_control_without_the_lock_there_are_more_roles_than_the_package_allows():
    def attempt():
        with unguarded(organization_lock, joining, members):
            return roles_made_at_once() > 5

    assert any(attempt() for _ in range(10))
