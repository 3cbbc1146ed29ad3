import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry, User
from accounts.services import audit
from accounts.services.notify import notify_once
from flashspace.base.context import network, request_id
from flashspace.base.models import AppendOnlyError
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory(email="asha@example.com", full_name="Asha Rao")


def record(user, **given):
    entry = audit.record(**{"action": "user.changed", "actor": user, "target": user, **given})
    return AuditEntry.objects.get(pk=entry.pk)


def test_record_says_who_what_when_and_from_where(user):
    request_id.set("request-1")
    network.set("198.51.100.7")
    try:
        entry = record(user, before={"role": "customer"}, after={"role": "owner"}, reason="Asked by phone")
    finally:
        request_id.set("")
        network.set("")
    assert (entry.actor, entry.actor_email) == (user, "asha@example.com")
    assert (entry.target_type, entry.target_id, entry.target_label) == ("accounts.user", str(user.pk), "Asha Rao")
    assert (entry.before, entry.after, entry.reason) == ({"role": "customer"}, {"role": "owner"}, "Asked by phone")
    assert (entry.request_id, entry.network) == ("request-1", "198.51.100.7")


def test_record_leaves_out_what_did_not_change(user):
    entry = record(user, before={"a": 1, "b": 2}, after={"a": 1, "b": 3})
    assert (entry.before, entry.after) == ({"b": 2}, {"b": 3})


def test_record_shows_that_a_secret_changed_and_not_what_it_is(user):
    before = {"password": "old-one", "panNumber": "AABCT1234F", "nested": {"refresh_token": "t"}}
    entry = record(user, before=before, after={**before, "password": "new-one"})
    assert (entry.before, entry.after) == ({"password": "***"}, {"password": "***"})
    entry = record(user, after=before)
    assert entry.after == {"password": "***", "panNumber": "***", "nested": {"refresh_token": "***"}}


def test_record_takes_whatever_a_model_holds(user):
    entry = record(user, after=audit.snapshot(user, ["pk", "created_at", "groups", "is_staff"]) | {"list": [user.pk]})
    assert entry.after["pk"] == str(user.pk)
    assert entry.after["created_at"] == user.created_at.isoformat()
    assert entry.after["is_staff"] is False
    assert entry.after["list"] == [str(user.pk)]


def test_record_of_the_machine_has_no_actor(user):
    entry = record(user, actor=None)
    assert (entry.actor, entry.actor_email) == (None, "")


def test_entry_outlives_its_actor(user):
    entry = record(user)
    User.objects.filter(pk=user.pk).delete()
    assert AuditEntry.objects.get(pk=entry.pk).actor_email == "asha@example.com"


def test_entry_is_never_changed_or_deleted_by_the_model(user):
    entry = record(user)
    entry.reason = "Rewritten"
    for tamper in (entry.save, entry.delete, AuditEntry.objects.all().delete, AuditEntry.objects.filter().delete):
        with pytest.raises(AppendOnlyError):
            tamper()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(reason="Rewritten")
    assert AuditEntry.objects.get(pk=entry.pk).reason == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the trigger is PostgreSQL's")
@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET reason = 'x'", "DELETE FROM accounts_auditentry"]
)
def test_entry_is_never_changed_or_deleted_by_sql(user, statement):
    record(user)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_notify_once_tells_nobody_twice_until_it_is_read(user):
    first = notify_once(users=[user], kind="mail.dead", title="A mail could not be sent")
    assert notify_once(users=[user], kind="mail.dead", title="Another") == []
    first[0].read_at = user.created_at
    first[0].save()
    assert len(notify_once(users=[user], kind="mail.dead", title="Another")) == 1
