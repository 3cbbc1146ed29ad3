"""Is everything there that we need? Really asked, but at most every five seconds and never for long."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from flashspace.base.clock import now
from flashspace.base.health import CONNECTED, DEGRADED, DISCONNECTED, GOOD, Check, check, checks

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 5.0
PATIENCE_SECONDS = 2.0
HEALTHY, UNHEALTHY = "healthy", "unhealthy"

_started = time.monotonic()
_askers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")


@dataclass(frozen=True)
class Report:
    status: str
    services: Mapping[str, str]
    at: datetime

    @property
    def is_serving(self) -> bool:
        return self.status != UNHEALTHY


@check("database", otherwise=DISCONNECTED, vital=True)
def database() -> str:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
    return CONNECTED


@check("cache", otherwise=DISCONNECTED)
def shared_cache() -> str:
    cache.set("health", "1", 10)
    return CONNECTED if cache.get("health") == "1" else DISCONNECTED


class Health:
    """The last report, made anew when it is older than five seconds. Of many callers one asks, the others wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._report: Report | None = None
        self._made_at = 0.0

    def report(self) -> Report:
        with self._lock:
            if self._report is None or self._clock() - self._made_at >= REMEMBERED_SECONDS:
                self._report = _ask(checks())
                self._made_at = self._clock()
            return self._report


health = Health()


def uptime() -> str:
    """2h 15m 30s"""
    seconds = int(time.monotonic() - _started)
    return f"{seconds // 3600}h {seconds // 60 % 60}m {seconds % 60}s"


def has_all_migrations() -> bool:
    """Whether the database has every table this code knows. Once it has, that is remembered: code does not change."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


_migrated = False


def _ask(asked: list[Check]) -> Report:
    deadline = time.monotonic() + PATIENCE_SECONDS
    answers = [(each, _askers.submit(_probe, each)) for each in asked]
    services: dict[str, str] = {}
    for each, answer in answers:
        try:
            services[each.service] = answer.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            answer.cancel()
            services[each.service] = each.otherwise
    return Report(_overall(asked, services), services, now())


def _probe(each: Check) -> str:
    try:
        return each.probe()
    except Exception as error:  # noqa: BLE001  whatever it is, the service does not work
        log.warning("health: %s: %s", each.service, type(error).__name__)
        return each.otherwise
    finally:
        connections.close_all()  # this thread's own


def _overall(asked: list[Check], services: Mapping[str, str]) -> str:
    failing = [each for each in asked if services[each.service] not in GOOD]
    if any(each.vital for each in failing):
        return UNHEALTHY
    return DEGRADED if failing else HEALTHY
