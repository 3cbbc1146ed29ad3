"""Real threads against one code. Each guard has its control: switched off, the code works twice."""

import time
from collections import Counter
from contextlib import contextmanager

import pytest
from django.test import Client

from accounts.exceptions import SecondFactorWrong, SetupOver
from accounts.mfa_totp import Authenticator
from accounts.models import AuditEntry, BackupCode, Budget, TotpSetup
from accounts.services import mfa
from flashspace.base.clock import now
from flashspace.base.errors import RateLimited
from tests.accounts.phones_of_staff import Phone, enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory
from tests.races import unguarded
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _mails_stay(monkeypatch):
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)


@pytest.fixture(autouse=True)
def _uncounted(settings):
    """What the lock refuses, not what the budget does."""
    settings.RATE_LIMITS = "off"


@pytest.fixture(autouse=True)
def _time_stands(time_machine):
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)


def use(user, code):
    return lambda _: mfa.verify_second_factor(user=user, code=code)


def outcomes(answers):
    return Counter("used" if answer is None else type(answer) for answer in answers)


def until_it_happens(attempt, tries=10):
    return any(attempt() for _ in range(tries))


@contextmanager
def without_haste(monkeypatch, name):
    """A moment between looking and writing, so that a control need not wait for luck."""
    real = getattr(mfa, name)

    def slow(*args, **options):
        found = real(*args, **options)
        time.sleep(0.005)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(mfa, name, slow)
        yield


def test_of_50_uses_of_one_code_one_succeeds(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        phone, _ = enrol(user)
        assert outcomes(together(50, use(user, phone.code()))) == {"used": 1, SecondFactorWrong: 49}


def test_control_without_the_lock_one_code_succeeds_more_than_once(monkeypatch):
    def attempt():
        user = UserFactory()
        phone, _ = enrol(user)
        with unguarded(mfa), without_haste(monkeypatch, "matching_step"):
            return outcomes(together(50, use(user, phone.code())))["used"] > 1

    assert until_it_happens(attempt)


def test_of_50_guesses_at_once_five_are_compared(race_rounds, settings, monkeypatch):
    settings.RATE_LIMITS = ""
    compared = []
    real = mfa.matching_step

    def count(*args, **options):
        compared.append(args)
        return real(*args, **options)

    user = UserFactory()
    phone, _ = enrol(user)
    monkeypatch.setattr(mfa, "matching_step", count)
    for _ in range(race_rounds):
        Budget.objects.all().delete()
        compared.clear()
        assert outcomes(together(50, use(user, phone.wrong_code()))) == {SecondFactorWrong: 5, RateLimited: 45}
        assert len(compared) == 5


def test_each_of_ten_backup_codes_works_once_in_20_tries_at_once(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        _, codes = enrol(user)
        tries = [code for code in codes for _ in range(20)]
        answers = together(200, lambda n, user=user, tries=tries: mfa.verify_second_factor(user=user, code=tries[n]))
        for code in codes:
            mine = [answer for answer, tried in zip(answers, tries, strict=True) if tried == code]
            assert outcomes(mine) == {"used": 1, SecondFactorWrong: 19}
        assert not BackupCode.objects.filter(user=user, used_at=None).exists()


def test_control_a_backup_code_that_is_looked_for_and_then_marked_works_more_than_once(monkeypatch):
    def look_then_mark(user, code):
        found = next(
            (row for row in BackupCode.objects.filter(user=user, used_at=None) if mfa._fits(row, user, code)), None
        )
        time.sleep(0.005)
        if found is not None:
            found.used_at = now()
            found.save()
        return found is not None

    monkeypatch.setattr(mfa, "_use_backup_code", look_then_mark)

    def attempt():
        user = UserFactory()
        _, codes = enrol(user)
        with unguarded(mfa):
            return outcomes(together(20, use(user, codes[0])))["used"] > 1

    assert until_it_happens(attempt)


def confirm(user, code):
    return lambda _: mfa.confirm_totp_setup(user=user, begun_by=user.pk, code=code)


def test_of_20_confirmations_at_once_one_turns_it_on(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        phone = Phone(mfa.begin_totp_setup(user=user, begun_by=user.pk).secret)
        answers = together(20, confirm(user, phone.code()))
        assert Counter(type(answer) for answer in answers) == {list: 1, SetupOver: 19}
        assert BackupCode.objects.filter(user=user).count() == 10
        assert Authenticator.objects.filter(user=user).count() == 1
        assert AuditEntry.objects.filter(target_id=user.pk).count() == 1


def test_control_without_the_lock_two_confirmations_quarrel(monkeypatch):
    def attempt():
        user = UserFactory()
        phone = Phone(mfa.begin_totp_setup(user=user, begun_by=user.pk).secret)
        with unguarded(mfa), without_haste(monkeypatch, "matching_step"):
            answers = together(20, confirm(user, phone.code()))
        return Counter(type(answer) for answer in answers) != {list: 1, SetupOver: 19}

    assert until_it_happens(attempt)


def test_of_20_setups_begun_at_once_all_show_one_secret(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        offers = together(20, lambda _, user=user: mfa.begin_totp_setup(user=user, begun_by=user.pk))
        assert len(set(offers)) == 1
        assert TotpSetup.objects.filter(user=user).count() == 1


def send(browsers, code):
    return lambda number: browsers[number].post("/admin/login/code/", {"code": code}).status_code


def test_of_20_browsers_with_one_code_one_comes_in(race_rounds):
    for _ in range(race_rounds):
        boss = StaffFactory()
        phone, _ = enrol(boss)
        browsers = [Client() for _ in range(20)]
        for browser in browsers:
            browser.post("/admin/login/", {"username": boss.email, "password": PASSWORD})
        answers = together(20, send(browsers, phone.code()))
        assert Counter(answers) == {302: 1, 200: 19}
