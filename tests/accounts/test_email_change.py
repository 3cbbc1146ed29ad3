"""Another e-mail address: it waits for its mailbox, and the old one hears of it."""

from datetime import timedelta

import pytest

from accounts.exceptions import StaffOnly
from accounts.models import AuditEntry, Session, User
from accounts.services import email_change, password_change
from flashspace.base.clock import now
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

OLD, NEW = "old@example.com", "new@example.com"
CHANGE, CONFIRM = "/api/auth/change-email", "/api/auth/confirm-email"


@pytest.fixture
def user():
    return UserFactory(email=OLD)


@pytest.fixture
def caller(user):
    return Caller(token=sign_in_as(user).tokens.access)


def ask(caller, email=NEW, password=PASSWORD):
    return caller.post(CHANGE, {"newEmail": email, "password": password})


def confirm(token):
    return Caller().get(f"{CONFIRM}?token={token}")


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_the_new_address_counts_once_its_mailbox_confirms_it(user, caller):
    answer = ask(caller)
    assert (answer.status_code, answer.json()["data"]) == (200, {"email": OLD, "pendingEmail": NEW})
    assert (fresh(user).email, fresh(user).pending_email) == (OLD, NEW)
    assert "forgot password" in mails_to(OLD, "email_change_asked")[0].text
    assert NEW in mails_to(OLD, "email_change_asked")[0].text
    assert confirm(link_token_of(NEW, "email_change")).status_code == 200
    assert (fresh(user).email, fresh(user).pending_email, fresh(user).is_email_verified) == (NEW, "", True)
    assert len(mails_to(OLD, "email_changed")) == 1
    assert caller.get("/api/auth/profile").json()["user"]["email"] == NEW
    entry = AuditEntry.objects.get(action="user.email_changed")
    assert (entry.before, entry.after, entry.actor) == ({"email": OLD}, {"email": NEW}, user)
    assert Caller().post("/api/auth/login", {"email": NEW, "password": PASSWORD}).status_code == 200
    assert Caller().post("/api/auth/login", {"email": OLD, "password": PASSWORD}).status_code == 401


def test_a_link_that_did_its_work_answers_alike_and_does_nothing(user, caller):
    ask(caller)
    token = link_token_of(NEW, "email_change")
    assert [confirm(token).status_code for _ in range(3)] == [200, 200, 200]
    assert len(mails_to(OLD, "email_changed")) == 1


def test_a_second_request_withdraws_the_first_link(user, caller):
    ask(caller)
    first = link_token_of(NEW, "email_change")
    ask(caller, "third@example.com")
    assert confirm(first).status_code == 400
    assert fresh(user).email == OLD
    assert confirm(link_token_of("third@example.com", "email_change")).status_code == 200
    assert confirm(first).status_code == 400
    assert fresh(user).email == "third@example.com"


def test_links_that_the_old_address_got_are_good_for_nothing_afterwards(user, caller):
    password_change.request_reset(email=OLD)
    ask(caller)
    confirm(link_token_of(NEW, "email_change"))
    body = {"token": link_token_of(OLD, "password_reset"), "newPassword": "orchid lantern river"}
    assert Caller().post("/api/auth/reset-password", body).status_code == 400


def test_a_new_password_stops_the_change_and_ends_all_sessions(user, caller):
    ask(caller)
    password_change.request_reset(email=OLD)
    body = {"token": link_token_of(OLD, "password_reset"), "newPassword": "orchid lantern river"}
    assert Caller().post("/api/auth/reset-password", body).status_code == 200
    assert confirm(link_token_of(NEW, "email_change")).status_code == 400
    assert (fresh(user).email, fresh(user).pending_email) == (OLD, "")
    assert not Session.objects.filter(user=user, ended_at=None).exists()


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [(NEW, "wrongPassword1", "password"), (OLD, PASSWORD, "newEmail"), ("nonsense", PASSWORD, "newEmail")],
)
def test_what_is_wrong_changes_nothing(user, caller, email, password, field):
    answer = ask(caller, email, password)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)
    assert fresh(user).pending_email == ""
    assert not mails_to(OLD, "email_change_asked")


def test_a_taken_address_is_refused_at_once_and_in_the_strict_profile_nobody_learns_it(user, caller, settings):
    UserFactory(email=NEW)
    assert ask(caller).status_code == 409
    settings.SECURITY_PROFILE = "strict"
    assert ask(caller).status_code == 200
    assert not mails_to(NEW, "email_change")


def test_an_address_that_is_taken_meanwhile_is_409(user, caller):
    ask(caller)
    UserFactory(email=NEW)
    answers = [confirm(link_token_of(NEW, "email_change")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert fresh(user).email == OLD


def test_a_link_is_good_for_a_day_and_for_nothing_else(user, caller, time_machine):
    ask(caller)
    token = link_token_of(NEW, "email_change")
    assert Caller().get(f"/api/auth/verify-email?token={token}").status_code == 400
    assert Caller().post("/api/auth/reset-password", {"token": token, "newPassword": "x" * 12}).status_code == 400
    time_machine.move_to(now() + timedelta(hours=25), tick=False)
    assert confirm(token).status_code == 400


def test_nobody_else_asks_for_a_colleague(user):
    with pytest.raises(StaffOnly):
        email_change.request_change(user=StaffFactory(), email=NEW)
    assert email_change.request_change(user=user, email=NEW).pending_email == NEW


def test_an_account_asks_five_times_an_hour(user, caller):
    statuses = [ask(caller, f"new-{number}@example.com").status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]
