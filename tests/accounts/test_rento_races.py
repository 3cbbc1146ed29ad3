"""Real threads against rento's guards. Each guard has its control: switched off, the race happens."""

import time
from collections import Counter

import pytest

from accounts.models import AuditEntry, Budget, Session, User
from accounts.services import audit, google, google_redirect, one_time_tokens, role_choice
from flashspace.base.clock import now
from flashspace.dialects.limits import Usage
from tests.accounts.api import Caller, mails_to
from tests.factories.accounts import UserFactory, sign_in_as
from tests.races import unguarded
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

EMAIL = "john@example.com"
MANY = 20


@pytest.fixture(autouse=True)
def _no_limits(settings, monkeypatch):
    settings.RATE_LIMITS = "off"
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)


def statuses(path, body, token="", **headers):
    answers = together(MANY, lambda _: Caller(token=token).post(path, body, **headers).status_code)
    return Counter(str(answer) for answer in answers)


def choose(user):
    token = sign_in_as(user).tokens.access
    return statuses("/api/user/select-role", {"role": "Landlord"}, token)


def test_of_20_choices_of_a_role_one_counts(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory(is_role_open=True)
        assert choose(user) == {"200": 1, "400": 19}
        assert AuditEntry.objects.filter(action="user.role_chosen", target_id=str(user.pk)).count() == 1


def test_control_without_the_lock_a_role_is_chosen_more_than_once(monkeypatch):
    real = audit.snapshot

    def slow(*args):
        time.sleep(0.02)
        return real(*args)

    monkeypatch.setattr(role_choice.audit, "snapshot", slow)

    def attempt():
        with unguarded(role_choice):
            return choose(UserFactory(is_role_open=True))["200"] > 1

    assert any(attempt() for _ in range(10))


def open_code():
    user = UserFactory()
    session = sign_in_as(user).session
    secret = one_time_tokens.issue_token(user=user, purpose=one_time_tokens.TokenPurpose.EXCHANGE, session=session)
    return secret[:20], secret[20:]


def exchanges():
    code, kept = open_code()
    return statuses("/api/user/auth/google/exchange", {"code": code}, Cookie=f"google_arrival={kept}")


def test_of_20_uses_of_the_code_of_a_google_sign_in_one_counts(race_rounds):
    for _ in range(race_rounds):
        assert exchanges() == {"200": 1, "400": 19}


def test_control_a_code_that_is_looked_for_and_then_marked_opens_more_than_once(monkeypatch):
    def look_then_mark(token):
        time.sleep(0.01)
        token.used_at, is_first = now(), token.used_at is None
        token.save()
        return is_first

    monkeypatch.setattr(one_time_tokens, "use_token", look_then_mark)
    monkeypatch.setattr(google_redirect, "redeem", google_redirect.redeem.__wrapped__)

    def attempt():
        return exchanges()["200"] > 1

    assert any(attempt() for _ in range(10))


def use_up(number):
    try:
        google._use_up("header.claims.signature", int(time.time()) + 3600)
    except google.GoogleRefused:
        return "refused"
    return "used"


def test_of_20_uses_of_one_id_token_one_counts(race_rounds):
    for _ in range(race_rounds):
        Budget.objects.all().delete()
        assert Counter(together(MANY, use_up)) == {"used": 1, "refused": 19}


def test_control_a_mark_that_is_read_and_then_written_lets_more_in(monkeypatch):
    def take(name, key, limit, window):
        is_there = Budget.objects.filter(name=name).exists()
        time.sleep(0.02)
        Budget.objects.update_or_create(name=name, key="k", defaults={"count": 1, "resets_at": now()})
        return Usage(limit=1, remaining=0, reset_at=now(), allowed=not is_there)

    monkeypatch.setattr(google.budgets, "take", take)

    def attempt():
        Budget.objects.all().delete()
        return Counter(map(str, together(MANY, use_up)))["used"] > 1

    assert any(attempt() for _ in range(10))


def test_of_20_sign_ups_with_one_address_one_account_and_one_mail_come(race_rounds):
    body = {"fullName": "John Doe", "email": EMAIL, "password": "Password123", "role": "Tenant"}
    for _ in range(race_rounds):
        User.objects.all().delete()
        assert statuses("/api/user/signup", body) == {"201": 1, "409": 19}
        assert User.objects.count() == 1


def test_of_20_sign_ins_without_a_proved_address_one_mail_comes(race_rounds):
    for number in range(race_rounds):
        email = f"{number}{EMAIL}"
        UserFactory(email=email, password="Password123", email_verified_at=None)
        assert statuses("/api/user/signin", {"email": email, "password": "Password123"}) == {"403": MANY}
        assert len(mails_to(email, "verify_email")) == 1
        assert not Session.objects.filter(user__email=email).exists()
