"""What the documents say about the server itself: is it there, is it well."""

from collections import Counter
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import get_resolver
from django.utils.cache import patch_vary_headers
from rest_framework import serializers
from rest_framework.request import Request

from flashspace import __version__
from flashspace.dialects import DIALECTS, FLASHSPACE, NAKKSHA, RENTO
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import ApiResolver, PathPattern, route, routes
from flashspace.dialects.serializers import Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.health import health, uptime

WELCOME = "Welcome to Rento API"
ENDPOINTS = {
    "users": "/api/user",
    "properties": "/api/properties",
    "bookings": "/api/booking",
    "balling": "/api/balling",
    "landlord": "/api/landlord",
}


ABOUT = {
    "flashspace": "Accounts, virtual offices, coworking, dashboard, KYC, invoices",
    "nano": "Owners’ properties with approval, seat bookings, statistics",
    "rento": "Landlords’ rentals, storage bookings, Google sign-in",
    "nakksha": "Consultants, availability, sessions, quotations, Teams meetings",
    "workspace": "Organizations, roles, packages, payments, chat and calls",
}


class ServicesOut(Out):
    database = serializers.ChoiceField(["connected", "disconnected"])
    email = serializers.ChoiceField(["operational", "degraded", "not_configured"])
    payment = serializers.ChoiceField(["operational", "degraded", "not_configured"])
    cache = serializers.ChoiceField(["connected", "disconnected"])


class HealthOut(Out):
    status = serializers.ChoiceField(["healthy", "degraded", "unhealthy"])
    timestamp = serializers.DateTimeField()
    services = ServicesOut()


class DetailedHealthOut(HealthOut):
    version = serializers.CharField()
    uptime = serializers.CharField(help_text="2h 15m 30s")


class WelcomeOut(Out):
    version = serializers.CharField()
    status = serializers.CharField()
    endpoints = serializers.DictField(child=serializers.CharField())


class Unlimited(DialectViewSet):
    """Monitors ask every few seconds, and their answer is remembered: nothing here is worth counting."""

    permissions: ClassVar[dict[str, Permissions]] = {"show": []}

    def check_limits(self, request: Request) -> None:
        return


class HealthViewSet(Unlimited):
    tags = "Health Check"

    @operation(summary="Health Check", response={200: DetailedHealthOut, 503: DetailedHealthOut}, flat=True)
    def show(self, request: Request) -> HttpResponse:
        report = health.report()
        return self.reply(
            status=200 if report.is_serving else 503,
            flat={
                "success": report.is_serving,
                "status": report.status,
                "timestamp": report.at,
                "services": report.services,
                "version": __version__,
                "uptime": uptime(),
            },
        )


class PlainHealthViewSet(Unlimited):
    tags = "Health Check"

    @operation(summary="Health Check", response={200: HealthOut, 503: HealthOut}, flat=True)
    def show(self, request: Request) -> HttpResponse:
        report = health.report()
        return self.reply(
            status=200 if report.is_serving else 503,
            flat={"status": report.status, "timestamp": report.at, "services": report.services},
        )


class WelcomeViewSet(Unlimited):
    tags = "Health Check"
    produces: ClassVar[dict[str, str]] = {"show": "text/html"}

    @operation(summary="Check if the API is running", response={200: WelcomeOut}, flat=True)
    def show(self, request: Request) -> HttpResponse:
        """rento's own words for programs, a page for browsers."""
        plain = request._request
        answer: HttpResponse
        if plain.get_preferred_type(["application/json", "text/html"]) == "text/html":
            answer = render(plain, "welcome.html", {"version": __version__, "dialects": dialects_served()})
        else:
            flat = {"version": __version__, "status": "active", "endpoints": ENDPOINTS}
            answer = self.reply(message=WELCOME, flat=flat)
        patch_vary_headers(answer, ["Accept"])
        return answer


def dialects_served() -> list[dict[str, Any]]:
    """The dialects that have routes, and how many operations each of them answers."""
    resolvers = [found for found in get_resolver().url_patterns if isinstance(found, ApiResolver)]
    patterns = [pattern for found in resolvers for pattern in found.url_patterns if isinstance(pattern, PathPattern)]
    counts = Counter(one.dialect.name for pattern in patterns for one in pattern.routes)
    return [
        {"name": name, "title": DIALECTS[name].title, "about": ABOUT[name], "operations": counts[name]}
        for name in ABOUT
        if counts[name]
    ]


urlpatterns = [
    *routes(FLASHSPACE, [route("GET", "/api/health", HealthViewSet, "show")]),
    *routes(NAKKSHA, [route("GET", "/health", PlainHealthViewSet, "show")]),
    *routes(RENTO, [route("GET", "/", WelcomeViewSet, "show")]),
]
