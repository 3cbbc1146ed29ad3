"""Another e-mail address: it waits for its mailbox, and the old one hears of it."""

import time
from datetime import timedelta
from functools import partial

import pytest
from allauth.socialaccount.models import SocialAccount

from accounts.enums import TokenPurpose
from accounts.exceptions import StaffOnly
from accounts.models import AuditEntry, OneTimeToken, Session, User
from accounts.selectors.mfa import has_second_factor
from accounts.services import email_change, one_time_tokens, password_change
from accounts.services.users import set_rights
from flashspace.base.clock import now
from flashspace.base.errors import RateLimited
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as
from tests.factories.organizations import add_member, add_newcomer, make_organization
from tests.together import together

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
        email_change.request_change(user=StaffFactory(), email=NEW, organization=make_organization())
    assert email_change.request_change(user=user, email=NEW, organization=make_organization()).pending_email == NEW


def test_an_account_asks_five_times_an_hour(user, caller):
    statuses = [ask(caller, f"new-{number}@example.com").status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]


def test_asking_for_somebodys_address_leaves_them_the_mails_to_choose_a_new_password(user, settings):
    settings.SECURITY_PROFILE = "strict"
    UserFactory(email=NEW)
    for number in range(3):
        ask_for(UserFactory(email=f"member-{number}@example.com"))
    strangers = [Caller(token=sign_in_as(UserFactory()).tokens.access) for _ in range(3)]
    assert {ask(stranger).status_code for stranger in strangers} == {429}
    assert Caller().post("/api/auth/forgot-password", {"email": NEW}).status_code == 200
    assert len(mails_to(NEW, "password_reset")) == 1


def test_a_mailbox_is_not_filled_with_links_of_changes(user):
    callers = [Caller(token=sign_in_as(UserFactory()).tokens.access) for _ in range(4)]
    assert [ask(one).status_code for one in callers] == [200, 200, 200, 429]
    assert len(mails_to(NEW, "email_change")) == 3


def test_what_an_organization_asks_for_leaves_the_person_their_own_tries(user, caller):
    organization = make_organization()
    for number in range(5):
        email_change.request_change(user=user, email=f"new-{number}@example.com", organization=organization)
    with pytest.raises(RateLimited):
        email_change.request_change(user=user, email="new-5@example.com", organization=organization)
    assert ask(caller).status_code == 200


# The old mailbox does not want it


def keep(email=OLD):
    return keep_by(link_token_of(email, "email_change_asked"))


def keep_by(token):
    return Caller().post("/api/auth/keep-email", {"token": token})


def test_the_old_mailbox_stops_what_waits_and_may_do_it_once(user, caller):
    ask(caller)
    assert keep().status_code == 200
    assert (fresh(user).email, fresh(user).pending_email) == (OLD, "")
    assert confirm(link_token_of(NEW, "email_change")).status_code == 400
    assert keep().status_code == 400
    assert caller.get("/api/auth/profile").status_code == 200, "nobody came in by it"
    entry = AuditEntry.objects.get(action="user.email_kept")
    assert (entry.before, entry.after) == ({"pending_email": NEW}, {"pending_email": "", "is_taken_back": False})


def test_what_the_person_asked_for_and_confirmed_stays(user, caller):
    """Else whoever has the old mailbox, which one may be leaving for that, had the account for a week."""
    ask(caller)
    assert confirm(link_token_of(NEW, "email_change")).status_code == 200
    assert keep().status_code == 400
    assert fresh(user).email == NEW


def ask_for(user, email=NEW):
    """Whoever runs the organization that made the person's account."""
    organization = make_organization()
    add_newcomer(organization, user=user)
    email_change.request_change(user=user, email=email, organization=organization)
    return organization


def take_over(user):
    """They name an address of their own, confirm it and choose a password."""
    ask_for(user)
    assert confirm(link_token_of(NEW, "email_change")).status_code == 200
    password_change.request_reset(email=NEW)
    body = {"token": link_token_of(NEW, "password_reset"), "newPassword": "orchid lantern river"}
    assert Caller().post("/api/auth/reset-password", body).status_code == 200
    signed_in = Caller().post("/api/auth/login", {"email": NEW, "password": "orchid lantern river"})
    return Caller(token=signed_in.json()["accessToken"])


def test_what_an_organization_asked_for_is_taken_back_by_the_old_mailbox_for_a_week(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    thief = take_over(user)
    ask(thief, "further@example.com", "orchid lantern river")
    time_machine.shift(timedelta(days=6))
    assert keep().status_code == 200
    assert (fresh(user).email, fresh(user).pending_email, fresh(user).is_email_verified) == (OLD, "", True)
    assert thief.get("/api/auth/profile").status_code == 401
    assert Caller().post("/api/auth/login", {"email": OLD, "password": "orchid lantern river"}).status_code == 401
    assert confirm(link_token_of("further@example.com", "email_change")).status_code == 400
    body = {"token": link_token_of(OLD, "password_reset"), "newPassword": "meadow lantern river"}
    assert Caller().post("/api/auth/reset-password", body).status_code == 200
    assert Caller().post("/api/auth/login", {"email": OLD, "password": "meadow lantern river"}).status_code == 200


def test_a_thief_who_moves_on_does_not_end_the_link(user):
    thief = take_over(user)
    ask(thief, "further@example.com", "orchid lantern river")
    assert confirm(link_token_of("further@example.com", "email_change")).status_code == 200
    assert keep().status_code == 200
    assert fresh(user).email == OLD


def test_after_a_week_the_change_stays(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    take_over(user)
    time_machine.shift(timedelta(days=7, seconds=1))
    assert keep().status_code == 400
    assert fresh(user).email == NEW


def test_an_address_that_somebody_else_took_and_proved_is_not_given_back(user):
    take_over(user)
    other = UserFactory(email=OLD)
    session = sign_in_as(other).session
    assert [keep().status_code for _ in range(2)] == [409, 409]
    assert fresh(user).email == NEW
    assert (fresh(other).email, fresh(other).is_active) == (OLD, True)
    assert Session.objects.get(pk=session.pk).ended_at is None


def test_who_sits_on_the_address_and_never_proved_it_is_moved_out(user):
    """A thief signs up with what the change has set free: that must not keep the owner out for the week."""
    take_over(user)
    body = {"fullName": "Jane Doe", "email": OLD, "password": "squatting lantern river"}
    assert Caller(address="203.0.113.9").post("/api/auth/signup", body).status_code == 201
    squatter = User.objects.get(email=OLD)
    squatting = sign_in_as(squatter)
    verifying = link_token_of(OLD)
    password_change.request_reset(email=OLD)
    resetting = link_token_of(OLD, "password_reset")
    assert keep().status_code == 200
    assert (fresh(user).email, fresh(user).is_email_verified) == (OLD, True)
    moved = fresh(squatter)
    assert (moved.email.partition("@")[2], moved.is_active, moved.is_email_verified) == ("nobody.invalid", False, False)
    assert Caller(token=squatting.tokens.access).get("/api/auth/profile").status_code == 401
    assert not OneTimeToken.objects.filter(user=squatter, used_at=None).exists()
    assert Caller().get(f"/api/auth/verify-email?token={verifying}").status_code == 400
    theirs = {"token": resetting, "newPassword": "meadow lantern river"}
    assert Caller().post("/api/auth/reset-password", theirs).status_code == 400
    mine = {"token": link_token_of(OLD, "password_reset"), "newPassword": "meadow lantern river"}
    assert Caller().post("/api/auth/reset-password", mine).status_code == 200
    signed_in = Caller().post("/api/auth/login", {"email": OLD, "password": "meadow lantern river"})
    assert signed_in.json()["user"]["id"] == str(user.pk)
    entry = AuditEntry.objects.get(action="user.email_given_up")
    assert (entry.actor, entry.target_id, entry.before["email"]) == (user, str(squatter.pk), OLD)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_moving_somebody_out_waits_for_nobody_who_waits_for_it(race_rounds, monkeypatch):
    """Links to reset the password of the one who sits there are asked for meanwhile: they lock its tokens too."""
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    for number in range(race_rounds):
        old, new = f"old-{number}@example.com", f"new-{number}@example.com"
        owner = UserFactory(email=old)
        ask_for(owner, new)
        email_change.confirm_email_change(token=link_token_of(new, "email_change"))
        UserFactory(email=old, email_verified_at=None)
        acts = [partial(password_change.request_reset, email=old) for _ in range(6)]
        acts.insert(3, partial(email_change.keep_email, token=link_token_of(old, "email_change_asked")))
        results = together(len(acts), lambda one, acts=acts: acts[one]())
        assert [result for result in results if isinstance(result, Exception)] == []
        assert fresh(owner).email == old


def test_a_link_of_an_organization_takes_nothing_back_from_a_colleague(user):
    """Else whoever has the old mailbox became one of our staff by it, without the second factor."""
    take_over(user)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    enrol(fresh(user))
    assert keep().status_code == 400
    assert fresh(user).email == NEW
    assert has_second_factor(user)
    User.objects.filter(pk=user.pk).update(is_staff=False, is_superuser=False)
    assert keep().status_code == 200, "the link itself was good"


def test_who_becomes_a_colleague_leaves_no_link_behind_that_moves_the_address(user):
    take_over(user)
    thief = Caller(token=sign_in_as(fresh(user)).tokens.access)
    ask(thief, "further@example.com", "orchid lantern river")
    boss = StaffFactory(is_superuser=True)
    links = OneTimeToken.objects.filter(user=user, purpose__in=[TokenPurpose.CHANGE_EMAIL, TokenPurpose.KEEP_EMAIL])
    assert links.filter(used_at=None).count() == 3
    set_rights(user=fresh(user), is_staff=True, is_superuser=False, groups=[], actor=boss)
    assert not links.filter(used_at=None).exists()
    assert fresh(user).pending_email == ""
    set_rights(user=fresh(user), is_staff=False, is_superuser=False, groups=[], actor=boss)
    assert keep().status_code == 400
    assert confirm(link_token_of("further@example.com", "email_change")).status_code == 400
    assert fresh(user).email == NEW


def test_what_an_organization_asked_for_in_vain_takes_back_no_change_of_the_persons_own(user, caller):
    ask_for(user, "corporate@example.com")
    of_the_organization = link_token_of(OLD, "email_change_asked")
    ask(caller)
    assert confirm(link_token_of(NEW, "email_change")).status_code == 200
    assert keep_by(of_the_organization).status_code == 400
    assert fresh(user).email == NEW


def test_keeping_an_address_ends_its_other_links(user, caller):
    """Else an earlier one took the address back from whoever moves on of their own will."""
    organization = ask_for(user, "corporate@example.com")
    first = link_token_of(OLD, "email_change_asked")
    email_change.request_change(user=user, email="company@example.com", organization=organization)
    second = link_token_of(OLD, "email_change_asked")
    assert first != second
    assert [keep_by(second).status_code, keep_by(first).status_code] == [200, 400]


def test_a_thief_cannot_take_back_what_the_owner_has_taken_back(user):
    """The organization asks once more: the link to keep the address goes to the thief's mailbox then."""
    organization = ask_for(user)
    assert confirm(link_token_of(NEW, "email_change")).status_code == 200
    email_change.request_change(user=fresh(user), email="further@example.com", organization=organization)
    of_the_thief = link_token_of(NEW, "email_change_asked")
    assert keep().status_code == 200
    assert keep_by(of_the_thief).status_code == 400
    assert fresh(user).email == OLD


def test_an_owner_may_still_take_back_after_the_thief_kept_theirs(user):
    organization = ask_for(user)
    assert confirm(link_token_of(NEW, "email_change")).status_code == 200
    email_change.request_change(user=fresh(user), email="further@example.com", organization=organization)
    assert [keep(NEW).status_code, keep().status_code] == [200, 200]
    assert fresh(user).email == OLD


def test_ways_in_that_were_made_meanwhile_end_with_it_and_earlier_ones_stay(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    SocialAccount.objects.create(user=user, provider="google", uid="of the owner")
    time_machine.shift(timedelta(minutes=1))
    take_over(user)
    SocialAccount.objects.create(user=user, provider="google", uid="of the thief")
    enrol(fresh(user))
    assert keep().status_code == 200
    assert list(SocialAccount.objects.values_list("uid", flat=True)) == ["of the owner"]
    assert not has_second_factor(user)
    entry = AuditEntry.objects.get(action="user.email_kept")
    assert (entry.before, entry.after) == (
        {"email": NEW},
        {"email": OLD, "is_taken_back": True, "sessions": 1, "google_accounts": ["of the thief"]},
    )


def test_a_second_factor_from_before_stays(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    enrol(user)
    time_machine.shift(timedelta(minutes=1))
    take_over(user)
    assert keep().status_code == 200
    assert has_second_factor(user)


def _leave(user, organization):
    organization.memberships.filter(user=user).update(status="deleted")


def _join_another(user, organization):
    add_member(make_organization("Elsewhere"), user=user)


@pytest.mark.parametrize("happen", [_leave, _join_another])
def test_an_organization_that_may_not_ask_any_more_gets_nothing(user, happen):
    organization = ask_for(user)
    happen(user, organization)
    assert confirm(link_token_of(NEW, "email_change")).status_code == 400
    assert fresh(user).email == OLD


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_confirming_and_asking_for_a_new_password_at_once_wait_for_each_other(race_rounds, monkeypatch, settings):
    """The one holds links and then needs the account, the other has the account: in the other order a deadlock."""
    settings.RATE_LIMITS = "off"
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    withdraw = one_time_tokens.withdraw_tokens

    def withdraw_slowly(*purposes, **whose):
        withdraw(*purposes, **whose)
        time.sleep(0.05)

    for _ in range(race_rounds):
        user = UserFactory()
        password_change.request_reset(email=user.email)
        here = add_newcomer(make_organization(), user=user).organization
        email_change.request_change(user=user, email=NEW, organization=here)
        token = link_token_of(NEW, "email_change")
        acts = [
            lambda token=token: email_change.confirm_email_change(token=token),
            lambda user=user: password_change.request_reset(email=user.email),
        ]
        with monkeypatch.context() as slow:
            slow.setattr(one_time_tokens, "withdraw_tokens", withdraw_slowly)
            told = together(2, lambda number, acts=acts: acts[number]())
        assert [one for one in told if isinstance(one, Exception)] == []
        User.objects.filter(email=NEW).delete()
