"""Every route there is, read from the URL configuration itself."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, get_resolver

from flashspace.dialects.routing import ApiResolver

ADMIN = "/admin/"


class Found(NamedTuple):
    """`kind`: api, page or admin. A page and the admin do not say which methods they take."""

    kind: str
    method: str
    path: str
    name: str
    callback: Callable[..., Any]


def find_routes() -> list[Found]:
    return [one for pattern, path in _walk(get_resolver().url_patterns, "/") for one in _read(pattern, path)]


def _walk(patterns: Any, prefix: str) -> Iterator[tuple[Any, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern, prefix + _plain(pattern)
        elif isinstance(pattern, ApiResolver):
            yield from ((one, f"/{one.pattern}") for one in pattern.url_patterns)
        else:
            yield from _walk(pattern.url_patterns, prefix + _plain(pattern))


def _plain(pattern: Any) -> str:
    text = str(pattern.pattern)
    return simplify_regex(text).lstrip("/") if hasattr(pattern.pattern, "_regex") else text


def _read(pattern: Any, path: str) -> Iterator[Found]:
    routes = getattr(pattern, "routes", None)
    if routes is None:
        kind = "admin" if path.startswith(ADMIN) else "page"
        yield Found(kind, "", path, pattern.name or "", pattern.callback)
        return
    for one in routes:
        yield Found("api", one.method, one.path, f"{one.view.__name__}.{one.action}", pattern.callback)
