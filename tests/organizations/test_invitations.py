"""Asking and joining: who may sit down, and what is looked at again when they do."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from accounts.enums import InvitationStatus
from accounts.models import AuditEntry, Invitation, Membership, Notification, Session, User
from accounts.services.invitations import EXPIRE_INVITATIONS, LIFE
from accounts.tasks import expire_invitations
from flashspace.base.clock import now
from tests.accounts.api import Caller, mails_to
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as
from tests.factories.organizations import add_member, make_organization, make_role
from tests.organizations.calls import Colleague, colleague, invitation_token_of, owner

pytestmark = pytest.mark.django_db

EMAIL = "jane@example.com"
NEWCOMER = {"first_name": "Jane", "last_name": "Doe", "password": "SecurePassword123!"}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def acme():
    return make_organization(user_limit=3, role_limit=10)


@pytest.fixture
def boss(acme):
    return owner(acme)


def ask(caller, email=EMAIL, role_id=2):
    answer = caller.post("/api/v1/invitations", {"email": email, "role_id": role_id})
    assert answer.status_code == 201, answer.content
    return invitation_token_of(email.strip().lower())


def accept(token, body=None):
    return Caller().post(f"/api/v1/invitations/accept/{token}", {} if body is None else body)


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content


def test_a_newcomer_gets_an_account_with_a_proved_address(acme, boss):
    assert accept(ask(boss, "  Jane@EXAMPLE.com"), NEWCOMER).status_code == 200
    jane = User.objects.get(email=EMAIL)
    assert (jane.first_name, jane.last_name, jane.is_email_verified) == ("Jane", "Doe", True)
    assert jane.check_password(NEWCOMER["password"])
    assert set(AuditEntry.objects.filter(organization=acme).values_list("action", flat=True)) == {
        "invitation.created",
        "user.created",
        "user.joined",
        "invitation.accepted",
    }
    assert Notification.objects.get(user=boss.user).kind == "invitation.accepted"


@pytest.mark.parametrize("missing", ["first_name", "password"])
def test_a_newcomer_without_what_an_account_needs_is_422_and_may_try_again(boss, missing):
    token = ask(boss)
    answer = accept(token, {name: value for name, value in NEWCOMER.items() if name != missing})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [missing])
    assert not User.objects.filter(email=EMAIL).exists()
    assert accept(token, NEWCOMER).status_code == 200


def test_who_has_an_account_needs_nothing_and_keeps_what_they_have(acme, boss):
    jane = UserFactory(email=EMAIL, full_name="Jane Roe")
    session = sign_in_as(jane).session
    assert accept(ask(boss), NEWCOMER).status_code == 200
    jane.refresh_from_db()
    assert (jane.full_name, jane.check_password(PASSWORD)) == ("Jane Roe", True)
    assert Session.objects.get(pk=session.pk).ended_at is None
    assert Membership.objects.get(user=jane).organization == acme


def test_an_account_whose_address_nobody_proved_is_taken_from_whoever_made_it(boss):
    squatter = UserFactory(email=EMAIL, email_verified_at=None)
    session = sign_in_as(squatter).session
    token = ask(boss)
    assert Caller().get(f"/api/v1/invitations/token/{token}").json()["data"]["has_account"] is False
    assert accept(token).status_code == 422
    assert accept(token, NEWCOMER).status_code == 200
    squatter.refresh_from_db()
    assert squatter.is_email_verified
    assert not squatter.check_password(PASSWORD)
    assert Session.objects.get(pk=session.pk).ended_at is not None


def test_a_former_member_comes_back_in_the_new_role(acme, boss):
    former = add_member(acme, user=UserFactory(email=EMAIL))
    boss.post(f"/api/v1/users/{former.user_id}/revoke", {"reason": "Left"})
    role = make_role(acme, "users.view")
    assert accept(ask(boss, role_id=role.pk)).status_code == 200
    former.refresh_from_db()
    assert (former.status, former.role, former.ended_at, former.end_reason) == ("active", role, None, "")
    assert AuditEntry.objects.filter(action="user.reactivated").exists()


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_whoever_sits_there_is_not_invited(acme, boss, status):
    add_member(acme, user=UserFactory(email=EMAIL), status=status)
    refused(boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}), 409, "ALREADY_MEMBER")


def test_an_invitation_does_not_lift_a_suspension(acme, boss):
    token = ask(boss)
    member = add_member(acme, user=UserFactory(email=EMAIL), status="suspended")
    refused(accept(token), 409, "ALREADY_MEMBER")
    member.refresh_from_db()
    assert member.status == "suspended"


def test_one_invitation_of_an_address_is_open_at_a_time(boss):
    first = ask(boss)
    refused(boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}), 409, "ALREADY_INVITED")
    with time_machine.travel(now() + LIFE + timedelta(seconds=1), tick=False):
        boss = Colleague(boss.user, boss.organization)
        second = ask(boss)
        assert accept(second, NEWCOMER).status_code == 200
        refused(accept(first, NEWCOMER), 400, "INVITATION_OVER")
    assert sorted(Invitation.objects.values_list("status", flat=True)) == ["accepted", "expired"]


def test_an_invitation_works_once(boss):
    token = ask(boss)
    assert accept(token, NEWCOMER).status_code == 200
    again = accept(token, NEWCOMER)
    refused(again, 400, "INVITATION_OVER")
    assert again.json()["message"] == "This invitation was accepted already"


@pytest.mark.parametrize("token", ["rubbish", "a" * 5000, "é"])
def test_an_unknown_token_is_404(token):
    assert Caller().get(f"/api/v1/invitations/token/{token}").status_code == 404
    assert accept(token, NEWCOMER).status_code == 404


def test_time_ends_an_invitation_and_the_clock_writes_it_down_once(boss):
    token = ask(boss)
    late = now() + LIFE
    with time_machine.travel(late, tick=False):
        answer = Caller().get(f"/api/v1/invitations/token/{token}")
        assert answer.json()["message"] == "This invitation has expired; ask for another one"
        refused(accept(token, NEWCOMER), 400, "INVITATION_OVER")
        boss = Colleague(boss.user, boss.organization)
        assert boss.get("/api/v1/invitations?status=expired").json()["total"] == 1
        assert boss.get("/api/v1/invitations?status=pending").json()["total"] == 0
        call_command("expire_invitations", "--dry-run")
        assert Invitation.objects.get().status == InvitationStatus.PENDING
        expire_invitations()
        expire_invitations()
        assert not EXPIRE_INVITATIONS.apply(Invitation.objects.get().pk, late)
    assert Invitation.objects.get().status == InvitationStatus.EXPIRED
    assert Notification.objects.get(user=boss.user).kind == "invitation.expired"
    assert AuditEntry.objects.get(action="invitation.expired").actor is None


def test_seats_are_counted_when_asking_and_when_joining(acme, boss):
    first, second = ask(boss, "one@example.com"), ask(boss, "two@example.com")
    add_member(acme, status="suspended")
    assert accept(first, NEWCOMER).status_code == 200
    refused(accept(second, NEWCOMER), 400, "USER_LIMIT")
    assert not User.objects.filter(email="two@example.com").exists()
    refused(boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}), 400, "USER_LIMIT")


def test_who_is_asked_keeps_a_seat_until_the_invitation_is_over(acme, boss):
    ask(boss, "one@example.com")
    ask(boss, "two@example.com")
    refused(boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}), 400, "USER_LIMIT")
    boss.delete(f"/api/v1/invitations/{Invitation.objects.get(email='one@example.com').pk}")
    ask(boss)
    refused(boss.post("/api/v1/invitations", {"email": "one@example.com", "role_id": 2}), 400, "USER_LIMIT")
    with time_machine.travel(now() + LIFE, tick=False):
        boss = Colleague(boss.user, acme)
        ask(boss, "one@example.com")
        ask(boss)


def test_without_a_limit_everybody_has_room():
    boss = owner(make_organization(user_limit=-1))
    assert accept(ask(boss), NEWCOMER).status_code == 200


def _inviter_left(acme, inviter, role):
    Membership.objects.filter(user=inviter.user).update(status="revoked")


def _inviter_was_put_down(acme, inviter, role):
    low = make_role(acme, "invitations.create", level=8)
    Membership.objects.filter(user=inviter.user).update(role=low)


def _role_is_gone(acme, inviter, role):
    role.is_active = False
    role.save()


def _role_allows_more_by_now(acme, inviter, role):
    role.permissions = ["users.revoke"]
    role.save()


def _organization_sleeps(acme, inviter, role):
    acme.status = "suspended"
    acme.save()


@pytest.mark.parametrize(
    "happen",
    [_inviter_left, _inviter_was_put_down, _role_is_gone, _role_allows_more_by_now, _organization_sleeps],
)
def test_what_an_invitation_offers_is_looked_at_again(acme, happen):
    inviter = colleague(acme, "invitations.create", "users.view", level=3)
    role = make_role(acme, "users.view", level=6)
    token = ask(inviter, role_id=role.pk)
    happen(acme, inviter, role)
    refused(accept(token, NEWCOMER), 400, "INVITATION_OVER")
    assert not User.objects.filter(email=EMAIL).exists()


@pytest.mark.parametrize("level", [2, 3, 4])
def test_nobody_invites_to_their_own_rank_or_above(acme, level):
    inviter = colleague(acme, "invitations.create", level=4)
    role_id = 2 if level == 2 else make_role(acme, level=level).pk
    refused(inviter.post("/api/v1/invitations", {"email": EMAIL, "role_id": role_id}), 403, "RANK_TOO_HIGH")


def test_a_freemium_organization_invites_to_the_system_roles_only():
    acme = make_organization()
    body = {"email": EMAIL, "role_id": make_role(acme).pk}
    refused(owner(acme).post("/api/v1/invitations", body), 403, "ROLE_LIMIT")


def test_an_invitation_above_the_own_rank_is_not_taken_back(acme, boss):
    ask(boss)
    invitation = Invitation.objects.get()
    low = colleague(acme, "invitations.cancel", level=5)
    refused(low.delete(f"/api/v1/invitations/{invitation.pk}"), 403, "RANK_TOO_HIGH")


def test_what_is_over_is_not_taken_back(boss):
    accept(ask(boss), NEWCOMER)
    refused(boss.delete(f"/api/v1/invitations/{Invitation.objects.get().pk}"), 400, "INVITATION_OVER")


def test_a_disabled_account_does_not_come_in_by_a_link(boss):
    UserFactory(email=EMAIL, is_active=False)
    refused(accept(ask(boss)), 403, "ACCOUNT_DISABLED")


def test_a_mailbox_is_not_filled_with_invitations(settings, acme, boss):
    settings.RATE_LIMITS = "workspace.general=1000/m,accounts.invitations=2/d"
    for _ in range(2):
        ask(boss)
        boss.delete(f"/api/v1/invitations/{Invitation.objects.get(status='pending').pk}")
    answer = boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2})
    assert answer.status_code == 429
    assert len(mails_to(EMAIL, "invitation")) == 2


def test_an_organization_sends_so_many_invitations_a_day_whether_it_takes_them_back_or_not(settings, acme, boss):
    settings.RATE_LIMITS = "workspace.general=1000/m,accounts.organization_invitations=4/d"
    for number in range(4):
        ask(boss, f"stranger-{number}@example.com")
        boss.delete(f"/api/v1/invitations/{Invitation.objects.get(status='pending').pk}")
    assert boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}).status_code == 429
    ask(owner(make_organization("Other")))


def test_only_what_was_mailed_counts_for_an_address(settings, acme, boss):
    settings.RATE_LIMITS = "workspace.general=1000/m,accounts.organization_invitations=2/d,accounts.invitations=2/d"
    ask(boss)
    refused(boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}), 409, "ALREADY_INVITED")
    boss.delete(f"/api/v1/invitations/{Invitation.objects.get().pk}")
    ask(boss, "stranger@example.com")
    assert boss.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}).status_code == 429
    full = owner(make_organization("Full", user_limit=1))
    refused(full.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}), 400, "USER_LIMIT")
    ask(owner(make_organization("Other")))
    assert len(mails_to(EMAIL, "invitation")) == 2
    third = owner(make_organization("Third"))
    assert third.post("/api/v1/invitations", {"email": EMAIL, "role_id": 2}).status_code == 429


def test_the_secret_is_stored_nowhere(boss):
    token = ask(boss)
    invitation = Invitation.objects.get()
    assert len(token) >= 43  # 256 bits
    assert token not in str(Invitation.objects.values().get())
    assert token not in str(list(AuditEntry.objects.values()))
    assert token not in str(boss.get("/api/v1/invitations").json())
    assert len(invitation.token_hash) == 64
