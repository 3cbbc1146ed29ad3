"""For machines that ask whether we live: orchestrators, load balancers, monitors."""

import secrets
from math import ceil

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from flashspace.base.health import CONNECTED, DISCONNECTED
from flashspace.health import REMEMBERED_SECONDS, has_all_migrations, health
from flashspace.metrics import exposition


@never_cache
@require_safe
def liveness(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of anybody: a dead database is no reason to restart us."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readiness(request: HttpRequest) -> JsonResponse:
    """Whether to send requests here. Not without database or tables; a missing cache only costs speed."""
    report = health.report()
    is_connected = report.services["database"] == CONNECTED
    try:
        is_migrated = is_connected and has_all_migrations()
    except DatabaseError:
        is_connected = is_migrated = False
    body = {
        "status": "ready" if is_migrated else "not ready",
        "database": CONNECTED if is_connected else DISCONNECTED,
        "migrations": "applied" if is_migrated else "pending",
        "cache": report.services["cache"],
    }
    if is_migrated:
        return JsonResponse(body)
    return JsonResponse(body, status=503, headers={"Retry-After": ceil(REMEMBERED_SECONDS)})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with `Authorization: Bearer <METRICS_TOKEN>`. Without a token set there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")
