"""An address with an account and one without cost the same work, statement by statement: the clock tells nothing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail, OneTimeToken, OtpChallenge, User
from tests.accounts.api import Caller
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "known@example.com", "unknown@example.com"
KIND = re.compile(r'^(SELECT|INSERT INTO|UPDATE|DELETE FROM).*?(accounts_\w+|"accounts_\w+")', re.DOTALL)


def statements(path, body):
    """What was read and written, without where transactions begin and end."""
    with CaptureQueriesContext(connection) as seen:
        answer = Caller().post(path, body)
    found = [KIND.match(query["sql"].strip()) for query in seen]
    return answer, [(match[1], match[2].strip('"')) for match in found if match]


@pytest.mark.parametrize(
    ("path", "more", "profile"),
    [
        ("/api/auth/login", {"password": "wrongPassword1"}, "contract"),
        ("/api/auth/forgot-password", {}, "contract"),
        ("/api/auth/resend-otp", {}, "contract"),
        ("/api/auth/verify-otp", {"otp": "000000"}, "contract"),
        ("/api/auth/signup", {"password": PASSWORD, "fullName": "John Doe"}, "strict"),
    ],
)
def test_known_and_unknown_do_the_same(path, more, profile, settings):
    settings.SECURITY_PROFILE = profile
    UserFactory(email=KNOWN, email_verified_at=None)
    known, known_work = statements(path, {"email": KNOWN, **more})
    unknown, unknown_work = statements(path, {"email": UNKNOWN, **more})
    assert known.status_code == unknown.status_code
    assert known_work
    assert known_work == unknown_work


def test_what_is_only_rehearsed_leaves_nothing(settings):
    settings.SECURITY_PROFILE = "strict"
    UserFactory(email=KNOWN)
    for path, email in [
        ("forgot-password", UNKNOWN),
        ("resend-otp", UNKNOWN),
        ("resend-otp", KNOWN),
        ("signup", KNOWN),
    ]:
        Caller().post(f"/api/auth/{path}", {"email": email, "password": PASSWORD, "fullName": "x"})
    assert list(User.objects.values_list("email", flat=True)) == [KNOWN]
    assert not OneTimeToken.objects.exists()
    assert list(Mail.objects.values_list("to", "template")) == [(KNOWN, "account_exists")]
    assert {row.code_hash for row in OtpChallenge.objects.all()} == {""}


@pytest.mark.django_db(transaction=True)
def test_what_is_only_rehearsed_is_not_sent(mailoutbox):
    Caller().post("/api/auth/forgot-password", {"email": UNKNOWN})
    Caller().post("/api/auth/resend-otp", {"email": UNKNOWN})
    assert mailoutbox == []
    UserFactory(email=KNOWN)
    Caller().post("/api/auth/forgot-password", {"email": KNOWN})
    assert [message.to for message in mailoutbox] == [[KNOWN]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["forgot-password", "resend-otp"])
def test_a_worker_is_woken_for_nobody_as_for_somebody(path, monkeypatch):
    """To queue takes a moment, which would tell."""
    woken = []
    monkeypatch.setattr("accounts.tasks.deliver_mail.apply_async", lambda **given: woken.append(given))
    UserFactory(email=KNOWN, email_verified_at=None)
    for email in (KNOWN, UNKNOWN):
        Caller().post(f"/api/auth/{path}", {"email": email})
    mails = set(map(str, Mail.objects.values_list("pk", flat=True)))
    assert [given["kwargs"]["mail_id"] in mails for given in woken] == [True, False]
