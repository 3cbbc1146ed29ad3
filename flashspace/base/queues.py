"""Rows that wait for somebody. Each app says which; one statement counts them all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet, Value


@dataclass(frozen=True)
class Queue:
    """`query` asks the admin's list of the same rows; `since` is the field that says since when one waits."""

    name: str
    title: str
    icon: str
    rows: "QuerySet[Any]"
    since: str
    query: str


@dataclass(frozen=True)
class Waiting:
    count: int
    oldest_at: datetime | None


def count_waiting(queues: Iterable[Queue]) -> Mapping[str, Waiting]:
    """How many wait in each, by name, and since when the first. One query; none without a queue."""
    parts = [
        queue.rows.order_by()
        .annotate(queue_name=Value(queue.name))
        .values("queue_name")
        .annotate(how_many=Count("*"), oldest_at=Min(queue.since))
        .values_list("queue_name", "how_many", "oldest_at")
        for queue in queues
    ]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {name: Waiting(count, oldest_at) for name, count, oldest_at in rows}
