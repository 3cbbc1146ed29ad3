from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import EndReason
from accounts.exceptions import SessionEnded
from accounts.models import AuditEntry, Session, User
from accounts.services import sessions, users
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden
from tests.accounts.api import Caller
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

PROFILE = "/api/auth/profile"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def user():
    return UserFactory()


def caller_of(opened):
    return Caller(token=opened.tokens.access)


def refresh(token):
    return Caller().post("/api/auth/refresh-token", {"refreshToken": token})


def test_logout_ends_this_session_and_no_other(user):
    one, other = sign_in_as(user), sign_in_as(user)
    assert caller_of(one).post("/api/auth/logout").status_code == 200
    assert caller_of(one).get(PROFILE).status_code == 401
    assert refresh(one.tokens.refresh).status_code == 401
    assert caller_of(other).get(PROFILE).status_code == 200
    assert caller_of(one).post("/api/auth/logout").status_code == 401
    assert Session.objects.get(pk=one.session.pk).end_reason == EndReason.LOGOUT


def end_by_logout_all(user, caller):
    assert caller.post("/api/auth/logout-all").status_code == 200


def end_by_change(user, caller):
    body = {"currentPassword": PASSWORD, "newPassword": "newPassword456"}
    assert caller.post("/api/auth/change-password", body).status_code == 200


def end_by_deactivation(user, caller):
    users.deactivate_user(user=user, actor=StaffFactory(is_superuser=True), reason="asked for it")


def end_by_revocation(user, caller):
    users.end_sessions_of(user=user, actor=StaffFactory(is_superuser=True), reason="why")


@pytest.mark.parametrize("end", [end_by_logout_all, end_by_change, end_by_deactivation, end_by_revocation])
def test_what_ends_all_sessions_ends_access_and_refresh_at_once(user, end):
    here, there = sign_in_as(user), sign_in_as(user)
    stranger = sign_in_as(UserFactory())
    end(user, caller_of(here))
    for opened in (here, there):
        assert caller_of(opened).get(PROFILE).status_code == 401
        assert refresh(opened.tokens.refresh).status_code == 401
    assert caller_of(stranger).get(PROFILE).status_code == 200


def test_a_deleted_user_is_401_and_not_500(user):
    opened = sign_in_as(user)
    user.delete()
    assert caller_of(opened).get(PROFILE).status_code == 401
    assert refresh(opened.tokens.refresh).status_code == 401


def test_role_and_verification_are_read_on_each_request(user):
    caller = caller_of(sign_in_as(user))
    User.objects.update(role="owner", full_name="Asha Rao")
    person = caller.get(PROFILE).json()["user"]
    assert (person["role"], person["fullName"]) == ("partner", "Asha Rao")
    User.objects.update(email_verified_at=None)
    refused = caller.get(PROFILE)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "EMAIL_NOT_VERIFIED")


def test_session_and_user_are_read_in_one_query(user):
    caller = caller_of(sign_in_as(user))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert caller.get(PROFILE).status_code == 200
    assert len(queries) == 1


def test_last_seen_moves_at_most_every_five_minutes(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    opened = sign_in_as(user)
    first = opened.session.last_seen_at
    caller = caller_of(opened)

    def seen():
        assert caller.get(PROFILE).status_code == 200
        return Session.objects.get().last_seen_at

    time_machine.shift(299)
    assert seen() == first
    time_machine.shift(1)
    assert seen() == first + timedelta(minutes=5)
    time_machine.shift(200)
    assert seen() == first + timedelta(minutes=5)


def test_last_seen_is_one_conditional_update(user):
    session = sign_in_as(user).session
    Session.objects.update(last_seen_at=now() - timedelta(minutes=6))
    stale = Session.objects.get()
    sessions.see(Session.objects.get())
    moved = Session.objects.get().last_seen_at
    sessions.see(stale)  # another process read the row before
    assert Session.objects.get(pk=session.pk).last_seen_at == moved


def test_a_refresh_token_stays_good_for_its_session(user):
    opened = sign_in_as(user)
    answers = [refresh(opened.tokens.refresh) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.json()["accessToken"] for answer in answers}) == 3
    assert all("refreshToken" not in answer.json() for answer in answers)


@pytest.fixture
def rotating(settings, time_machine):
    settings.JWT_ROTATE_REFRESH = True
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    return time_machine


def test_rotation_hands_out_a_new_refresh_token_each_time(user, rotating):
    token = sign_in_as(user).tokens.refresh
    for _ in range(3):
        rotating.shift(60)
        answer = refresh(token)
        assert answer.status_code == 200
        assert answer.json()["refreshToken"] != token
        token = answer.json()["refreshToken"]
        assert Caller(token=answer.json()["accessToken"]).get(PROFILE).status_code == 200


def test_rotation_does_not_lengthen_the_session(user, rotating):
    opened = sign_in_as(user)
    rotating.shift(6 * 86400)
    token = refresh(opened.tokens.refresh).json()["refreshToken"]
    rotating.shift(86400)
    assert refresh(token).status_code == 401


def test_a_used_refresh_token_within_two_seconds_is_refused_and_nothing_more(user, rotating):
    first = sign_in_as(user).tokens.refresh
    second = refresh(first).json()["refreshToken"]
    rotating.shift(2)
    assert refresh(first).status_code == 401
    assert refresh(second).status_code == 200


def test_a_used_refresh_token_that_comes_back_later_ends_the_session(user, rotating):
    first = sign_in_as(user).tokens.refresh
    renewed = refresh(first).json()
    rotating.shift(2.1)
    assert refresh(first).status_code == 401
    assert refresh(renewed["refreshToken"]).status_code == 401
    assert Caller(token=renewed["accessToken"]).get(PROFILE).status_code == 401
    assert Session.objects.get().end_reason == EndReason.REUSED


def test_a_refresh_token_from_before_the_last_one_ends_the_session_at_once(user, rotating):
    first = sign_in_as(user).tokens.refresh
    rotating.shift(60)
    second = refresh(first).json()["refreshToken"]
    rotating.shift(60)
    assert refresh(second).status_code == 200
    assert refresh(first).status_code == 401
    assert Session.objects.get().end_reason == EndReason.REUSED


def test_a_session_that_ended_is_not_ended_again(user):
    session = sign_in_as(user).session
    assert sessions.end_session(session=session, reason=EndReason.LOGOUT)
    assert not sessions.end_session(session=session, reason=EndReason.REVOKED)
    assert Session.objects.get().end_reason == EndReason.LOGOUT
    with pytest.raises(SessionEnded):
        sessions.refresh(token=sign_in_and_end(user))


def sign_in_and_end(user):
    opened = sign_in_as(user)
    sessions.end_session(session=opened.session, reason=EndReason.LOGOUT)
    return opened.tokens.refresh


def test_revoking_is_told_to_the_audit_log_once(user):
    actor = StaffFactory(is_superuser=True)
    session = sign_in_as(user).session
    assert sessions.revoke_session(session=session, actor=actor)
    assert not sessions.revoke_session(session=session, actor=actor)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == ("session.revoked", actor, str(session.pk))
    assert entry.after == {"user": user.email}


def test_deactivation_and_activation_are_told_and_done_once(user):
    actor = StaffFactory(is_superuser=True)
    for act in (users.deactivate_user, users.deactivate_user, users.activate_user, users.activate_user):
        act(user=user, actor=actor, reason="why")
    told = list(AuditEntry.objects.order_by("at").values_list("action", "reason", "actor_id"))
    assert told == [("user.deactivated", "why", actor.pk), ("user.activated", "why", actor.pk)]


@pytest.mark.parametrize(
    ("act", "right"),
    [
        (users.deactivate_user, "change_user"),
        (users.activate_user, "change_user"),
        (users.end_sessions_of, "sign_out_user"),
        (users.unlock_user, "unlock_user"),
    ],
)
def test_staff_without_the_permission_change_nobody_and_only_a_superuser_changes_a_colleague(user, act, right):
    with pytest.raises(Forbidden):
        act(user=user, actor=StaffFactory(), reason="why")
    permitted = StaffFactory()
    permitted.user_permissions.add(_permission(right))
    act(user=user, actor=User.objects.get(pk=permitted.pk), reason="why")
    with pytest.raises(Forbidden):
        act(user=StaffFactory(), actor=User.objects.get(pk=permitted.pk), reason="why")


def test_nobody_deactivates_oneself():
    actor = StaffFactory(is_superuser=True)
    with pytest.raises(Forbidden):
        users.deactivate_user(user=actor, actor=actor, reason="tired")


def _permission(codename):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=codename, content_type__app_label="accounts")
