"""nano's codes by mail and SMS: one counter for an address, one purpose for a code, and no word about who has what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.clients import Client
from accounts.exceptions import OtpWrong
from accounts.models import Budget, Mail, OtpChallenge, Session, Sms, User
from accounts.services import phone_verification
from flashspace.base.clock import now
from tests.accounts.api import Caller, code_of, mails_to, sms_code_of
from tests.accounts.test_alike import KIND
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL, PHONE, OTHER = "user@example.com", "+919876543210", "+919876543211"
CLIENT = Client(network="192.0.2.1")
SENT = {"message": "OTP sent successfully", "expires_in": 300}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    return time_machine


@pytest.fixture
def user():
    return UserFactory(email=EMAIL, email_verified_at=None, phone=PHONE, phone_typed="98765 43210")


def send(kind, address, caller=None):
    name = {"send-email": "email", "send-sms": "phone", "resend": "identifier"}[kind]
    return (caller or Caller()).post(f"/api/otp/{kind}", {name: address})


def verify(identifier, otp, caller=None):
    return (caller or Caller()).post("/api/otp/verify", {"identifier": identifier, "otp": otp})


def wrong(code):
    return "000000" if code != "000000" else "111111"


def caller_of(user):
    return Caller(token=sign_in_as(user).tokens.access)


# What the original answers


def test_a_code_by_mail_verifies_the_address(user, clock):
    answer = send("send-email", "USER@example.com")
    assert (answer.status_code, answer.json()) == (200, SENT)
    answer = verify("User@Example.com", code_of(EMAIL))
    assert (answer.status_code, answer.json()) == (200, {"message": "OTP verified successfully", "verified": True})
    user.refresh_from_db()
    assert (user.is_email_verified, user.phone_verified_at) == (True, None)


def test_a_code_by_sms_verifies_the_phone(user, clock):
    answer = send("send-sms", "098765 43210")
    assert (answer.status_code, answer.json()) == (200, SENT)
    answer = verify("+91-98765-43210", sms_code_of(PHONE))
    assert (answer.status_code, answer.json()["verified"]) == (200, True)
    user.refresh_from_db()
    assert user.phone_verified_at == now()
    assert not user.is_email_verified
    answer = Caller().post("/api/auth/login", {"identifier": "9876543210", "password": PASSWORD})
    assert answer.json()["user"]["phone_verified"] is True


@pytest.mark.parametrize("address", [EMAIL, PHONE])
def test_another_code_is_sent_after_a_minute_and_the_first_is_over(user, clock, address):
    assert send("resend", address).json() == SENT
    first = code_of(EMAIL) if "@" in address else sms_code_of(PHONE)
    clock.shift(20)
    for kind in ("resend", "send-email" if "@" in address else "send-sms"):
        refused = send(kind, address)
        assert (refused.status_code, refused.json()["code"]) == (429, "OTP_TOO_SOON")
        assert refused["Retry-After"] == "40"
    clock.shift(40)
    assert send("resend", address).status_code == 200
    second = code_of(EMAIL) if "@" in address else sms_code_of(PHONE)
    if first != second:
        assert verify(address, first).status_code == 400
    assert verify(address, second).status_code == 200
    assert Mail.objects.count() + Sms.objects.count() == 2


@pytest.mark.parametrize("address", [EMAIL, PHONE])
def test_a_code_is_good_for_five_minutes_and_once(user, clock, address):
    send("resend", address)
    code = code_of(EMAIL) if "@" in address else sms_code_of(PHONE)
    clock.shift(299)
    assert verify(address, code).status_code == 200
    assert verify(address, code).status_code == 400
    clock.shift(61)
    User.objects.update(email_verified_at=None, phone_verified_at=None)
    send("resend", address)
    code = code_of(EMAIL) if "@" in address else sms_code_of(PHONE)
    clock.shift(301)
    assert verify(address, code).status_code == 400


@pytest.mark.parametrize("address", [EMAIL, PHONE])
def test_the_third_wrong_code_locks_and_says_that_nothing_is_left(user, clock, address):
    send("resend", address)
    code = code_of(EMAIL) if "@" in address else sms_code_of(PHONE)
    bodies = [verify(address, wrong(code)) for _ in range(4)]
    assert [one.status_code for one in bodies] == [400] * 4
    assert [one.json()["remaining_attempts"] for one in bodies] == [2, 1, 0, 0]
    assert {one.json()["verified"] for one in bodies} == {False}
    assert [one.json()["code"] for one in bodies] == ["OTP_INVALID", "OTP_INVALID", "OTP_LOCKED", "OTP_LOCKED"]
    assert bodies[2]["Retry-After"] == "900"
    clock.shift(60)
    assert send("resend", address).status_code == 200
    code = code_of(EMAIL) if "@" in address else sms_code_of(PHONE)
    assert verify(address, code).json()["remaining_attempts"] == 0, "a new code does not lift the lock"
    clock.shift(15 * 60)
    assert send("resend", address).status_code == 200
    code = code_of(EMAIL) if "@" in address else sms_code_of(PHONE)
    assert verify(address, code).status_code == 200


def test_nobody_asked_is_404_within_the_budget_of_such_answers(settings, user):
    settings.RATE_LIMITS = ""
    answers = [verify(f"nobody{n}@example.com", "123456") for n in range(6)]
    assert [one.status_code for one in answers] == [404] * 5 + [429]
    assert (answers[0].json()["code"], answers[0].json()["verified"]) == ("OTP_NOT_FOUND", False)
    settings.SECURITY_PROFILE = "strict"
    assert verify("nobody@example.com", "123456").status_code == 400


@pytest.mark.parametrize("otp", ["12345", "1234567", "12345a", "", None, 123456, "१२३४५६", ["123456"]])
def test_a_code_has_six_digits_or_is_not_counted(user, otp):
    send("send-email", EMAIL)
    answer = verify(EMAIL, otp)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["otp"])
    assert OtpChallenge.objects.get().wrong_tries == 0


@pytest.mark.parametrize(
    ("kind", "address"),
    [("send-email", PHONE), ("send-sms", EMAIL), ("send-sms", "12"), ("resend", "nobody"), ("resend", "")],
)
def test_what_is_no_address_is_400(kind, address):
    answer = send(kind, address)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert not OtpChallenge.objects.exists()


# One counter, whatever is spoken


def flashspace_try(code):
    return Caller().post("/api/auth/verify-otp", {"email": EMAIL, "otp": code})


def test_wrong_codes_of_all_dialects_are_counted_together(user):
    send("send-email", EMAIL)
    code = code_of(EMAIL)
    assert flashspace_try(wrong(code)).status_code == 400
    assert verify(EMAIL, wrong(code)).json()["remaining_attempts"] == 1
    assert verify(EMAIL, wrong(code)).json()["remaining_attempts"] == 0
    assert flashspace_try(code).status_code == 429


def test_where_more_tries_are_allowed_nano_has_none_left_after_three(user):
    send("send-email", EMAIL)
    code = code_of(EMAIL)
    for _ in range(3):
        assert flashspace_try(wrong(code)).status_code == 400
    assert verify(EMAIL, code).json()["remaining_attempts"] == 0
    assert flashspace_try(code).status_code == 429
    assert OtpChallenge.objects.get().wrong_tries == 3


def test_a_code_of_one_dialect_is_good_in_another(user):
    Caller().post("/api/auth/resend-otp", {"email": EMAIL})
    assert verify(EMAIL, code_of(EMAIL)).status_code == 200


# Budgets


@pytest.mark.parametrize("address", [EMAIL, PHONE])
def test_three_codes_in_a_quarter_of_an_hour_and_ten_a_day(user, clock, settings, address):
    settings.RATE_LIMITS = "nano.general=10000/m"
    sent = []
    for _ in range(40):
        sent.append(send("resend", address).status_code)
        clock.shift(5 * 60)
    assert sent[:6] == [200, 200, 200, 200, 200, 200]
    assert sent.count(200) == 10
    quick = []
    clock.shift(24 * 3600)
    for _ in range(4):
        quick.append(send("resend", address).status_code)
        clock.shift(61)
    assert quick == [200, 200, 200, 429]


def test_everybody_s_sms_have_a_budget_of_their_own(user, settings):
    settings.RATE_LIMITS = "accounts.sms=2/h"
    people = [UserFactory(phone=f"+91987654320{n}") for n in range(3)]
    statuses = [send("send-sms", one.phone).status_code for one in people]
    assert statuses == [200, 200, 429]
    assert send("send-sms", "+919999999999").status_code == 429, "nobody and somebody alike"
    assert send("send-email", EMAIL).status_code == 200
    assert Sms.objects.count() == 2


def test_one_network_does_not_use_up_everybody_s_sms(user, settings):
    settings.RATE_LIMITS = "accounts.sms=9/h,accounts.sms_network=2/h"
    people = [UserFactory(phone=f"+91987654320{n}") for n in range(3)]
    assert [send("send-sms", one.phone).status_code for one in people] == [200, 200, 429]
    assert send("send-sms", "+919999999999").status_code == 429, "nobody and somebody alike"
    assert send("send-sms", PHONE, Caller(address="203.0.113.9")).status_code == 200


def test_numbers_without_an_account_cost_nothing_of_it(settings):
    settings.RATE_LIMITS = "accounts.sms=2/h"
    for n in range(5):
        assert send("send-sms", f"+91987654320{n}").status_code == 200
    assert not Sms.objects.exists()
    assert not Budget.objects.filter(name="accounts.sms", count__gt=0).exists()


def test_without_a_sender_there_are_no_sms_and_mails_go_on(settings, user):
    settings.SMS_SENDER = ""
    for kind in ("send-sms", "resend"):
        answer = send(kind, PHONE)
        assert (answer.status_code, set(answer.json())) == (503, {"error", "code"})
    assert send("send-sms", "+919999999999").status_code == 503
    assert not OtpChallenge.objects.exists()
    assert send("resend", EMAIL).status_code == 200


# What a code is good for, and for whom


@pytest.mark.parametrize("address", [EMAIL, PHONE])
def test_verifying_signs_nobody_in(user, address):
    send("resend", address)
    answer = verify(address, code_of(EMAIL) if "@" in address else sms_code_of(PHONE))
    assert set(answer.json()) == {"message", "verified"}
    assert not answer.cookies
    assert not Session.objects.exists()


def test_a_code_for_the_phone_is_none_for_the_address(user):
    send("send-sms", PHONE)
    send("send-email", EMAIL)
    phone_code, mail_code = sms_code_of(PHONE), code_of(EMAIL)
    if phone_code != mail_code:
        assert verify(EMAIL, phone_code).status_code == 400
        assert verify(PHONE, mail_code).status_code == 400


def test_a_verified_phone_stays_whose_it_is(user):
    User.objects.update(phone_verified_at=now())
    thief = UserFactory(phone=PHONE)
    for caller in (Caller(), caller_of(thief), caller_of(user)):
        OtpChallenge.objects.update(sent_at=None)
        assert send("send-sms", PHONE, caller).json() == SENT
    assert not Sms.objects.exists()
    assert verify(PHONE, "123456", caller_of(thief)).status_code == 400
    thief.refresh_from_db()
    user.refresh_from_db()
    assert thief.phone_verified_at is None
    assert user.phone_verified_at is not None


def test_of_two_who_claim_a_number_it_is_verified_for_who_is_signed_in(user):
    thief = UserFactory(phone=PHONE)
    assert send("send-sms", PHONE).json() == SENT
    assert not Sms.objects.exists(), "nobody can tell whose code it would be"
    OtpChallenge.objects.update(sent_at=None)
    send("send-sms", PHONE, caller_of(user))
    assert Sms.objects.get().user == user
    answer = verify(PHONE, sms_code_of(PHONE), caller_of(thief))
    assert (answer.status_code, answer.json()["remaining_attempts"]) == (400, 2)
    assert verify(PHONE, sms_code_of(PHONE), caller_of(user)).status_code == 200
    thief.refresh_from_db()
    user.refresh_from_db()
    assert (thief.phone_verified_at, bool(user.phone_verified_at)) == (None, True)


def ask_as_thief(user):
    """A thief puts the number into their profile and has a code sent to its owner, who types it, signed in."""
    thief = UserFactory()
    caller_of(thief).put("/api/auth/update-profile", {"phone": PHONE})
    send("send-sms", PHONE, caller_of(thief))
    assert Sms.objects.get().user == thief
    return thief, verify(PHONE, sms_code_of(PHONE), caller_of(user))


def test_a_code_that_a_thief_asked_for_takes_nobody_s_number(user, clock):
    _, answer = ask_as_thief(user)
    assert (answer.status_code, answer.json()["code"]) == (400, "OTP_INVALID")
    assert answer.json()["remaining_attempts"] == 2, "a wrong try, and counted"
    clock.shift(61)
    send("send-sms", PHONE, caller_of(user))
    assert verify(PHONE, sms_code_of(PHONE), caller_of(user)).status_code == 200
    assert User.objects.get(phone_verified_at__isnull=False) == user


def test_control_asked_by_nobody_in_particular_the_thief_has_the_number(user, monkeypatch):
    real = phone_verification._locked_user
    monkeypatch.setattr(phone_verification, "_locked_user", lambda phone, asker: real(phone, None))
    thief, answer = ask_as_thief(user)
    assert answer.status_code == 200
    assert User.objects.get(phone_verified_at__isnull=False) == thief


def test_who_does_not_have_the_number_asks_for_it_like_anybody(user):
    stranger = caller_of(UserFactory())
    assert send("send-sms", PHONE, stranger).json() == SENT
    assert Sms.objects.get().user == user
    assert verify(PHONE, sms_code_of(PHONE), stranger).status_code == 400
    assert verify(PHONE, sms_code_of(PHONE), caller_of(user)).status_code == 200


@pytest.mark.parametrize("asks", ["a stranger", "nobody known"])
def test_a_request_that_sends_nothing_leaves_the_live_code_alone(user, clock, asks):
    UserFactory(phone=PHONE)
    send("send-sms", PHONE, caller_of(user))
    code = sms_code_of(PHONE)
    clock.shift(61)
    before = OtpChallenge.objects.get()
    answer = send("send-sms", PHONE, caller_of(UserFactory()) if asks == "a stranger" else Caller())
    assert (answer.json(), Sms.objects.count()) == (SENT, 1)
    after = OtpChallenge.objects.get()
    assert (after.user, after.code_hash, after.expires_at) == (user, before.code_hash, before.expires_at)
    assert after.sent_at == now(), "the pause begins anew, as after every request"
    assert verify(PHONE, code, caller_of(user)).status_code == 200


def test_a_request_that_sends_nothing_keeps_no_code_that_is_over(user, clock):
    send("send-sms", PHONE)
    clock.shift(301)
    User.objects.update(is_active=False)
    send("send-sms", PHONE)
    assert OtpChallenge.objects.values_list("code_hash", "user").get() == ("", None)


@pytest.mark.parametrize("profile", ["contract", "strict"])
def test_a_code_for_another_account_is_wrong_by_the_same_work(user, settings, profile):
    settings.SECURITY_PROFILE = profile
    send("send-sms", PHONE, caller_of(user))
    owner, other = caller_of(user), caller_of(UserFactory())
    path, body = "/api/otp/verify", {"identifier": PHONE, "otp": wrong(sms_code_of(PHONE))}
    told, work = statements(path, body, owner)
    OtpChallenge.objects.update(wrong_tries=0)
    other_told, other_work = statements(path, body, other)
    assert (told.json(), work) == (other_told.json(), other_work)


def test_a_disabled_account_is_not_verified_by_a_code_from_before(user):
    send("send-sms", PHONE)
    User.objects.update(is_active=False)
    answer = verify(PHONE, sms_code_of(PHONE))
    assert (answer.status_code, answer.json()["code"]) == (400, "OTP_INVALID")
    user.refresh_from_db()
    assert user.phone_verified_at is None
    assert isinstance(phone_verification._mark_verified(user, PHONE), OtpWrong)


def test_a_code_does_not_verify_a_number_that_was_changed_meanwhile(user):
    send("send-sms", PHONE)
    code = sms_code_of(PHONE)
    caller_of(user).put("/api/auth/update-profile", {"phone": OTHER})
    assert verify(PHONE, code).status_code == 400
    assert verify(OTHER, code).status_code == 404
    user.refresh_from_db()
    assert user.phone_verified_at is None


def test_who_is_slower_than_another_owner_is_told_so(user):
    send("send-sms", PHONE)
    code = sms_code_of(PHONE)
    UserFactory(phone=PHONE, phone_verified_at=now())
    answer = verify(PHONE, code)
    assert (answer.status_code, answer.json()["code"]) == (409, "PHONE_TAKEN")
    user.refresh_from_db()
    assert user.phone_verified_at is None


def test_a_new_code_for_somebody_else_ends_the_one_before(user):
    send("send-sms", PHONE)
    first = sms_code_of(PHONE)
    other = UserFactory(phone=PHONE)
    OtpChallenge.objects.update(sent_at=None)
    phone_verification.send_code(phone=PHONE, asker=other, client=CLIENT)
    second = sms_code_of(PHONE)
    if first != second:
        assert verify(PHONE, first).status_code == 400
    assert verify(PHONE, second, caller_of(other)).status_code == 200
    assert User.objects.get(phone_verified_at__isnull=False) == other


def test_a_disabled_account_is_verified_by_nobody(user):
    User.objects.update(is_active=False)
    assert send("send-sms", PHONE).json() == send("send-email", EMAIL).json() == SENT
    assert not Sms.objects.exists()
    assert not mails_to(EMAIL, "verify_email")


# Alike


def statements(path, body, caller=None):
    with CaptureQueriesContext(connection) as seen:
        answer = (caller or Caller()).post(path, body)
    found = [KIND.match(query["sql"].strip()) for query in seen]
    return answer, [(match[1], match[2].strip('"')) for match in found if match]


@pytest.mark.parametrize(
    ("path", "name", "known", "unknown", "more"),
    [
        ("/api/otp/send-email", "email", EMAIL, "unknown@example.com", {}),
        ("/api/otp/send-sms", "phone", PHONE, "+919999999999", {}),
        ("/api/otp/resend", "identifier", EMAIL, "unknown@example.com", {}),
        ("/api/otp/resend", "identifier", PHONE, "+919999999999", {}),
        ("/api/otp/verify", "identifier", EMAIL, "unknown@example.com", {"otp": "000000"}),
        ("/api/otp/verify", "identifier", PHONE, "+919999999999", {"otp": "000000"}),
        ("/api/auth/login", "identifier", EMAIL, "unknown@example.com", {"password": "wrongPassword1"}),
        ("/api/auth/login", "identifier", PHONE, "+919999999999", {"password": "wrongPassword1"}),
    ],
)
def test_known_and_unknown_are_answered_alike_by_the_same_work(user, settings, path, name, known, unknown, more):
    settings.SECURITY_PROFILE, settings.RATE_LIMITS = "strict", ""
    if path.endswith("verify"):
        for address in (known, unknown):
            send("resend", address)
    told, work = statements(path, {name: known, **more})
    other_told, other_work = statements(path, {name: unknown, **more})
    assert (told.status_code, told.json()) == (other_told.status_code, other_told.json())
    assert work
    assert work == other_work


def test_a_first_request_and_another_over_a_live_code_are_the_same_work(user, clock, settings):
    settings.SECURITY_PROFILE, settings.RATE_LIMITS = "strict", ""
    UserFactory(phone=PHONE)
    send("send-sms", PHONE, caller_of(user))
    send("send-sms", OTHER)
    for _ in range(2):
        clock.shift(61)
        told, work = statements("/api/otp/send-sms", {"phone": PHONE})
        other_told, other_work = statements("/api/otp/send-sms", {"phone": OTHER})
        assert (told.json(), work) == (other_told.json(), other_work)
        assert ("UPDATE", "accounts_sms") in work, "the older SMS is withdrawn for nobody as for somebody"
