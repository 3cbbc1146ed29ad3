"""What a person's dashboard says, in two statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import orjson
from django.db import connection

from accounts.enums import KycStatus
from accounts.models import User
from bookings.models import Booking
from bookings.selectors.lines import BookingLines
from flashspace.base.clock import add_months, start_of, today
from flashspace.base.money import PAISA
from listings.enums import SpaceKind

MONTHS_SHOWN = 6
ACTIVITY_SHOWN = 5

# By hand, because the ORM spends several times the database's work on building fifteen aggregates for every call.
FIGURES = """
SELECT
  COUNT(*) FILTER (WHERE b.status = 'active' AND b.kind = 'virtual_office'),
  COUNT(*) FILTER (WHERE b.status = 'active' AND b.kind = 'coworking'),
  COUNT(*) FILTER (WHERE b.status = 'active' AND b.kind = 'coliving'),
  COUNT(*) FILTER (WHERE b.status = 'active' AND b.kind = 'rental'),
  COUNT(*) FILTER (WHERE b.status <> 'cancelled' AND b.created_at >= %s AND b.created_at < %s),
  COUNT(*) FILTER (WHERE b.status <> 'cancelled' AND b.created_at >= %s AND b.created_at < %s),
  COUNT(*) FILTER (WHERE b.status <> 'cancelled' AND b.created_at >= %s AND b.created_at < %s),
  COUNT(*) FILTER (WHERE b.status <> 'cancelled' AND b.created_at >= %s AND b.created_at < %s),
  COUNT(*) FILTER (WHERE b.status <> 'cancelled' AND b.created_at >= %s AND b.created_at < %s),
  COUNT(*) FILTER (WHERE b.status <> 'cancelled' AND b.created_at >= %s AND b.created_at < %s),
  MIN(b.start_on) FILTER (WHERE b.status IN ('pending_kyc', 'active') AND b.start_on >= %s),
  (SELECT SUM(i.total) FROM billing_invoice i WHERE i.customer_id = %s AND i.status IN ('pending', 'overdue')),
  (SELECT k.status FROM accounts_kycprofile k WHERE k.user_id = %s)
FROM bookings_booking b
WHERE b.customer_id = %s
"""
COUNTED_KINDS = (SpaceKind.VIRTUAL_OFFICE, SpaceKind.COWORKING, SpaceKind.COLIVING, SpaceKind.RENTAL)


@dataclass(frozen=True)
class MonthCount:
    """`first_on` is the first day of the month."""

    first_on: date
    count: int


@dataclass(frozen=True)
class Activity:
    space_name: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Dashboard:
    """`active_by_kind` has every kind; `months` the last six Indian months, oldest first, nothing cancelled in them."""

    active_by_kind: Mapping[str, int]
    unpaid: Decimal
    next_start_on: date | None
    kyc_status: str
    activity: tuple[Activity, ...]
    months: tuple[MonthCount, ...]

    @property
    def active(self) -> int:
        return sum(self.active_by_kind.values())


def get_dashboard(*, user: User) -> Dashboard:
    day = today()
    this_month = day.replace(day=1)
    firsts = [add_months(this_month, step - MONTHS_SHOWN + 1) for step in range(MONTHS_SHOWN + 1)]
    figures = _read_figures(user, day, firsts)
    kinds, months, (next_on, unpaid, kyc) = figures[:4], figures[4:10], figures[10:]
    return Dashboard(
        active_by_kind=dict(zip(COUNTED_KINDS, kinds, strict=True)),
        unpaid=Decimal(str(unpaid or 0)).quantize(PAISA),
        next_start_on=date.fromisoformat(next_on) if isinstance(next_on, str) else next_on,  # SQLite has no dates
        kyc_status=kyc or KycStatus.NOT_STARTED,
        activity=_list_activity(user),
        months=tuple(MonthCount(first, count) for first, count in zip(firsts, months, strict=False)),
    )


def _read_figures(user: User, day: date, firsts: list[date]) -> tuple[Any, ...]:
    edges = [connection.ops.adapt_datetimefield_value(start_of(first)) for first in firsts]
    spans = [edge for pair in pairwise(edges) for edge in pair]
    person = Booking.customer.field.get_db_prep_value(user.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [*spans, connection.ops.adapt_datefield_value(day), person, person, person])
        return tuple(cursor.fetchone())


def _list_activity(user: User) -> tuple[Activity, ...]:
    newest = BookingLines(user=user)[:ACTIVITY_SHOWN]
    return tuple(Activity(orjson.loads(one.snapshot)["name"], one.status, one.created_at) for one in newest)
