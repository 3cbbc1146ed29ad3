"""The rows that the ledger is held against, from either database."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.chaos.ledger import State

Rows = list[dict[str, Any]]
IDS = ("id", "invoice", "source", "booking")

BOOKINGS = (
    "SELECT b.id, u.email AS person, b.status, b.invoice_id AS invoice"
    " FROM bookings_booking b JOIN accounts_user u ON u.id = b.customer_id"
)
STORIES = "SELECT booking_id AS booking, count(*) AS entries FROM bookings_timelineentry GROUP BY 1"
INVOICES = "SELECT id, status, source_id AS source FROM billing_invoice"
PAYMENTS = "SELECT id, status, invoice_id AS invoice FROM billing_payment"
REFUNDS = "SELECT id FROM billing_refund"
MAILS = 'SELECT id, "to", dedupe_key, status FROM accounts_mail'


def read_state(rows: Callable[[str], Rows], *, delivered: list[str], faults: list[str]) -> State:
    def read(query: str) -> Rows:
        return [
            {name: str(UUID(str(value))) if name in IDS else value for name, value in row.items()}
            for row in rows(query)
        ]

    return State(
        bookings=read(BOOKINGS),
        stories={row["booking"]: row["entries"] for row in read(STORIES)},
        invoices=read(INVOICES),
        payments=read(PAYMENTS),
        refunds=[row["id"] for row in read(REFUNDS)],
        mails=read(MAILS),
        delivered=delivered,
        faults=faults,
    )


def sqlite_rows(file: Path, query: str) -> Rows:
    with sqlite3.connect(file, timeout=20) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]
