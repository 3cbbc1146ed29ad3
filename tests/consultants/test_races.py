"""Many at once: one name gets as many slugs as people, one address one account, one consultant one decision."""

import threading
import time
from collections import Counter
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.db import connection

from accounts.models import AuditEntry, Mail, User
from accounts.services import passwords
from accounts.services import signup as account_signup
from consultants.models import Consultant
from consultants.services import approval, signup
from flashspace.base import locks
from flashspace.base.errors import IllegalTransition
from tests.accounts.api import Caller
from tests.factories.consultants import make_consultant
from tests.factories.staff import make_member
from tests.races import unguarded
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PATH = "/api/v1/auth/signup"


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    settings.RATE_LIMITS = "off"
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    monkeypatch.setattr(passwords, "_gate", threading.BoundedSemaphore(1000))


def sign_up(number):
    body = {"name": "John Doe", "email": f"john-{number}@example.com", "password": "SecurePass123!"}
    return Caller().post(PATH, body).status_code


def empty():
    Mail.objects.all().delete()
    User.objects.all().delete()


def test_20_sign_ups_of_one_name_get_20_slugs(race_rounds):
    for _ in range(race_rounds):
        assert together(20, sign_up) == [201] * 20
        slugs = {one.slug for one in Consultant.objects.all()}
        assert slugs == {f"john-doe-{number}" for number in range(1, 21)}
        empty()


def test_control_without_the_lock_some_find_their_slug_taken(monkeypatch):
    if connection.vendor == "postgresql":
        monkeypatch.setattr(locks, "ENABLED", False)
    else:  # there the transaction is the lock
        monkeypatch.setattr(account_signup, "transaction", SimpleNamespace(atomic=nullcontext))
        monkeypatch.setattr(account_signup, "_create", account_signup._create.__wrapped__)
        monkeypatch.setattr(account_signup.verification, "send_first_code", lambda **_: None)
        monkeypatch.setattr(signup, "lock_name", lambda name: None)

    def attempt():
        answers = Counter(together(20, sign_up))
        empty()
        return answers[201] < 20

    assert any(attempt() for _ in range(10))


def test_one_address_20_times_at_once_is_one_consultant(race_rounds):
    for _ in range(race_rounds):
        assert Counter(together(20, lambda _: sign_up(0))) == {201: 1, 409: 19}
        assert User.objects.count() == Consultant.objects.count() == 1
        empty()


def decide(consultant, operator):
    return lambda _: approval.approve_consultant(consultant=consultant, actor=operator)


def test_of_10_approvals_at_once_one_counts(race_rounds):
    operator = make_member("Operators")
    for _ in range(race_rounds):
        consultant = make_consultant()
        answers = together(10, decide(consultant, operator))
        assert sum(isinstance(answer, IllegalTransition) for answer in answers) == 9
        assert AuditEntry.objects.filter(target_id=consultant.pk).count() == 1
        assert Mail.objects.filter(user=consultant.user).count() == 1
        Consultant.objects.all().delete()


def test_control_without_the_lock_several_approvals_count(monkeypatch):
    operator = make_member("Operators")
    real = approval.check_transition

    def slow(*args, **options):
        real(*args, **options)
        time.sleep(0.02)

    monkeypatch.setattr(approval, "check_transition", slow)

    def attempt():
        consultant = make_consultant(slug=f"x-{Consultant.objects.count()}", slug_base="x")
        with unguarded(approval):
            answers = together(10, decide(consultant, operator))
        return sum(isinstance(answer, Consultant) for answer in answers) > 1

    assert any(attempt() for _ in range(10))
