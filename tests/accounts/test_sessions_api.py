"""Where a person is signed in, and the mail that tells of a new place."""

from datetime import timedelta

import pytest

from accounts.models import Mail, Session, User
from accounts.services import sessions
from flashspace.base.clock import now
from tests.accounts.api import Caller as Plain
from tests.accounts.api import mails_to
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

PATH = "/api/auth/sessions"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
LOGIN = "/api/auth/login"


class Caller(Plain):
    def delete(self, path):
        return self._client.delete(path, headers=self._headers({}))


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def opened(user):
    return sign_in_as(user, user_agent=FIREFOX)


@pytest.fixture
def caller(opened):
    return Caller(token=opened.tokens.access)


def test_the_list_tells_device_network_use_and_which_one_asks(user, opened, caller, time_machine):
    at = now()
    time_machine.move_to(at + timedelta(minutes=1), tick=False)
    phone = sign_in_as(user, user_agent=CHROME, network="203.0.113.9", dialect="workspace")
    sign_in_as(UserFactory())
    shown = caller.get(PATH).json()
    assert [one["id"] for one in shown["data"]] == [str(phone.session.pk), str(opened.session.pk)]
    first, second = shown["data"]
    assert first == {
        "id": str(phone.session.pk),
        "device": "Chrome on Android",
        "network": "203.0.113.9",
        "signedInThrough": "workspace",
        "createdAt": first["lastUsedAt"],
        "lastUsedAt": first["lastUsedAt"],
        "expiresAt": first["expiresAt"],
        "hasShownSecondFactor": False,
        "isCurrent": False,
    }
    assert (second["device"], second["isCurrent"], second["signedInThrough"]) == (
        "Firefox on Linux",
        True,
        "flashspace",
    )


def test_ended_and_expired_ones_are_not_in_the_list(user, opened, caller):
    Session.objects.filter(pk=sign_in_as(user).session.pk).update(expires_at=now())
    sessions.end_session(session=sign_in_as(user).session, reason="logout")
    assert [one["id"] for one in caller.get(PATH).json()["data"]] == [str(opened.session.pk)]


def test_ending_one_ends_its_token_at_once_and_no_other(user, caller):
    other = sign_in_as(user)
    third = sign_in_as(user)
    assert caller.delete(f"{PATH}/{other.session.pk}").status_code == 200
    assert Caller(token=other.tokens.access).get("/api/auth/profile").status_code == 401
    assert Caller().post("/api/auth/refresh-token", {"refreshToken": other.tokens.refresh}).status_code == 401
    assert Caller(token=third.tokens.access).get("/api/auth/profile").status_code == 200
    assert caller.get("/api/auth/profile").status_code == 200
    assert caller.delete(f"{PATH}/{other.session.pk}").status_code == 404
    assert Session.objects.get(pk=other.session.pk).end_reason == "owner"


def test_a_foreign_one_is_the_404_of_an_unknown_one(caller):
    foreign = sign_in_as(UserFactory())
    answers = [caller.delete(f"{PATH}/{one}") for one in (foreign.session.pk, foreign.user.pk)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["error"]["message"] == answers[1].json()["error"]["message"]
    assert caller.delete(f"{PATH}/nonsense").status_code == 400
    assert Session.objects.get(pk=foreign.session.pk).ended_at is None


def test_ending_all_others_leaves_the_one_that_asks(user, caller):
    others = [sign_in_as(user) for _ in range(3)]
    stranger = sign_in_as(UserFactory())
    assert caller.delete(PATH).json()["data"] == {"ended": 3}
    statuses = [Caller(token=one.tokens.access).get("/api/auth/profile").status_code for one in (*others, stranger)]
    assert statuses == [401, 401, 401, 200]
    assert caller.get("/api/auth/profile").status_code == 200
    assert caller.delete(PATH).json()["data"] == {"ended": 0}


def test_the_list_takes_the_same_queries_for_one_and_for_many(user, caller, django_assert_num_queries):
    caller.get(PATH)
    with django_assert_num_queries(2):
        caller.get(PATH)
    for _ in range(30):
        sign_in_as(user)
    with django_assert_num_queries(2):
        assert len(caller.get(PATH).json()["data"]) == 31


def log_in(user, address="198.51.100.7", agent=FIREFOX):
    answer = Caller(address, agent).post(LOGIN, {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200
    return answer


def mails(user):
    return [(mail.subject, mail.text) for mail in mails_to(user.email, "new_device")]


def test_the_first_sign_in_ever_and_a_known_device_are_no_news(user):
    log_in(user)
    log_in(user)
    assert mails(user) == []


def test_a_new_network_or_program_is_told_once(user):
    log_in(user)
    log_in(user, "203.0.113.9", CHROME)
    log_in(user, "203.0.113.9", CHROME)
    ((subject, text),) = mails(user)
    assert subject == "A sign-in from a new device"
    assert "Device: Chrome on Android" in text
    assert "Network: 203.0.113.9" in text
    log_in(user, "203.0.113.10", CHROME)
    assert len(mails(user)) == 2


def test_a_device_that_its_owner_put_out_is_news_again_but_once_a_day(user, caller, time_machine):
    log_in(user, "203.0.113.9", CHROME)
    assert caller.delete(PATH).status_code == 200
    log_in(user, "203.0.113.9", CHROME)
    assert len(mails(user)) == 1
    assert caller.delete(PATH).status_code == 200
    time_machine.move_to(now() + timedelta(days=1), tick=False)
    log_in(user, "203.0.113.9", CHROME)
    assert len(mails(user)) == 2


def test_a_device_is_forgotten_after_a_month(user, time_machine):
    log_in(user)
    time_machine.move_to(now() + timedelta(days=31), tick=False)
    log_in(user)
    assert len(mails(user)) == 1
    assert User.objects.get(pk=user.pk).last_login == now()


def test_a_sign_in_that_fails_is_no_news(user):
    log_in(user)
    Caller("203.0.113.9").post(LOGIN, {"email": user.email, "password": "wrongPassword1"})
    assert not Mail.objects.filter(template="new_device").exists()
