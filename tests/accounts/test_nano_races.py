"""Real threads against nano's guards. Each guard has its control: switched off, the race happens."""

import time
from collections import Counter

import pytest
from django.db import connection, transaction

from accounts.models import Mail, OtpChallenge, Sms, User
from accounts.services import otp, phone_verification, verification
from flashspace.base import locks
from tests.accounts.api import Caller, code_of, sms_code_of
from tests.accounts.test_races import read_then_write, until_it_happens, wipe
from tests.factories.accounts import UserFactory
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

EMAIL, PHONE = "user@example.com", "+919876543210"
REGISTER = {"email": EMAIL, "password": "password123", "full_name": "John Doe", "role": "owner", "phone": PHONE}


@pytest.fixture(autouse=True)
def _unsent_and_unlimited(settings, monkeypatch):
    settings.RATE_LIMITS = "off"
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    monkeypatch.setattr("accounts.services.sms.wake", lambda sms: None)


@pytest.fixture
def rounds(race_rounds):
    return range(race_rounds)


def statuses(count, path, body):
    return Counter(str(one) for one in together(count, lambda _: Caller().post(path, body).status_code))


def test_of_20_registrations_of_one_address_one_makes_an_account_and_a_mail(rounds):
    for _ in rounds:
        wipe(User, Mail, OtpChallenge)
        assert statuses(20, "/api/auth/register", REGISTER) == {"201": 1, "409": 19}
        assert User.objects.count() == Mail.objects.count() == OtpChallenge.objects.count() == 1


def waiting():
    wipe(User, Mail, Sms, OtpChallenge)
    return UserFactory(email=EMAIL, email_verified_at=None, phone=PHONE)


@pytest.mark.parametrize(("address", "rows"), [(EMAIL, Mail), (PHONE, Sms)])
def test_of_200_resends_at_once_one_is_sent(rounds, address, rows):
    for _ in rounds:
        waiting()
        assert statuses(200, "/api/otp/resend", {"identifier": address}) == {"200": 1, "429": 199}
        assert rows.objects.count() == 1


def test_control_without_the_lock_several_are_sent(monkeypatch):
    read_then_write(phone_verification, monkeypatch)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(otp, "issue_code", otp.issue_code.__wrapped__)
        monkeypatch.setattr(phone_verification, "send_code", phone_verification.send_code.__wrapped__)
    real = otp._check_pause

    def slow(challenge):
        real(challenge)
        time.sleep(0.02)

    monkeypatch.setattr(otp, "_check_pause", slow)

    def attempt():
        waiting()
        OtpChallenge.objects.create(identifier=PHONE)  # making it is a guard of its own
        statuses(40, "/api/otp/send-sms", {"phone": PHONE})
        return Sms.objects.count() > 1

    assert until_it_happens(attempt)


def live_code(address):
    """A fresh code, and something to guess that it is not."""
    waiting()
    Caller().post("/api/otp/resend", {"identifier": address})
    return int(code_of(EMAIL) if "@" in address else sms_code_of(PHONE))


def count_comparisons(monkeypatch):
    compared = []
    real = otp._is_right

    def count(*args):
        compared.append(args)
        return real(*args)

    monkeypatch.setattr(otp, "_is_right", count)
    return compared


def guess(address, number):
    typed = {"code": f"{number % 1_000_000:06d}", "most_tries": 3}
    try:
        if "@" in address:
            verification.verify_by_code(email=address, **typed)
        else:
            phone_verification.verify_by_code(phone=address, asker=None, **typed)
    except otp.OtpWrong:
        return "wrong"
    except otp.OtpLocked:
        return "locked"
    return "right"


@pytest.mark.parametrize("address", [EMAIL, PHONE])
def test_of_10000_guesses_at_a_code_three_are_compared(address, monkeypatch):
    code = live_code(address)
    compared = count_comparisons(monkeypatch)
    answers = Counter(together(10_000, lambda number: guess(address, code + 1 + number)))
    assert answers == {"wrong": 2, "locked": 9998}
    assert len(compared) == 3


def test_control_without_the_lock_more_guesses_are_compared(monkeypatch):
    compared = count_comparisons(monkeypatch)
    read_then_write(otp, monkeypatch)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(phone_verification, "lock_row", lambda rows, **lookup: rows.get(**lookup))

    def attempt():
        code = live_code(PHONE)
        compared.clear()
        together(200, lambda number: guess(PHONE, code + 1 + number))
        return len(compared) > 3

    assert until_it_happens(attempt)


def test_of_guesses_in_two_dialects_at_once_five_are_compared_at_most(rounds, monkeypatch):
    compared = count_comparisons(monkeypatch)
    for _ in rounds:
        code = live_code(EMAIL)
        compared.clear()

        def act(number, code=code):
            otp_typed = f"{(code + 1 + number) % 1_000_000:06d}"
            if number % 2:
                return Caller().post("/api/otp/verify", {"identifier": EMAIL, "otp": otp_typed}).status_code
            return Caller().post("/api/auth/verify-otp", {"email": EMAIL, "otp": otp_typed}).status_code

        assert set(together(100, act)) <= {400, 429}
        assert 3 <= len(compared) <= 5
        assert 3 <= OtpChallenge.objects.get().wrong_tries <= 5


def claim(user):
    """What a right code does in the end, for somebody who got one before the number was anybody's."""
    with transaction.atomic():
        locked = locks.lock_row(User.objects.all(), pk=user.pk)
        refusal = phone_verification._mark_verified(locked, PHONE)
    return type(refusal).__name__ if refusal else "verified"


def test_of_20_who_verify_one_number_at_once_one_has_it(rounds):
    for _ in rounds:
        wipe(User)
        people = [UserFactory(phone=PHONE) for _ in range(20)]
        answers = Counter(together(20, lambda n, people=people: claim(people[n])))
        assert answers == {"verified": 1, "PhoneTaken": 19}
        assert User.objects.filter(phone_verified_at__isnull=False).count() == 1
