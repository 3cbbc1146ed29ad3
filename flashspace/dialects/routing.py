"""Routes: data first, then one view per path, bound to its dialect, found by a look-up instead of a scan."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, re_path
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string

from flashspace.dialects import FLASHSPACE
from flashspace.dialects.answers import answer_fault
from flashspace.dialects.base import Dialect
from flashspace.dialects.errors import ROUTE_UNKNOWN
from flashspace.dialects.prefixes import dialect_of
from flashspace.dialects.views import DialectViewSet

View = Callable[..., HttpResponse]

# Operations that two documents have in common, and the action that serves both once both are routed. Dotted names: the
# kernel imports no app.
SHARED_OPERATIONS: Final[Mapping[tuple[str, str], str]] = {
    ("POST", "/api/auth/login"): "accounts.api.shared.LoginViewSet.login",
    ("POST", "/api/auth/signin"): "accounts.api.shared.LoginViewSet.login",
    ("GET", "/api/properties"): "listings.api.shared.PropertyViewSet.list",
    ("POST", "/api/v1/auth/login"): "consultants.api.shared.AuthViewSet.login",
    ("POST", "/api/v1/auth/refresh"): "consultants.api.shared.AuthViewSet.refresh",
    ("POST", "/api/v1/auth/logout"): "consultants.api.shared.AuthViewSet.logout",
    ("POST", "/api/v1/auth/forgot-password"): "consultants.api.shared.AuthViewSet.forgot_password",
    ("POST", "/api/v1/auth/reset-password"): "consultants.api.shared.AuthViewSet.reset_password",
}


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    view: type[DialectViewSet]
    action: str
    dialect: Dialect = FLASHSPACE


def route(method: str, path: str, view: type[DialectViewSet], action: str) -> Route:
    """`route("GET", "/api/user/bookings/<str:id>", BookingViewSet, "retrieve")`; `routes` binds its dialect."""
    if not hasattr(view, action):
        raise ImproperlyConfigured(f"{view.__name__} has no action {action!r}")
    return Route(method, path, view, action)


class PathPattern(URLPattern):
    """One path with all its methods. `routes` is what was written down, for the resolver and for OpenAPI."""

    def __init__(self, path: str, routes: Iterable[Route]) -> None:
        self.path = path
        self.routes = tuple(routes)
        super().__init__(RoutePattern(path.lstrip("/"), is_endpoint=True), _view(self.routes))


def routes(dialect: Dialect, entries: Iterable[Route]) -> list[PathPattern]:
    """The urlpatterns of one app in one dialect: methods of one path become one view."""
    by_path: dict[str, list[Route]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, []).append(replace(entry, dialect=dialect))
    return [PathPattern(path, found) for path, found in by_path.items()]


def api(*lists: Iterable[PathPattern]) -> list[URLPattern | URLResolver]:
    """All routes of all apps: shared paths merged, then a catch-all under /api."""
    documented = [one for patterns in lists for pattern in patterns for one in pattern.routes]
    by_path: dict[str, dict[str, Route]] = {}
    for one in documented:
        methods = by_path.setdefault(one.path, {})
        methods[one.method] = _shared(one, methods[one.method]) if one.method in methods else one
    patterns = [PathPattern(path, methods.values()) for path, methods in by_path.items()]
    return [ApiResolver(patterns, documented), re_path(r"^api(?:/|$)", unknown_route)]


def _shared(one: Route, other: Route) -> Route:
    """The route that serves both of two documents' operations."""
    dotted = SHARED_OPERATIONS.get((one.method, one.path))
    if dotted is None:
        twice = f"{one.view.__name__} and {other.view.__name__}"
        raise ImproperlyConfigured(f"{one.method} {one.path} is routed by {twice}")
    view, _, action = dotted.rpartition(".")
    return Route(one.method, one.path, import_string(view), action, dialect_of(one.method, one.path) or one.dialect)


def unknown_route(request: HttpRequest) -> HttpResponse:
    dialect = dialect_of(request.method or "", request.path)
    assert dialect is not None
    return answer_fault(ROUTE_UNKNOWN, dialect, request)


unknown_route.csrf_exempt = True  # type: ignore[attr-defined]
# As on a DRF view: it serves no method, for whoever asks which paths are routed.
unknown_route.actions = {}  # type: ignore[attr-defined]


def _view(found: tuple[Route, ...]) -> View:
    """One callable for a path. Methods of one class are one DRF view; several classes get a switch before them."""
    allow = {"OPTIONS", *(one.method for one in found), *({"HEAD"} if any(o.method == "GET" for o in found) else ())}
    groups: dict[tuple[str, type[DialectViewSet]], list[Route]] = {}
    for one in found:
        groups.setdefault((one.dialect.name, one.view), []).append(one)
    by_method: dict[str, View] = {}
    for (_, view), group in groups.items():
        actions: dict[str, Any] = {one.method.lower(): one.action for one in group}
        callback = view.as_view(actions, dialect=group[0].dialect, allow=allow)
        by_method |= {one.method: callback for one in group}
    return callback if len(groups) == 1 else _switch(by_method)


def _switch(by_method: dict[str, View]) -> View:
    if "GET" in by_method:
        by_method.setdefault("HEAD", by_method["GET"])
    refuses = next(iter(by_method.values()))

    def switch(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return by_method.get(request.method or "", refuses)(request, **kwargs)

    switch.csrf_exempt = True  # type: ignore[attr-defined]
    switch.actions = {method.lower(): method for method in by_method}  # type: ignore[attr-defined]
    return switch


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    pattern: PathPattern | None = None

    def add(self, pattern: PathPattern) -> None:
        node = self
        for segment in pattern.path.lstrip("/").split("/"):
            if segment.startswith("<"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.pattern = pattern

    def find(self, segments: list[str], index: int = 0) -> PathPattern | None:
        if index == len(segments):
            return self.pattern
        literal = self.literals.get(segments[index])
        found = literal.find(segments, index + 1) if literal is not None else None
        if found is None and self.parameter is not None and segments[index]:
            found = self.parameter.find(segments, index + 1)
        return found


class ApiResolver(URLResolver):
    """Two hundred paths, found segment by segment. A literal goes before a parameter, in whatever order apps route.

    `documented` are the routes as the apps wrote them, each in its own dialect, shared operations twice.
    """

    def __init__(self, patterns: list[PathPattern], documented: list[Route]) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), patterns)
        self.documented = documented
        self._root = _Node()
        for pattern in patterns:
            self._root.add(pattern)

    def resolve(self, path: str) -> ResolverMatch:
        pattern = self._root.find(path.split("/"))
        match = pattern.resolve(path) if pattern is not None else None
        if match is None:
            raise Resolver404({"tried": [], "path": path})
        return match
