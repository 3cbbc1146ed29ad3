"""Real threads against what guards accounts. Each guard has its control: switched off, the race happens."""

import threading
import time
from collections import Counter
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import override_settings

from accounts.clients import Client
from accounts.exceptions import EmailTaken, SessionEnded
from accounts.models import Budget, IdempotencyKey, Mail, Notification, OneTimeToken, OtpChallenge, Session, User
from accounts.services import (
    budgets,
    idempotency,
    one_time_tokens,
    otp,
    passwords,
    sessions,
    signup,
    verification,
)
from flashspace.base import locks
from flashspace.base.clock import now
from flashspace.base.errors import RateLimited
from tests.accounts.api import Caller, code_of, link_token_of, mails_to
from tests.factories.accounts import UserFactory, sign_in_as
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

EMAIL = "user@example.com"


@pytest.fixture(autouse=True)
def _mails_stay(monkeypatch):
    """Unsent, so that their codes can be read."""
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)


@pytest.fixture(autouse=True)
def _hashes_are_free(monkeypatch):
    """How many run at once is another test's question."""
    monkeypatch.setattr(passwords, "_gate", threading.BoundedSemaphore(1000))


@pytest.fixture
def rounds(race_rounds):
    return range(race_rounds)


def wipe(*models):
    for model in models:
        model.objects.all().delete()


def read_then_write(module, monkeypatch):
    """The service without its lock: on PostgreSQL the row is only read; SQLite's lock is the transaction itself."""
    if connection.vendor == "postgresql":
        monkeypatch.setattr(locks, "ENABLED", False)
    else:
        monkeypatch.setattr(module, "transaction", SimpleNamespace(atomic=lambda **_: nullcontext()))
        for holder in {module, otp, verification}:
            if hasattr(holder, "lock_row"):
                monkeypatch.setattr(holder, "lock_row", lambda rows, **lookup: rows.get(**lookup))


def until_it_happens(attempt, tries=10):
    """A race needs luck; that it can be had is what a control shows."""
    return any(attempt() for _ in range(tries))


# Guesses and probes


def test_of_300_guesses_at_a_code_by_the_api_five_are_compared_wherever_they_come_from(monkeypatch):
    code = int(new_account())
    compared = count_comparisons(monkeypatch)

    def post(number):
        body = {"email": EMAIL, "otp": f"{(code + 1 + number) % 1_000_000:06d}"}
        return Caller(f"203.0.113.{number % 200}").post("/api/auth/verify-otp", body).status_code

    assert Counter(together(300, post)) == {400: 4, 429: 296}
    assert len(compared) == 5


def test_parallel_probes_learn_of_five_accounts(rounds):
    for number in range(40):
        UserFactory(email=f"taken-{number}@example.com")
    for _ in rounds:
        wipe(Budget)
        answers = together(40, probe)
        assert Counter(type(answer) for answer in answers) == {EmailTaken: 5, RateLimited: 35}


def probe(number):
    return signup.sign_up(
        email=f"taken-{number}@example.com", password="securePassword123", full_name="x", client=Client("198.51.100.7")
    )


def test_control_probes_that_are_counted_afterwards_learn_of_more(monkeypatch):
    def afterwards(*, client, tells):
        row, _ = Budget.objects.get_or_create(name="x", key="x", defaults={"resets_at": now()})
        if row.count >= 5:
            raise RateLimited
        told = tells()
        row.count += told
        row.save()
        return told

    monkeypatch.setattr(budgets, "reveal", afterwards)
    for number in range(40):
        UserFactory(email=f"taken-{number}@example.com")

    def attempt():
        wipe(Budget)
        return Counter(type(answer) for answer in together(40, probe))[EmailTaken] > 5

    assert until_it_happens(attempt)


def test_the_same_signup_50_times_at_once_makes_one_account_and_one_mail(rounds, settings):
    settings.RATE_LIMITS = "off"
    body = {"email": EMAIL, "fullName": "John Doe", "password": "securePassword123"}
    for _ in rounds:
        answers = together(50, lambda _: Caller().post("/api/auth/signup", body).status_code)
        assert Counter(answers) == {201: 1, 409: 49}
        assert User.objects.count() == OtpChallenge.objects.count() == len(mails_to(EMAIL, "verify_email")) == 1
        wipe(User, Mail, OtpChallenge)


# Codes and links


def new_account():
    wipe(User, Mail, OtpChallenge, OneTimeToken)
    signup.sign_up(email=EMAIL, password="securePassword123", full_name="John Doe", client=Client("198.51.100.7"))
    return code_of(EMAIL)


def use(code):
    return lambda _: Caller().post("/api/auth/verify-otp", {"email": EMAIL, "otp": code}).status_code


def test_of_50_uses_of_one_code_one_succeeds(rounds, settings):
    settings.RATE_LIMITS = "off"
    for _ in rounds:
        answers = Counter(together(50, use(new_account())))
        assert answers[200] == 1
        assert set(answers) == {200, 400, 429}, "the others are wrong tries"
        assert User.objects.get().is_email_verified


@override_settings(RATE_LIMITS="off")
def test_control_without_the_lock_one_code_succeeds_more_than_once(monkeypatch):
    read_then_write(otp, monkeypatch)
    real = otp._is_right

    def slow(*args):
        time.sleep(0.005)
        return real(*args)

    monkeypatch.setattr(otp, "_is_right", slow)
    assert until_it_happens(lambda: Counter(together(50, use(new_account())))[200] > 1)


def count_comparisons(monkeypatch):
    compared = []
    real = otp._is_right

    def count(*args):
        compared.append(args)
        return real(*args)

    monkeypatch.setattr(otp, "_is_right", count)
    return compared


def guess_code(number):
    try:
        verification.verify_by_code(email=EMAIL, code=f"{number:06d}")
    except otp.OtpWrong:
        return "wrong"
    except otp.OtpLocked:
        return "locked"
    return "right"


def test_of_10000_guesses_at_a_code_five_are_compared(monkeypatch):
    code = int(new_account())
    compared = count_comparisons(monkeypatch)
    first = 0 if code >= 10_000 else 10_000
    answers = Counter(together(10_000, lambda number: guess_code(first + number)))
    assert answers == {"wrong": 4, "locked": 9996}
    assert len(compared) == 5


def test_control_without_the_lock_more_guesses_are_compared(monkeypatch):
    compared = count_comparisons(monkeypatch)
    read_then_write(otp, monkeypatch)

    def attempt():
        code = int(new_account())
        compared.clear()
        together(200, lambda number: guess_code((code + 1 + number) % 1_000_000))
        return len(compared) > 5

    assert until_it_happens(attempt)


def test_of_200_resends_at_once_one_is_mailed(rounds, settings):
    settings.RATE_LIMITS = "off"
    for _ in rounds:
        new_account()
        OtpChallenge.objects.update(sent_at=None)
        wipe(Mail)
        answers = together(200, lambda _: Caller().post("/api/auth/resend-otp", {"email": EMAIL}).status_code)
        assert Counter(answers) == {200: 1, 429: 199}
        assert Mail.objects.count() == 1


def test_of_20_uses_of_a_reset_link_one_succeeds(rounds, settings):
    settings.RATE_LIMITS = "off"
    UserFactory(email=EMAIL)
    for number in rounds:
        Caller().post("/api/auth/forgot-password", {"email": EMAIL})
        token = link_token_of(EMAIL, "password_reset")
        answers = together(
            20,
            lambda n, token=token: (
                Caller()
                .post("/api/auth/reset-password", {"token": token, "newPassword": f"newPassword{n:03d}"})
                .status_code
            ),
        )
        assert Counter(answers) == {200: 1, 400: 19}
        assert len(mails_to(EMAIL, "password_changed")) == number + 1


def test_control_a_link_that_is_marked_without_looking_works_more_than_once(monkeypatch, settings):
    settings.RATE_LIMITS = "off"
    UserFactory(email=EMAIL)

    def mark(token):
        OneTimeToken.objects.filter(pk=token.pk).update(used_at=now())
        return True

    monkeypatch.setattr(one_time_tokens, "use_token", mark)

    def attempt():
        Caller().post("/api/auth/forgot-password", {"email": EMAIL})
        body = {"token": link_token_of(EMAIL, "password_reset"), "newPassword": "newPassword456"}
        return Counter(together(20, lambda _: Caller().post("/api/auth/reset-password", body).status_code))[200] > 1

    assert until_it_happens(attempt)


# Sessions


def test_of_50_rotations_of_one_refresh_token_one_wins_and_its_token_lives(rounds, settings):
    settings.JWT_ROTATE_REFRESH = True
    user = UserFactory()
    for _ in rounds:
        opened = sign_in_as(user)
        answers = together(50, lambda _, token=opened.tokens.refresh: sessions.refresh(token=token))
        won = [answer for answer in answers if not isinstance(answer, Exception)]
        assert len(won) == 1
        assert Counter(type(answer) for answer in answers)[SessionEnded] == 49
        # A call that was very late is a replay; else the winner's token is the live one.
        if Session.objects.get(pk=opened.session.pk).ended_at is None:
            assert sessions.refresh(token=won[0].refresh).refresh


def test_control_a_rotation_that_reads_then_writes_has_several_winners(settings, monkeypatch):
    settings.JWT_ROTATE_REFRESH = True
    user = UserFactory()

    def rotate(session, mine):
        token_id = sessions.new_id().hex
        session.refresh_hash = sessions._hash(token_id)
        session.save()
        return sessions._refresh(session, token_id)

    monkeypatch.setattr(sessions, "_rotate", rotate)

    def attempt():
        token = sign_in_as(user).tokens.refresh
        answers = together(50, lambda _: sessions.refresh(token=token))
        return sum(not isinstance(answer, Exception) for answer in answers) > 1

    assert until_it_happens(attempt)


def test_no_sign_in_with_the_old_password_outlives_its_change(rounds, settings):
    settings.RATE_LIMITS = "off"
    for _ in rounds:
        user = UserFactory()
        body = {"email": user.email, "password": "securePassword123"}
        caller = Caller(token=sign_in_as(user).tokens.access)
        change = {"currentPassword": "securePassword123", "newPassword": "newPassword456"}

        def act(number, caller=caller, body=body, change=change):
            if number == 8:
                return caller.post("/api/auth/change-password", change).status_code
            return Caller().post("/api/auth/login", body).status_code

        assert 200 in together(15, act)
        assert not Session.objects.filter(user=user, ended_at=None).exists()


# Idempotency keys


def test_of_100_posts_with_one_key_one_acts(rounds, settings):
    settings.ROOT_URLCONF = "tests.accounts.notes_api"
    settings.RATE_LIMITS = "off"
    caller = Caller(token=sign_in_as(UserFactory()).tokens.access)
    for number in rounds:
        wipe(Notification, IdempotencyKey)
        post = lambda _, number=number: caller.post("/api/notes", {"title": "x"}, Idempotency_Key=f"key-{number}")  # noqa: E731
        answers = together(100, post)
        assert Notification.objects.count() == 1
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
        assert post(0).content == next(answer.content for answer in answers if answer.status_code == 201)


def test_control_a_key_that_is_looked_for_and_not_claimed_lets_several_act(settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.accounts.notes_api"
    settings.RATE_LIMITS = "off"
    caller = Caller(token=sign_in_as(UserFactory()).tokens.access)

    def look(*, user, key, request_hash):
        row = IdempotencyKey.objects.filter(user=user, key=key).first()
        return idempotency.Claim(
            row or IdempotencyKey(user=user, key=key, request_hash=request_hash, leased_until=now())
        )

    def put(*, claim, status, body):
        row = claim.row
        values = {"request_hash": row.request_hash, "leased_until": row.leased_until, "status": status, "body": body}
        return bool(IdempotencyKey.objects.update_or_create(user=row.user, key=row.key, defaults=values))

    monkeypatch.setattr(idempotency, "claim_key", look)
    monkeypatch.setattr(idempotency, "store_answer", put)

    def attempt():
        wipe(Notification, IdempotencyKey)
        together(100, lambda _: caller.post("/api/notes", {"title": "x"}, Idempotency_Key="key"))
        return Notification.objects.count() > 1

    assert until_it_happens(attempt)


def test_a_budget_counts_every_one_of_200(rounds):
    for number in rounds:
        together(200, lambda _, name=f"test.{number}": budgets.take(name, "key", 1000, 900))
        assert Budget.objects.get(name=f"test.{number}").count == 200
