"""No wait without an end for PostgreSQL: one that hangs keeps the connection open and says nothing."""

import re
from typing import Any, cast

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

MORE_SECONDS = 5.0  # than the server lets a statement take: whatever is late by so much does not come


class PatientConnection(psycopg.Connection[Any]):
    """Waits for an answer only so long; then the connection is of no use to anybody, and closed."""

    patience: float

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


def wait_with_patience(connection: BaseDatabaseWrapper, **_: object) -> None:
    """For Django's `connection_created`: bound the waits of a connection whose statements are bounded."""
    if connection.vendor != "postgresql":
        return
    limits = re.findall(r"statement_timeout=(\d+)", connection.settings_dict["OPTIONS"].get("options", ""))
    if limits:
        # Django makes the connection itself, of the class it knows.
        connection.connection.__class__ = PatientConnection
        cast(PatientConnection, connection.connection).patience = int(limits[-1]) / 1000 + MORE_SECONDS
