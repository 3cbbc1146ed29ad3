"""A person's bookings as a list shows them: a page and its count in one statement.

Written out, because it is read by every client that opens the app, and the ORM spends several times the database's work
on building and compiling two queries and on values that go straight out again.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple, overload
from uuid import UUID

from django.db import connection

from accounts.models import User
from bookings.models import Booking

COUNT_UP_TO: Final = 10_000

# Everything as text: the same words from PostgreSQL and from SQLite, which has neither dates nor decimals.
_COLUMNS: Final = """
CAST(id AS TEXT), number, kind, status, CAST(snapshot AS TEXT), plan_name, CAST(total_amount AS TEXT), tenure,
tenure_unit, CAST(start_on AS TEXT), CAST(end_on AS TEXT), CAST(created_at AS TEXT)
"""
_COUNT: Final = "SELECT COUNT(*) FROM (SELECT 1 FROM bookings_booking WHERE {where} LIMIT %s) AS bounded"
# Both are made of the names in this file; what a person asks for are parameters.
_PAGE: Final = (
    "SELECT {columns}, ({count}) FROM bookings_booking WHERE {where} "
    "ORDER BY created_at DESC, id DESC LIMIT %s OFFSET %s"
)


class BookingLine(NamedTuple):
    """Named as the columns of a Booking are; `snapshot` is JSON that nobody has parsed."""

    pk: UUID
    number: str
    kind: str
    status: str
    snapshot: str
    plan_name: str
    total_amount: Decimal
    tenure: int
    tenure_unit: str
    start_on: date
    end_on: date
    created_at: datetime


class BookingLines(Sequence[BookingLine]):
    """Newest first. Each slice is one statement, which counts as well, up to COUNT_UP_TO."""

    def __init__(self, *, user: User, kind: str | None = None, status: str | None = None) -> None:
        wanted = {"customer_id": Booking.customer.field.get_db_prep_value(user.pk, connection)}
        wanted |= {name: value for name, value in (("kind", kind), ("status", status)) if value}
        self._where = " AND ".join(f"{name} = %s" for name in wanted)
        self._values = list(wanted.values())
        self._total: int | None = None

    @overload
    def __getitem__(self, index: int) -> BookingLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[BookingLine]: ...
    def __getitem__(self, index: int | slice) -> BookingLine | list[BookingLine]:
        if isinstance(index, int):
            return self._fetch(index, 1)[0]
        first = index.start or 0
        return self._fetch(first, (index.stop or COUNT_UP_TO) - first)

    def __len__(self) -> int:
        if self._total is None:
            self._total = int(_run(_COUNT.format(where=self._where), [*self._values, COUNT_UP_TO])[0][0])
        return self._total

    def _fetch(self, offset: int, limit: int) -> list[BookingLine]:
        values = [*self._values, COUNT_UP_TO, *self._values, limit, offset]
        count = _COUNT.format(where=self._where)
        rows = _run(_PAGE.format(columns=_COLUMNS, count=count, where=self._where), values)
        if rows:
            self._total = int(rows[0][-1])
        return [_read(row) for row in rows]


def _run(sql: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def _read(row: tuple[Any, ...]) -> BookingLine:
    pk, number, kind, status, snapshot, plan_name, total, tenure, unit, start_on, end_on, created_at, _ = row
    return BookingLine(
        UUID(pk),
        number,
        kind,
        status,
        snapshot,
        plan_name,
        Decimal(total),
        tenure,
        unit,
        date.fromisoformat(start_on),
        date.fromisoformat(end_on),
        _instant(created_at),
    )


def _instant(text: str) -> datetime:
    """PostgreSQL says the offset of its session, which is UTC; SQLite says none and means UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
