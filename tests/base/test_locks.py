import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from flashspace.base import locks


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused():
    with pytest.raises(locks.NotInTransaction):
        locks.lock_row(Group.objects.all(), name="support")


@pytest.mark.django_db
def test_row_is_locked_where_the_database_can_and_the_control_switch_is_on(monkeypatch):
    Group.objects.create(name="locked")

    def sql():
        with (
            transaction.atomic(),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            locks.lock_row(Group.objects.all(), name="locked")
        return queries[-1]["sql"]

    assert ("FOR NO KEY UPDATE" in sql()) is (connection.vendor == "postgresql")
    monkeypatch.setattr(locks, "ENABLED", False)
    assert "FOR NO KEY UPDATE" not in sql()
