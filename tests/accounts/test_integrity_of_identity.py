"""Each rule by one row that breaks it, and nothing but it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import IdempotencyKey, OneTimeToken, OtpChallenge, Session, User
from accounts.services import idempotency
from flashspace.management.commands.check_integrity import load_rules
from tests.accounts.api import Caller, code_of
from tests.factories.accounts import UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "user@example.com"
HASH = "a" * 64


@pytest.fixture(autouse=True)
def _life(settings):
    """What a day leaves behind: people, sessions, codes, links, keys."""
    settings.RATE_LIMITS = "off"
    caller = Caller()
    caller.post("/api/auth/signup", {"email": EMAIL, "fullName": "John Doe", "password": "securePassword123"})
    caller.post("/api/auth/verify-otp", {"email": EMAIL, "otp": code_of(EMAIL)})
    for _ in range(5):
        caller.post("/api/auth/verify-otp", {"email": "nobody@example.com", "otp": "000000"})
    caller.post("/api/auth/signup", {"email": "b@example.com", "fullName": "B", "password": "securePassword123"})
    caller.post("/api/auth/forgot-password", {"email": EMAIL})
    user = UserFactory(phone="+919876543210")
    sign_in_as(user)
    idempotency.claim_key(user=user, key="running", request_hash=HASH)
    claim = idempotency.claim_key(user=user, key="answered", request_hash=HASH)
    idempotency.store_answer(claim=claim, status=201, body="{}")


def broken():
    return {rule.id for rule in load_rules() if rule.find().violations}


def in_an_hour():
    return timezone.now() + timedelta(hours=1)


def test_nothing_is_broken_to_begin_with():
    assert broken() == set()
    call_command("check_integrity")


WAITING, TRIED = {"identifier": "b@example.com"}, {"wrong_tries": 5}
RESET = {"purpose": "reset_password"}
# What is wrong: the rule, the row, and what is written into it.
BREAKS = {
    "a live session of an inactive person": ("I-A1", User, {"sign_ins__isnull": False}, {"is_active": False}),
    "a plain code": ("I-A2", OtpChallenge, WAITING, {"code_hash": "123456"}),
    "a code that lives an hour": ("I-A2", OtpChallenge, WAITING, {"expires_at": in_an_hour}),
    "a sixth try": ("I-A2", OtpChallenge, TRIED, {"wrong_tries": 6}),
    "five tries and no lock": ("I-A2", OtpChallenge, TRIED, {"locked_until": None}),
    "an hour's lock": ("I-A2", OtpChallenge, TRIED, {"locked_until": in_an_hour}),
    "a plain link": ("I-A2", OneTimeToken, RESET, {"token_hash": "plain"}),
    "a reset link that lives an hour": ("I-A2", OneTimeToken, RESET, {"expires_at": in_an_hour}),
    "a plain refresh token": ("I-A2", Session, {}, {"refresh_hash": "plain"}),
    "a plain replaced refresh token": ("I-A2", Session, {}, {"previous_refresh_hash": "plain"}),
    "an address in another spelling": ("I-A4", User, {"email": EMAIL}, {"email": "USER@example.com"}),
    "a phone as it was typed": ("I-A4", User, {"phone__startswith": "+"}, {"phone": "098765 43210"}),
    "an answer without a body": ("I-W2", IdempotencyKey, {"key": "answered"}, {"body": ""}),
    "a body without a status": ("I-W2", IdempotencyKey, {"key": "answered"}, {"status": None}),
    "a lease of an hour": ("I-W2", IdempotencyKey, {"key": "running"}, {"leased_until": in_an_hour}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_row_is_found_by_its_rule_and_only_by_it(name):
    rule, model, row, changes = BREAKS[name]
    written = {field: value() if callable(value) else value for field, value in changes.items()}
    assert model.objects.filter(**row).update(**written) == 1
    assert broken() == {rule}
    with pytest.raises(SystemExit) as ended:
        call_command("check_integrity", "--rule", rule)
    assert ended.value.code == 1


def test_an_inactive_person_without_a_live_session_is_no_fault():
    Session.objects.update(expires_at=timezone.now())
    User.objects.update(is_active=False)
    assert broken() == set()
