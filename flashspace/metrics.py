"""What Prometheus reads at `/metrics`: requests by route, the work that waits, and whether the services answer."""

import logging
import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from flashspace import __version__
from flashspace.base.gauges import gauges
from flashspace.base.health import GOOD
from flashspace.health import health

if settings.METRICS_DIR:
    settings.METRICS_DIR.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_DIR)

# Only now: the library looks for its directory while it is imported.
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

_counted = CollectorRegistry()
REQUESTS = Counter("flashspace_requests", "Answered requests", ["method", "route", "status"], registry=_counted)
LATENCY = Histogram("flashspace_request_seconds", "Time to answer", ["route"], buckets=SECONDS, registry=_counted)


class MetricsMiddleware:
    """Outermost. Counts by the pattern of a route, never by its path: paths are endless and hold ids."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = f"/{match.route}" if match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        LATENCY.labels(route).observe(time.perf_counter() - began)
        return response


class Work(Collector):
    """Asked at each reading: a few indexed questions. One that cannot be answered is left out, which an alert sees."""

    def collect(self) -> Iterator[Metric]:
        yield _one("flashspace_build_info", "The version that runs", 1, {"version": __version__})
        up = GaugeMetricFamily("flashspace_service_up", "1 where the health check is content", labels=["service"])
        for service, word in health.report().services.items():
            up.add_metric([service], float(word in GOOD))
        yield up
        for gauge in gauges():
            try:
                yield _one(f"flashspace_{gauge.name}", gauge.text, gauge.read(), {})
            except DatabaseError as error:
                log.warning("metrics: %s: %s", gauge.name, type(error).__name__)


def exposition() -> bytes:
    """The text format; with METRICS_DIR the sums over all web processes of this machine."""
    registry = _counted
    if settings.METRICS_DIR:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    work = CollectorRegistry()
    work.register(Work())
    return generate_latest(registry) + generate_latest(work)


def _one(name: str, text: str, value: float, labels: dict[str, str]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family
