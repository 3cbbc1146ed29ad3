"""Every door of a password or a second step, tried by many at once: what its limit allows is compared, and no more.

Each guess names itself by another forged address, which gains nothing. The control counts naively, and lets more in.
"""

import threading
import time
from collections import Counter

import pytest
from django.test import Client

from accounts.enums import TokenPurpose
from accounts.models import Budget
from accounts.services import budgets, mfa, passwords, sign_in
from accounts.services.one_time_tokens import issue_token
from flashspace.base.clock import now
from flashspace.dialects.limits import Usage, register_budget_store
from tests.accounts.api import Caller, forged_addresses
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

EMAIL, WRONG = "user@example.com", "wrongPassword1"
LOGIN, VERIFY_MFA, ADMIN, ADMIN_CODE = (
    "/api/auth/login",
    "/api/v1/auth/verify-mfa",
    "/admin/login/",
    "/admin/login/code/",
)
ADDRESS = "198.51.100.7"
ONLY_BUDGETS = ",".join(
    f"{dialect}.general=100000/15m" for dialect in ("flashspace", "nano", "rento", "nakksha", "workspace")
)
SAID_BY_A_PAGE = {"Please enter the correct": 401, "That code is not right": 401, "Too many tries": 429}


@pytest.fixture(autouse=True)
def _mails_stay(monkeypatch):
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)


@pytest.fixture(autouse=True)
def _hashes_are_free(monkeypatch):
    """How many run at once is another test's question."""
    monkeypatch.setattr(passwords, "_gate", threading.BoundedSemaphore(1000))


@pytest.fixture(autouse=True)
def _only_budgets(settings):
    settings.RATE_LIMITS = ONLY_BUDGETS


@pytest.fixture
def rounds(race_rounds):
    return range(race_rounds)


def counting(monkeypatch, module, name):
    """What was really compared."""
    compared = []
    real = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **more: compared.append(args) or real(*args, **more))
    return compared


def answers_of(count, guess, compared):
    """With nothing counted before."""
    Budget.objects.all().delete()
    compared.clear()
    return Counter(together(count, guess))


def by_api(path, **body):
    """A guess by a call, as a function of its number and its address."""
    return lambda number, address=ADDRESS: Caller(address).post(path, body, **forged_addresses(number)).status_code


def by_page(path, browser=None, **form):
    """A guess by a form of the admin, in the statuses of the API."""

    def guess(number, address=ADDRESS):
        client = Client(REMOTE_ADDR=address)
        client.cookies = browser.cookies if browser else client.cookies
        page = client.post(path, form, headers=forged_addresses(number)).content.decode()
        return next(status for words, status in SAID_BY_A_PAGE.items() if words in page)

    return guess


# By the client's address


DOORS = {
    "flashspace login": (300, by_api(LOGIN, email=EMAIL, password=WRONG)),
    "nano signin": (40, by_api("/api/auth/signin", identifier=EMAIL, password=WRONG)),
    "rento signin": (40, by_api("/api/user/signin", email=EMAIL, password=WRONG)),
    "nakksha and workspace login": (40, by_api("/api/v1/auth/login", email=EMAIL, password=WRONG)),
    "nakksha admin login": (40, by_api("/api/v1/auth/admin/login", email=EMAIL, password=WRONG)),
    "workspace verify-mfa": (40, by_api(VERIFY_MFA, email=EMAIL, password=WRONG, mfa_code="000000")),
    "the admin": (40, by_page(ADMIN, username=EMAIL, password=WRONG)),
}


@pytest.mark.parametrize("door", DOORS)
def test_of_many_sign_ins_at_once_exactly_five_are_counted(door, rounds, monkeypatch):
    StaffFactory(email=EMAIL)
    compared = counting(monkeypatch, sign_in.passwords, "judge")
    count, guess = DOORS[door]
    for _ in rounds:
        assert answers_of(count, guess, compared) == {401: 5, 429: count - 5}
        assert len(compared) == 5


def naive_take(name, key, limit, window_seconds):
    """A budget that reads, then writes."""
    row, _ = Budget.objects.get_or_create(name=name, key=key, defaults={"resets_at": now()})
    time.sleep(0.001)
    row.count += 1
    row.save()
    return Usage(limit=limit, remaining=max(0, limit - row.count), reset_at=now(), allowed=row.count <= limit)


@pytest.mark.parametrize("door", ["flashspace login", "the admin"])
def test_control_a_budget_that_reads_then_writes_lets_more_in(door, settings):
    settings.RATE_LIMITS = f"{ONLY_BUDGETS},accounts.failures=100000/h"
    UserFactory(email=EMAIL)
    register_budget_store(naive_take)
    try:
        # A race needs luck; that it can be had is what a control shows.
        assert any(answers_of(100, DOORS[door][1], [])[429] < 95 for _ in range(10))
    finally:
        register_budget_store(budgets.take)


# By the account, from wherever


def from_everywhere(guess, addresses=200):
    return lambda number: guess(number, f"203.0.113.{number % addresses}")


def test_an_account_is_guessed_at_ten_times_from_200_addresses_at_once(rounds, monkeypatch):
    UserFactory(email=EMAIL)
    compared = counting(monkeypatch, sign_in.passwords, "judge")
    for _ in rounds:
        answers = answers_of(200, from_everywhere(DOORS["flashspace login"][1]), compared)
        assert answers == {401: 10, 429: 190}
        assert len(compared) == 10


def test_of_five_guesses_from_each_of_200_addresses_ten_are_compared_and_the_owner_comes_in(race_rounds, monkeypatch):
    """Each address uses up its own five; the account lets ten of all of them through, and its owner's device always."""
    addresses = 200 if race_rounds >= 20 else 50
    sign_in_as(UserFactory(email=EMAIL), network="192.0.2.1", user_agent="phone of the owner")
    compared = counting(monkeypatch, sign_in.passwords, "judge")
    guesses = 5 * addresses
    answers = answers_of(guesses, from_everywhere(DOORS["flashspace login"][1], addresses), compared)
    assert answers == {401: 10, 429: guesses - 10}
    assert len(compared) == 10
    right = {"email": EMAIL, "password": PASSWORD}
    assert Caller("192.0.2.1", "phone of the owner").post(LOGIN, right).status_code == 200
    assert Caller("192.0.2.1", "another program").post(LOGIN, right).status_code == 429, "the control"


def by_token(user, code):
    return by_api(VERIFY_MFA, temp_token=issue_token(user=user, purpose=TokenPurpose.SECOND_FACTOR), code=code)


def by_password(user, code):
    return by_api(VERIFY_MFA, email=user.email, password=PASSWORD, mfa_code=code)


def by_second_step(user, code):
    browser = Client()
    browser.post(ADMIN, {"username": user.email, "password": PASSWORD})
    return by_page(ADMIN_CODE, browser, code=code)


STEPS = {
    "verify-mfa": [by_token, by_password],
    "the admin": [by_second_step],
    "all of them": [by_token, by_password, by_second_step],
}


@pytest.mark.parametrize("steps", STEPS)
def test_of_40_codes_of_the_second_step_at_once_five_are_compared(steps, rounds, monkeypatch):
    user = StaffFactory(email=EMAIL)
    phone, _ = enrol(user)
    compared = counting(monkeypatch, mfa, "matching_step")
    guesses = [step(user, phone.wrong_code()) for step in STEPS[steps]]
    for _ in rounds:
        one_of_them = from_everywhere(lambda number, address: guesses[number % len(guesses)](number, address))
        assert answers_of(40, one_of_them, compared) == {401: 5, 429: 35}
        assert len(compared) == 5
