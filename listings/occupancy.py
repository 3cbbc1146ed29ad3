"""How full a space is. Bookings know; listings come before them in the import order, so bookings register here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

CountTaken = Callable[[Collection[UUID]], Mapping[UUID, int]]
FindPeak = Callable[[UUID], int]


class OccupancyMissing(RuntimeError):
    """Nobody registered. A space would look free for ever, so this is never passed over."""


@dataclass(frozen=True)
class _Handlers:
    count_taken: CountTaken
    find_peak: FindPeak


_handlers: _Handlers | None = None


def register(*, count_taken: CountTaken, find_peak: FindPeak) -> None:
    """Called once, when the app that books is ready.

    `count_taken(space_ids)`: seats taken today by space, in one query. `find_peak(space_id)`: the most seats taken on
    any one day from today on.
    """
    global _handlers
    _handlers = _Handlers(count_taken, find_peak)


def count_taken_today(space_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Seats taken today; a space that is not in the answer has none taken. Asks nothing for no space."""
    return _registered().count_taken(space_ids) if space_ids else {}


def find_peak(space_id: UUID) -> int:
    return _registered().find_peak(space_id)


def _registered() -> _Handlers:
    if _handlers is None:
        raise OccupancyMissing("no app has registered listings.occupancy")
    return _handlers
