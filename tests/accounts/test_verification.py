import io
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.exceptions import OtpLocked, OtpTooSoon, OtpWrong
from accounts.models import Mail, OneTimeToken, OtpChallenge, User
from accounts.services import otp, verification
from flashspace.base.clock import now
from flashspace.base.errors import RateLimited
from tests.accounts.api import Caller, code_of, link_token_of, mails_to
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "user@example.com"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)


@pytest.fixture
def waiting():
    """An account whose first code was mailed a minute ago."""
    Caller().post("/api/auth/signup", {"email": EMAIL, "fullName": "John Doe", "password": "securePassword123"})
    return User.objects.get()


def verify(code, email=EMAIL):
    return Caller().post("/api/auth/verify-otp", {"email": email, "otp": code})


def resend(email=EMAIL):
    return Caller().post("/api/auth/resend-otp", {"email": email})


def open_link(token):
    return Caller().get(f"/api/auth/verify-email?token={token}")


def wrong_for(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def is_verified():
    return User.objects.get(email=EMAIL).is_email_verified


def body_of(answer):
    body = answer.json()
    return {**body, "error": {**body["error"], "timestamp": ""}}


def test_the_right_code_verifies_once_and_signs_nobody_in(waiting):
    code = code_of(EMAIL)
    answer = verify(code)
    assert answer.json() == {"success": True, "message": "Email verified successfully"}
    assert is_verified()
    assert verify(code).status_code == 400
    assert not waiting.sign_ins.exists()


def test_a_wrong_code_says_how_many_tries_are_left(waiting):
    answer = verify(wrong_for(code_of(EMAIL)))
    assert answer.status_code == 400
    assert answer.json()["remaining_attempts"] == 4
    assert answer.json()["error"]["code"] == "BAD_REQUEST"
    assert not is_verified()


def test_the_fifth_wrong_try_locks_for_a_quarter_of_an_hour(waiting, time_machine):
    code = code_of(EMAIL)
    wrong = [verify(wrong_for(code)) for _ in range(5)]
    assert [answer.status_code for answer in wrong] == [400] * 4 + [429]
    locked = verify(code)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert locked.json()["error"]["code"] == "OTP_LOCKED"
    time_machine.shift(899)
    assert verify(code).status_code == 429
    assert not is_verified()


def test_a_new_code_does_not_lift_the_lock_and_works_after_it(waiting, time_machine):
    code = code_of(EMAIL)
    for _ in range(5):
        verify(wrong_for(code))
    time_machine.shift(8 * 60)
    assert resend().status_code == 200
    assert code_of(EMAIL) != code
    assert verify(code_of(EMAIL)).status_code == 429
    time_machine.shift(7 * 60)
    assert verify(code_of(EMAIL)).status_code == 200


def test_a_new_code_does_not_forgive_wrong_tries(waiting, time_machine):
    for _ in range(4):
        verify(wrong_for(code_of(EMAIL)))
    time_machine.shift(60)
    resend()
    assert verify(wrong_for(code_of(EMAIL))).status_code == 429


def test_after_the_lock_there_are_five_tries_again(waiting, time_machine):
    for _ in range(5):
        verify(wrong_for(code_of(EMAIL)))
    time_machine.shift(15 * 60)
    resend()
    answer = verify(wrong_for(code_of(EMAIL)))
    assert answer.json()["remaining_attempts"] == 4


def test_a_right_code_forgives_wrong_tries(waiting):
    for _ in range(4):
        verify(wrong_for(code_of(EMAIL)))
    verify(code_of(EMAIL))
    assert OtpChallenge.objects.get().wrong_tries == 0


def test_a_code_lives_ten_minutes(waiting, time_machine):
    time_machine.shift(599)
    assert not otp.is_locked(EMAIL)
    code = code_of(EMAIL)
    time_machine.shift(1)
    assert verify(code).status_code == 400
    assert not is_verified()


def test_a_newer_code_ends_the_older(waiting, time_machine):
    old = code_of(EMAIL)
    time_machine.shift(60)
    resend()
    new = code_of(EMAIL)
    assert verify(old).status_code == (200 if old == new else 400)
    assert verify(new).status_code == 200


def test_a_code_is_good_for_its_own_address_only(waiting):
    UserFactory(email="other@example.com", email_verified_at=None)
    code = code_of(EMAIL)
    OtpChallenge.objects.create(
        identifier="other@example.com",
        code_hash=OtpChallenge.objects.get().code_hash,
        expires_at=now() + timedelta(minutes=10),
    )
    assert verify(code, "other@example.com").status_code == 400


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "¹²³⁴⁵⁶", 123456, None, ["123456"]])
def test_what_is_no_code_is_400_and_counts_as_no_try(waiting, code):
    assert verify(code).status_code == 400
    assert OtpChallenge.objects.get().wrong_tries == 0


def test_an_unknown_address_gets_the_same_answers_as_a_known_one(waiting, time_machine):
    def answers(email, code):
        return [body_of(verify(code, email)) for _ in range(6)]

    known = answers(EMAIL, wrong_for(code_of(EMAIL)))
    assert answers("nobody@example.com", "123456") == known


def test_resending_to_an_unknown_or_verified_address_looks_the_same_and_mails_nothing(waiting, time_machine):
    UserFactory(email="done@example.com")
    time_machine.shift(60)
    for email in (EMAIL, "done@example.com", "nobody@example.com"):
        first, second = resend(email), resend(email)
        assert (first.status_code, first.json()) == (200, {"success": True, "message": "OTP sent successfully"})
        assert (second.status_code, second["Retry-After"]) == (429, "60")
        time_machine.shift(60)
        assert resend(email).status_code == 200
    assert len(mails_to(EMAIL, "verify_email")) == 3
    assert not mails_to("done@example.com", "verify_email")
    assert not mails_to("nobody@example.com", "verify_email")


def test_a_code_for_an_unknown_address_never_was(waiting):
    resend("nobody@example.com")
    assert OtpChallenge.objects.get(identifier="nobody@example.com").code_hash == ""


def test_a_pause_between_two_codes_is_kept_even_with_limits_off(waiting, settings, time_machine):
    settings.RATE_LIMITS = "off"
    too_soon = resend()
    assert (too_soon.status_code, too_soon["Retry-After"]) == (429, "60")
    assert too_soon.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    time_machine.shift(59)
    assert resend().status_code == 429
    time_machine.shift(1)
    assert resend().status_code == 200
    settings.OTP_RESEND_SECONDS = 0
    assert [resend().status_code for _ in range(5)] == [200] * 5


def test_three_codes_in_a_quarter_of_an_hour(waiting, settings, time_machine):
    settings.OTP_RESEND_SECONDS = 0
    assert [resend().status_code for _ in range(4)] == [200] * 3 + [429]
    time_machine.shift(15 * 60)
    assert resend().status_code == 200


def test_ten_codes_a_day(waiting, settings, time_machine):
    settings.OTP_RESEND_SECONDS = 0
    sent = []
    for _ in range(5):
        sent += [resend().status_code for _ in range(3)]
        time_machine.shift(15 * 60)
    assert sent == [200] * 10 + [429] * 5
    time_machine.shift(24 * 3600)
    assert resend().status_code == 200


def test_a_refused_code_changes_nothing(waiting, settings):
    settings.OTP_RESEND_SECONDS = 0
    for _ in range(3):
        resend()
    code = code_of(EMAIL)
    assert resend().status_code == 429
    assert verify(code).status_code == 200


def test_a_link_verifies_and_goes_on_answering_alike_until_it_expires(waiting, time_machine):
    token = link_token_of(EMAIL)
    answers = [open_link(token) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {b'{"success":true,"message":"Email verified successfully"}'}
    first = User.objects.get().email_verified_at
    time_machine.shift(24 * 3600 - 1)
    assert open_link(token).status_code == 200
    assert User.objects.get().email_verified_at == first
    time_machine.shift(1)
    assert open_link(token).status_code == 400


def test_a_used_link_has_no_effect(waiting):
    token = link_token_of(EMAIL)
    open_link(token)
    User.objects.update(email_verified_at=None)
    assert open_link(token).status_code == 200
    assert not is_verified()


def test_a_link_proves_only_the_address_that_it_was_mailed_to(waiting):
    User.objects.update(email="another@example.com")
    assert open_link(link_token_of(EMAIL)).status_code == 400
    assert not User.objects.get().is_email_verified


def test_a_link_retires_the_code(waiting):
    code = code_of(EMAIL)
    open_link(link_token_of(EMAIL))
    User.objects.update(email_verified_at=None)
    assert verify(code).status_code == 400
    assert not is_verified()


@pytest.mark.parametrize("query", ["", "?token=", "?token=rubbish", "?token=a&token=b", "?token=" + "x" * 201])
def test_a_bad_link_is_400(waiting, query):
    answer = Caller().get(f"/api/auth/verify-email{query}")
    assert answer.status_code == 400
    assert answer.json()["success"] is False


def test_a_link_of_a_disabled_account_is_good_for_nothing(waiting):
    token = link_token_of(EMAIL)
    User.objects.update(is_active=False)
    assert open_link(token).status_code == 400
    assert not is_verified()


def test_the_command_mails_a_code_and_says_where_it_is(waiting, settings, tmp_path, time_machine):
    settings.EMAIL_BACKEND = "flashspace.mailbox.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    time_machine.shift(60)
    out = io.StringIO()
    call_command("test_otp", EMAIL.upper(), stdout=out)
    assert str(tmp_path) in out.getvalue()
    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert Mail.objects.filter(status="sent").count() == 1
    with pytest.raises(CommandError, match=r"wait.*again in 60 s"):
        call_command("test_otp", EMAIL)
    assert verify_from(tmp_path).status_code == 200
    with pytest.raises(CommandError, match="verified already"):
        call_command("test_otp", EMAIL)
    with pytest.raises(CommandError, match="has no account"):
        call_command("test_otp", "nobody@example.com")


def verify_from(directory):
    import email
    import email.policy

    from tests.accounts.api import CODE

    raw = next(directory.glob("*.eml")).read_bytes()
    text = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",)).get_content()
    return verify(CODE.search(text.replace("\r\n", "\n"))[1])


def test_the_command_tells_why_a_mail_did_not_go(waiting, settings, time_machine):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    time_machine.shift(60)
    with pytest.raises(CommandError, match="not sent"):
        call_command("test_otp", EMAIL)


def test_tokens_of_one_person_are_many_and_all_hashed(waiting, settings):
    settings.OTP_RESEND_SECONDS = 0
    resend()
    hashes = OneTimeToken.objects.values_list("token_hash", flat=True)
    assert len(set(hashes)) == 2
    assert all(len(value) == 64 for value in hashes)


def test_a_day_of_guessing_compares_fifty_codes_at_most(settings, time_machine, monkeypatch):
    """Ten codes a day, five tries each; a lock ends the code that it locked."""
    settings.RATE_LIMITS = ""
    time_machine.move_to("2026-01-05T00:00:00Z", tick=False)
    UserFactory(email=EMAIL, email_verified_at=None)
    compared = []
    real = otp._is_right
    monkeypatch.setattr(otp, "_is_right", lambda row, *more: compared.append(bool(row.code_hash)) or real(row, *more))
    for _ in range(24 * 4 - 2):
        with suppress(OtpTooSoon, RateLimited):
            verification.send_code(email=EMAIL)
        for _ in range(6):
            with suppress(OtpWrong, OtpLocked):
                verification.verify_by_code(email=EMAIL, code="000000")
        time_machine.shift(15 * 60 + 1)
    assert sum(compared) == 50
    assert len(compared) > 400, "the rest met no live code"
