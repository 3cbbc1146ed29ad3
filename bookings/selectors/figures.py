"""What the desk wants to know about bookings: which wait, and how full the spaces are."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from bookings.enums import BookingStatus
from bookings.models import Booking
from flashspace.base.clock import now, today
from flashspace.base.queues import Queue

CITIES_SHOWN: Final = 12
SPACES_SHOWN: Final = 5

# `{staying}` is the ORM's: what takes a seat is said once, in the queryset.
CITIES: Final = """
WITH staying (space_id, bookings, seats) AS ({staying}),
places AS (
  SELECT s.city_key, s.city, s.status = 'approved' AND s.deleted_at IS NULL AS is_public, s.total_seats,
    COALESCE(staying.bookings, 0) AS bookings, COALESCE(staying.seats, 0) AS taken
  FROM listings_space s LEFT JOIN staying ON staying.space_id = s.id
)
SELECT city_key, MIN(city), SUM(bookings), COALESCE(SUM(total_seats) FILTER (WHERE is_public), 0),
  COALESCE(SUM(taken) FILTER (WHERE is_public AND total_seats IS NOT NULL), 0)
FROM places WHERE is_public OR bookings > 0
GROUP BY city_key ORDER BY 3 DESC, 4 DESC, 1 LIMIT %s
"""
ENDS: Final = """
WITH staying (space_id, bookings, seats) AS ({staying}),
counted AS (
  SELECT s.id, s.name, s.city, s.total_seats AS seats,
    COALESCE(staying.seats, 0) AS taken, COALESCE(staying.bookings, 0) AS bookings
  FROM listings_space s LEFT JOIN staying ON staying.space_id = s.id
  WHERE s.status = 'approved' AND s.deleted_at IS NULL AND s.total_seats IS NOT NULL
)
SELECT * FROM (SELECT * FROM counted ORDER BY taken * 1.0 / seats DESC, seats DESC, id LIMIT %s) AS fullest
UNION ALL
SELECT * FROM (SELECT * FROM counted ORDER BY taken * 1.0 / seats, seats DESC, id LIMIT %s) AS emptiest
"""


@dataclass(frozen=True)
class CityOccupancy:
    """`bookings` that stay today; seats only of public spaces that have a number of them."""

    key: str
    city: str
    bookings: int
    seats: int
    taken: int


@dataclass(frozen=True)
class SpaceOccupancy:
    id: UUID
    name: str
    city: str
    seats: int
    taken: int
    bookings: int


@dataclass(frozen=True)
class Occupancy:
    """Today's. `cities` with the most bookings first; the two ends are of spaces with a number of seats."""

    cities: tuple[CityOccupancy, ...]
    fullest: tuple[SpaceOccupancy, ...]
    emptiest: tuple[SpaceOccupancy, ...]


def list_queues() -> list[Queue]:
    active = Booking.objects.filter(status=BookingStatus.ACTIVE, documents_issued_at__isnull=True)
    return [
        Queue(
            name="unverified",
            title="Paid, waiting for KYC",
            icon="hourglass_top",
            rows=Booking.objects.filter(status=BookingStatus.PENDING_KYC),
            since="confirmed_at",
            query="status__exact=pending_kyc",
        ),
        Queue(
            name="papers",
            title="Active without papers",
            icon="file_copy_off",
            rows=active,
            since="activated_at",
            query="papers=missing",
        ),
    ]


def list_staying() -> "QuerySet[Booking]":
    """Bookings that take seats today."""
    day = today()
    return Booking.objects.taking_seats(now()).overlapping(day, day + timedelta(days=1))


def measure_occupancy() -> Occupancy:
    """Two queries."""
    spaces = [SpaceOccupancy(_uuid(row[0]), *row[1:]) for row in _read(ENDS, SPACES_SHOWN, SPACES_SHOWN)]
    ends = len(spaces) // 2  # as many of each
    fullest = tuple(space for space in spaces[:ends] if space.taken)
    return Occupancy(
        cities=tuple(CityOccupancy(*row) for row in _read(CITIES, CITIES_SHOWN)),
        fullest=fullest,
        emptiest=tuple(space for space in spaces[ends:] if space not in fullest),
    )


def _read(statement: str, *limits: int) -> list[tuple[Any, ...]]:
    staying = list_staying().order_by().values("space_id").annotate(bookings=Count("pk"), taken=Sum("seats"))
    sql, parameters = staying.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(staying=sql), [*parameters, *limits])
        return [tuple(row) for row in cursor.fetchall()]


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)  # SQLite has no ids


def has_booked() -> Q:
    return Q(Exists(Booking.objects.filter(customer=OuterRef("pk"))))


def has_paid() -> Q:
    return Q(Exists(Booking.objects.filter(customer=OuterRef("pk"), confirmed_at__isnull=False)))


def has_been_active() -> Q:
    return Q(Exists(Booking.objects.filter(customer=OuterRef("pk"), activated_at__isnull=False)))
