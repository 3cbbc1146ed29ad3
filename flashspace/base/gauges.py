"""Figures of the work itself, for the metrics page. Each app registers its own in `gauges.py`.

A process that lives may still do nothing; how long the oldest row has waited says it truly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flashspace.base.clock import now

Read = Callable[[], float]


@dataclass(frozen=True)
class Gauge:
    """`read` asks one indexed question; seconds or rows, as the name says."""

    name: str
    text: str
    read: Read


_gauges: dict[str, Gauge] = {}


def gauge(name: str, text: str) -> Callable[[Read], Read]:
    """Register a figure under `flashspace_<name>`. A name stands once."""

    def register(read: Read) -> Read:
        if name in _gauges and _gauges[name].read is not read:
            raise ValueError(f"gauge {name} stands twice")
        _gauges[name] = Gauge(name, text, read)
        return read

    return register


def gauges() -> list[Gauge]:
    return [gauge for _, gauge in sorted(_gauges.items())]


def seconds_since(moment: datetime | None) -> float:
    """How long ago that was; 0 for what never was, or is yet to come."""
    return max(0.0, (now() - moment).total_seconds()) if moment else 0.0
