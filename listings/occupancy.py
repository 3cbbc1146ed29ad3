"""How full a space is. Bookings know; listings come before them in the import order, so bookings register here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID


class Sql(NamedTuple):
    """An expression and its parameters, each in the form its database wants."""

    text: str
    parameters: list[Any]


@dataclass(frozen=True)
class _Handlers:
    taken_now: Callable[[], Sql]
    find_peak: Callable[[UUID], int]


class OccupancyMissing(RuntimeError):
    """Nobody registered. A space would look free for ever, so this is never passed over."""


_handlers: _Handlers | None = None


def register(*, taken_now: Callable[[], Sql], find_peak: Callable[[UUID], int]) -> None:
    """Called once, when the app that books is ready.

    `taken_now()`: the seats that are taken now of the row `listings_space`, as an expression in a statement over that
    table, so that a list and its occupancy are one query. `find_peak(space_id)`: the most seats taken on any one day
    from today on.
    """
    global _handlers
    _handlers = _Handlers(taken_now, find_peak)


def is_full() -> Sql:
    """Whether the row `listings_space` has no free seat now. A space without a limit is not even looked up."""
    taken, parameters = _registered().taken_now()
    return Sql(
        f"CASE WHEN listings_space.total_seats IS NULL THEN FALSE ELSE listings_space.total_seats <= {taken} END",
        parameters,
    )


def taken_now() -> Sql:
    """Seats taken now of the row `listings_space`. A space without a limit is not looked up: zero."""
    taken, parameters = _registered().taken_now()
    return Sql(f"CASE WHEN listings_space.total_seats IS NULL THEN 0 ELSE {taken} END", parameters)


def find_peak(space_id: UUID) -> int:
    return _registered().find_peak(space_id)


def _registered() -> _Handlers:
    if _handlers is None:
        raise OccupancyMissing("no app has registered listings.occupancy")
    return _handlers
