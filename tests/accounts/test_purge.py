import io
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command

from accounts.models import Budget, IdempotencyKey, OneTimeToken, OtpChallenge, Session, Sms
from accounts.services import budgets, idempotency, purge, sessions
from accounts.tasks import purge_expired as purge_task
from flashspace.base.clock import now
from tests.accounts.api import Caller
from tests.factories.accounts import UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

MODELS = (Budget, OneTimeToken, OtpChallenge, IdempotencyKey, Session)


@pytest.fixture(autouse=True)
def _one_of_each(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    user = UserFactory()
    budgets.take("test", "key", 5, 900)
    Caller().post("/api/auth/forgot-password", {"email": user.email})
    Budget.objects.exclude(name="test").delete()
    OtpChallenge.objects.create(identifier="a@example.com")
    idempotency.claim_key(user=user, key="key", request_hash="a" * 64)
    sign_in_as(user)


def counts():
    return [model.objects.count() for model in MODELS]


@pytest.mark.parametrize(
    ("age", "left"),
    [
        (timedelta(seconds=899), [1, 1, 1, 1, 1]),
        (timedelta(seconds=900), [0, 1, 1, 1, 1]),
        (timedelta(seconds=1800), [0, 0, 1, 1, 1]),
        (timedelta(seconds=86399), [0, 0, 1, 1, 1]),
        (timedelta(seconds=86400), [0, 0, 0, 0, 1]),
        (timedelta(days=30, seconds=-1), [0, 0, 0, 0, 1]),
        (timedelta(days=30), [0, 0, 0, 0, 0]),
    ],
)
def test_each_row_goes_when_it_guards_nothing_any_more(age, left):
    purge.purge_expired(now() + age)
    assert counts() == left


def test_an_sms_goes_after_ninety_days_unless_it_still_waits(time_machine):
    sent, waiting = (
        Sms.objects.create(to="+919876543210", template="verify_phone", text="x", due_at=now(), status=status)
        for status in ("sent", "queued")
    )
    purge.purge_expired(now() + timedelta(days=90, seconds=-1))
    assert Sms.objects.count() == 2
    purge.purge_expired(now() + timedelta(days=90))
    assert list(Sms.objects.values_list("pk", flat=True)) == [waiting.pk] != [sent.pk]


def test_a_session_goes_only_when_it_is_over_and_its_device_forgotten():
    at = now() + timedelta(days=30)
    session = Session.objects.get()
    Session.objects.update(expires_at=at + timedelta(days=1))
    purge.purge_expired(at)
    assert Session.objects.exists(), "a session that lives longer than thirty days is still in use"
    sessions.end_session(session=session, reason="logout")
    purge.purge_expired(at - timedelta(seconds=1))
    assert Session.objects.exists()
    purge.purge_expired(at)
    assert not Session.objects.exists()


def test_many_rows_go_in_chunks(monkeypatch):
    monkeypatch.setattr(purge, "CHUNK", 10)
    Budget.objects.bulk_create(Budget(name="x", key=str(n), resets_at=now()) for n in range(25))
    told = []
    assert purge.purge_expired(now(), told.append)["budgets"] == 25
    assert told == ["budgets: 10 so far", "budgets: 20 so far"]
    assert counts() == [1, 1, 1, 1, 1]


def test_a_budget_that_begins_anew_meanwhile_stays(monkeypatch):
    Budget.objects.update(resets_at=now())
    real = purge.PURGES[0].expired
    looked = []

    def expired(at):
        looked.append(at)
        if len(looked) == 2:
            Budget.objects.update(resets_at=now() + timedelta(minutes=1))
        return real(at)

    monkeypatch.setattr(purge, "PURGES", (purge.Purge("budgets", expired),))
    assert purge.purge_expired(now())["budgets"] == 0
    assert Budget.objects.exists()


def test_the_command_counts_without_deleting_and_then_deletes():
    out = io.StringIO()
    call_command("purge_expired", "--dry-run", "--at", "2026-03-01", stdout=out)
    assert "sessions: 1 due; nothing deleted" in out.getvalue()
    assert counts() == [1] * 5
    call_command("purge_expired", "--at", "2026-03-01", stdout=out)
    assert "budgets: 1 deleted" in out.getvalue()
    assert counts() == [0] * 5
    call_command("purge_expired", stdout=out)


def test_the_beat_does_the_same(time_machine):
    time_machine.move_to("2026-03-01T10:00:00Z")
    purge_task.delay()
    assert counts() == [0] * 5


# What ends by itself and is no guard that may lie about.
KEPT = {
    "accounts.Invitation": "expire_invitations writes it down; who was asked by whom is the organization's history",
    "accounts.Organization": "a package that is over makes it Freemium",
    "bookings.Booking": "release_holds",
    "consultants.Consultant": "a subscription that is over",
}
ENDS = ("expires_at", "resets_at", "leased_until", "expire_date", "good_until")


def test_whatever_expires_is_purged_or_kept_for_a_reason():
    purged = {one.expired(now()).model._meta.label for one in purge.PURGES}
    ending = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith(ENDS)
    }
    ours = {label for label in ending if not label.startswith(("socialaccount.", "account."))}
    assert ours - purged == set(KEPT)
    assert not purged & set(KEPT)
