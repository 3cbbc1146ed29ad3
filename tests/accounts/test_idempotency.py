from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import IdempotencyKey, Notification
from accounts.services import idempotency
from flashspace.base.clock import now
from tests.accounts.api import Caller
from tests.accounts.notes_api import Gate
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

KEY = "6f1c2b1e-3a54-4a55-9d7e-6a0f5f1d9c11"


@pytest.fixture(autouse=True)
def _routes(settings, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    settings.ROOT_URLCONF = "tests.accounts.notes_api"
    yield
    Gate.inside = None


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def caller(user):
    return Caller(token=sign_in_as(user).tokens.access)


def note(caller, title="first", key=KEY, path="/api/notes", **more):
    return caller.post(path, {"title": title, **more}, Idempotency_Key=key)


def test_the_same_key_and_body_get_the_same_answer_and_act_once(caller):
    first, second = note(caller), note(caller)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Notification.objects.count() == 1


def test_without_a_key_each_call_acts(caller):
    for _ in range(2):
        caller.post("/api/notes", {"title": "first"})
    assert Notification.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


def test_the_body_is_the_same_however_it_is_spaced_and_ordered(caller):
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": KEY}
    bodies = ['{"title":"x","more":1}', '{ "more": 1,\n "title": "x" }']
    answers = [Client().post("/api/notes", body, "application/json", headers=headers) for body in bodies]
    assert answers[0].content == answers[1].content


def test_another_body_is_409(caller):
    note(caller)
    for answer in (note(caller, "second"), note(caller, more=1), note(caller, path="/api/notes/in-steps")):
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "CONFLICT"
    assert Notification.objects.count() == 1


def test_a_key_is_each_persons_own(caller):
    other = Caller(token=sign_in_as(UserFactory()).tokens.access)
    assert note(caller).json()["data"] != note(other).json()["data"]
    assert Notification.objects.count() == 2


@pytest.mark.parametrize("path", ["/api/notes", "/api/notes/in-steps"])
def test_a_refusal_is_kept_with_its_status(caller, path):
    first, second = note(caller, "conflict", path=path), note(caller, "conflict", path=path)
    assert (first.status_code, second.status_code) == (409, 409)
    assert first.content == second.content, "to the timestamp"


def test_a_refusal_takes_back_what_the_action_wrote_unless_it_goes_in_steps(caller):
    note(caller, "conflict")
    assert not Notification.objects.exists()
    note(caller, "conflict", key="another", path="/api/notes/in-steps")
    assert Notification.objects.count() == 1


def test_a_bad_body_is_kept_too(caller):
    answers = [caller.post("/api/notes", {"title": ""}, Idempotency_Key=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(("title", "status"), [("limited", 429), ("away", 503)])
def test_what_a_retry_should_try_again_is_not_kept(caller, title, status):
    for _ in range(2):
        answer = note(caller, title)
        assert answer.status_code == status
        assert "Idempotency-Replayed" not in answer
    assert not IdempotencyKey.objects.exists()


def test_a_fault_frees_the_key(caller):
    with pytest.raises(ZeroDivisionError):
        note(caller, "fault")
    assert not IdempotencyKey.objects.exists()
    assert not Notification.objects.exists()


def test_while_the_first_runs_a_second_is_409(caller):
    def meanwhile():
        Gate.inside = None
        seen.append(note(caller, path="/api/notes/in-steps"))

    seen = []
    Gate.inside = meanwhile
    assert note(caller, path="/api/notes/in-steps").status_code == 201
    assert seen[0].status_code == 409
    assert seen[0]["Retry-After"] == "60"


def test_a_running_key_is_told_with_the_rest_of_its_lease(user, time_machine):
    idempotency.claim_key(user=user, key=KEY, request_hash="a" * 64)
    time_machine.shift(20)
    with pytest.raises(idempotency.IdempotencyRunning) as refused:
        idempotency.claim_key(user=user, key=KEY, request_hash="a" * 64)
    assert refused.value.retry_after == 40


def test_a_killed_request_frees_its_key_after_a_minute(caller, user, time_machine):
    first = note(caller)
    IdempotencyKey.objects.update(status=None, body="", leased_until=now() + idempotency.LEASE)
    Notification.objects.all().delete()  # it was killed before it committed
    time_machine.shift(59)
    assert note(caller).status_code == 409
    time_machine.shift(1)
    second = note(caller)
    assert second.status_code == 201
    assert second.content != first.content
    assert note(caller).content == second.content


def test_one_that_was_too_slow_leaves_nothing_and_says_so(caller):
    def someone_takes_over():
        IdempotencyKey.objects.update(leased_until=now() + timedelta(seconds=99))

    Gate.inside = someone_takes_over
    assert note(caller).status_code == 409
    assert not Notification.objects.exists()


def test_a_key_is_kept_for_24_hours_and_new_afterwards(caller, time_machine):
    first = note(caller)
    time_machine.shift(24 * 3600 - 1)
    row = IdempotencyKey.objects.get()
    kept = idempotency.claim_key(user=row.user, key=KEY, request_hash=row.request_hash)
    assert kept.row.body == first.content.decode()
    time_machine.shift(1)
    again = idempotency.claim_key(user=row.user, key=KEY, request_hash="b" * 64)
    assert not again.is_answered


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "a\tb"])
def test_a_bad_key_is_400(caller, key):
    answer = note(caller, key=key)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == "Idempotency-Key"


def test_a_key_without_a_person_is_ignored():
    answers = [note(Caller(), path="/api/notes/open") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert not IdempotencyKey.objects.exists()


def test_files_are_part_of_what_is_the_same(caller):
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": KEY}

    def upload(content):
        form = {"title": "x", "file": SimpleUploadedFile("a.txt", content)}
        return Client().post("/api/notes", form, headers=headers)

    first = upload(b"one")
    assert first.status_code == 201
    assert upload(b"one").content == first.content
    assert upload(b"two").status_code == 409


# Who may call


def statuses(**fields):
    caller = Caller(token=sign_in_as(UserFactory(**fields)).tokens.access)
    return status_of(caller)


def status_of(caller):
    paths = ["verified-address", "verified", "staff", "reviewers"]
    return [caller.get(f"/api/notes/{path}").status_code for path in paths]


def test_permissions_by_person():
    assert status_of(Caller()) == [401] * 4
    assert statuses(email_verified_at=None) == [403, 403, 403, 403]
    assert statuses(email_verified_at=None, phone="+919876543210", phone_verified_at=now()) == [403, 200, 403, 403]
    assert statuses() == [200, 200, 403, 403]
    assert statuses(is_staff=True) == [200, 200, 200, 403]
    assert statuses(is_staff=True, is_superuser=True) == [200] * 4
    assert statuses(is_superuser=True) == [200, 200, 403, 403]


def test_a_permission_is_read_on_each_request():
    reviewer = StaffFactory()
    caller = Caller(token=sign_in_as(reviewer).tokens.access)
    reviewer.user_permissions.add(Permission.objects.get(codename="review_kyc"))
    assert status_of(caller) == [200] * 4
    reviewer.user_permissions.clear()
    assert status_of(caller) == [200, 200, 200, 403]


def test_the_refusals_say_what_is_missing():
    unverified = Caller(token=sign_in_as(UserFactory(email_verified_at=None)).tokens.access)
    codes = [
        unverified.get(f"/api/notes/{path}").json()["error"]["code"]
        for path in ("verified-address", "verified", "staff")
    ]
    assert codes == ["EMAIL_NOT_VERIFIED", "EMAIL_NOT_VERIFIED", "FORBIDDEN"]
