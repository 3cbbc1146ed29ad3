"""Unlocking people, and what their page tells of codes, second factors and organizations."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Budget, OtpChallenge, User
from accounts.services import budgets, otp
from flashspace.base.clock import now
from tests.accounts.api import Caller
from tests.accounts.phones_of_staff import enrol
from tests.accounts.test_admin_of_identity import browser, button, page, permitted, press
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory
from tests.factories.organizations import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return StaffFactory(is_superuser=True)


@pytest.fixture
def person():
    return UserFactory(email="asha@example.com", phone="+919876543210", email_verified_at=None)


def _lock(person):
    otp.issue_first_code(identifier=person.email, user=person)
    OtpChallenge.objects.update(wrong_tries=5, locked_until=now() + timedelta(minutes=15), code_hash="")
    otp.issue_first_code(identifier=person.phone, user=person)
    OtpChallenge.objects.filter(identifier=person.phone).update(wrong_tries=2)


def test_unlock_lifts_the_lock_of_codes_and_forgets_wrong_passwords(boss, person, settings):
    settings.RATE_LIMITS = "flashspace.signin=1000/15m,accounts.failures=2/h"
    _lock(person)
    caller = Caller(address="192.0.2.1")
    answers = [caller.post("/api/auth/login", {"email": person.email, "password": "wrong-one"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [401, 401, 429]
    assert otp.is_locked(person.email)
    press(browser(boss), button(User, "unlock", person), reason="called us, knew the last invoice")
    assert otp.is_locked(person.email) is None
    assert set(OtpChallenge.objects.values_list("wrong_tries", "locked_until")) == {(0, None)}
    right = caller.post("/api/auth/login", {"email": person.email, "password": PASSWORD})
    assert right.status_code == 200
    entry = AuditEntry.objects.get(action="user.unlocked")
    assert (entry.actor, entry.reason) == (boss, "called us, knew the last invoice")
    assert entry.before == {"wrong_sign_ins": 2, "locked_addresses": 2}


def test_others_counts_stay(boss, person, settings):
    settings.RATE_LIMITS = "accounts.failures=2/h"
    other = UserFactory()
    _lock(other)
    budgets.spend(budgets.FAILURES, other.email)
    press(browser(boss), button(User, "unlock", person), reason="why")
    assert otp.is_locked(other.email)
    assert Budget.objects.filter(name=budgets.FAILURES, count=1).exists()
    assert not AuditEntry.objects.exists(), "nothing was counted against them, so nothing was done"


def test_unlock_takes_a_reason(boss, person):
    _lock(person)
    press(browser(boss), button(User, "unlock", person))
    press(browser(boss), button(User, "unlock", person), reason="  ")
    assert otp.is_locked(person.email)


def test_the_page_tells_of_codes_locks_and_wrong_passwords_and_never_the_code(boss, person, settings):
    settings.RATE_LIMITS = "accounts.failures=10/h"
    code = otp.issue_first_code(identifier=person.email, user=person)
    hashed = OtpChallenge.objects.get().code_hash
    OtpChallenge.objects.update(wrong_tries=3, locked_until=now() + timedelta(minutes=15))
    for _ in range(4):
        budgets.spend(budgets.FAILURES, person.email)
    text = browser(boss).get(page(User, "change", person.pk)).content.decode()
    assert "4 wrong passwords, counted until" in text
    for head in ("Code sent", "Good until", "Wrong tries", "Locked until"):
        assert head in text
    assert code not in text
    assert hashed not in text


def test_the_page_tells_of_the_second_factor_and_its_codes(boss, person):
    _, codes = enrol(UserFactory(email="with@example.com"))
    user = User.objects.get(email="with@example.com")
    text = browser(boss).get(page(User, "change", user.pk)).content.decode()
    assert "Authenticator app" in text
    assert "10 of 10" in text
    assert not [code for code in codes if code in text]
    user.backup_codes.update(used_at=now())
    assert "No backup code is left" in browser(boss).get(page(User, "change", user.pk)).content.decode()
    assert "a password is enough" in browser(boss).get(page(User, "change", person.pk)).content.decode()


def test_the_page_tells_of_organizations_to_who_may_see_them(boss, person):
    organization = make_organization("Talenode", owner=person)
    url = page(User, "change", person.pk)
    text = browser(boss).get(url).content.decode()
    assert reverse("admin:accounts_organization_change", args=[organization.pk]) in text
    assert "Talenode" not in browser(permitted("view_user")).get(url).content.decode()
