"""The one way to lock a row. Order everywhere: space, booking, invoice, payment, counters.

A row is locked where something scarce shrinks or a state moves. On PostgreSQL it is `SELECT … FOR NO KEY UPDATE`; on
SQLite a write transaction is the lock (BEGIN IMMEDIATE), so the row is merely read again. Tests switch `ENABLED` off to
show that a race they guard against would really happen.
"""

from typing import Any, TypeVar

from django.db import connection, models, transaction

M = TypeVar("M", bound=models.Model)

ENABLED = True


class NotInTransaction(RuntimeError):
    """A lock outside a transaction would be gone before the next statement."""


def lock_row(queryset: "models.QuerySet[M]", /, **lookup: Any) -> M:
    """Return the one row of `queryset` that matches, locked until the transaction ends.

    Raises the model's DoesNotExist. Callers turn that into their own error.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("lock_row needs transaction.atomic")
    if ENABLED and connection.features.has_select_for_update:
        queryset = queryset.select_for_update(of=("self",), no_key=True)
    return queryset.get(**lookup)


def lock_name(name: str) -> None:
    """Hold what no row stands for, until the transaction ends: whoever comes second waits here."""
    if not connection.in_atomic_block:
        raise NotInTransaction("lock_name needs transaction.atomic")
    if ENABLED and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


atomic = transaction.atomic
