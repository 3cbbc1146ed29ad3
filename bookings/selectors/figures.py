"""What the desk wants to know about bookings: which wait, and how full the spaces are."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Sum, When

from bookings.enums import BookingStatus
from bookings.models import Booking
from flashspace.base.clock import now, today
from flashspace.base.queues import Queue

CITIES_SHOWN: Final = 12
SPACES_SHOWN: Final = 5

# `{staying}` is the ORM's: what takes a seat is said once, in the queryset. The bookings are read once for all parts.
OCCUPANCY: Final = """
WITH staying (space_id, bookings, seats) AS ({staying}),
places AS (
  SELECT s.id, s.name, s.city_key, s.city, s.total_seats AS seats,
    s.status = 'approved' AND s.deleted_at IS NULL AS is_public,
    COALESCE(staying.bookings, 0) AS bookings, COALESCE(staying.seats, 0) AS taken
  FROM listings_space s LEFT JOIN staying ON staying.space_id = s.id
),
counted AS (
  SELECT CAST(id AS text) AS key, name, city, bookings, seats, taken FROM places WHERE is_public AND seats IS NOT NULL
)
SELECT 'cities' AS part, cities.* FROM (
  SELECT city_key AS key, '' AS name, MIN(city) AS city, SUM(bookings) AS bookings,
    COALESCE(SUM(seats) FILTER (WHERE is_public), 0) AS seats,
    COALESCE(SUM(taken) FILTER (WHERE is_public AND seats IS NOT NULL), 0) AS taken
  FROM places WHERE is_public OR bookings > 0
  GROUP BY city_key ORDER BY 4 DESC, 5 DESC, 1 LIMIT %s
) AS cities
UNION ALL
SELECT 'fullest', fullest.* FROM (
  SELECT * FROM counted ORDER BY taken * 1.0 / seats DESC, seats DESC, key LIMIT %s
) AS fullest
UNION ALL
SELECT 'emptiest', emptiest.* FROM (
  SELECT * FROM counted ORDER BY taken * 1.0 / seats, seats DESC, key LIMIT %s
) AS emptiest
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
    """One query."""
    parts: dict[str, list[tuple[Any, ...]]] = {"cities": [], "fullest": [], "emptiest": []}
    for part, key, name, city, *counts in _read():
        parts[part].append((key, name, city, *map(int, counts)))
    fullest = tuple(space for space in map(_space, parts["fullest"]) if space.taken)
    return Occupancy(
        cities=tuple(
            CityOccupancy(key, city, bookings, seats, taken) for key, _, city, bookings, seats, taken in parts["cities"]
        ),
        fullest=fullest,
        emptiest=tuple(space for space in map(_space, parts["emptiest"]) if space not in fullest),
    )


def _space(row: tuple[Any, ...]) -> SpaceOccupancy:
    key, name, city, bookings, seats, taken = row
    return SpaceOccupancy(UUID(key), name, city, seats, taken, bookings)


def _read() -> list[tuple[Any, ...]]:
    staying = list_staying().order_by().values("space_id").annotate(bookings=Count("*"), taken=Sum("seats"))
    sql, parameters = staying.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(OCCUPANCY.format(staying=sql), [*parameters, CITIES_SHOWN, SPACES_SHOWN, SPACES_SHOWN])
        return list(cursor.fetchall())


def has_booked() -> Q:
    return Q(Exists(Booking.objects.filter(customer=OuterRef("pk"))))


def has_paid() -> Q:
    return Q(Exists(Booking.objects.filter(customer=OuterRef("pk"), confirmed_at__isnull=False)))


def has_been_active() -> Q:
    return Q(Exists(Booking.objects.filter(customer=OuterRef("pk"), activated_at__isnull=False)))


def list_ways() -> "QuerySet[Any, Any]":
    """Of every customer at once what the three conditions above say: booked, paid, has been active."""

    def ever(column: str) -> Max:
        return Max(Case(When(**{f"{column}__isnull": False}, then=1), default=0))

    theirs = Booking.objects.order_by().values_list("customer")
    return theirs.annotate(booked=Count("*"), paid=ever("confirmed_at"), active=ever("activated_at"))
