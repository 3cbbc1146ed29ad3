import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from django.urls import Resolver404, get_resolver, resolve
from django.utils.module_loading import import_string

from flashspace.dialects import FLASHSPACE, NANO, RENTO, routing
from flashspace.dialects.routing import SHARED_OPERATIONS, ApiResolver, api, route, routes
from tests.dialects.urls import RentalViewSet, ThingViewSet

DOCUMENTED = json.loads((Path(__file__).parents[1] / "contract" / "documented.json").read_text(encoding="utf-8"))


def test_shared_operations_are_those_that_two_documents_have() -> None:
    dialects: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in DOCUMENTED:
        dialects[one["method"], one["path"]].add(one["dialect"])

    same_as_login = ("POST", "/api/auth/signin")
    assert {key for key, names in dialects.items() if len(names) > 1} == set(SHARED_OPERATIONS) - {same_as_login}
    assert SHARED_OPERATIONS[same_as_login] == SHARED_OPERATIONS["POST", "/api/auth/login"]
    assert len(SHARED_OPERATIONS) == 8


@pytest.mark.parametrize(("method", "path"), SHARED_OPERATIONS)
def test_shared_operation_is_served_by_the_view_of_the_table(method: str, path: str) -> None:
    view, _, action = SHARED_OPERATIONS[method, path].rpartition(".")
    whole: Any = get_resolver("flashspace.urls")
    served = [
        (one.view, one.action)
        for resolver in whole.url_patterns
        if isinstance(resolver, ApiResolver)
        for pattern in resolver.url_patterns
        for one in pattern.routes
        if (one.method, one.path) == (method, path)
    ]

    assert served == [(import_string(view), action)]
    assert whole.resolve(path).func is not routing.unknown_route


def test_method_that_a_path_lacks_is_refused_in_the_dialect_that_it_would_have() -> None:
    """Though only rento's GET is routed there."""
    (pattern,) = routes(RENTO, [route("GET", "/api/properties", RentalViewSet, "list")])

    answer = pattern.callback(RequestFactory().post("/api/properties"))

    assert (answer.status_code, set(json.loads(answer.content))) == (405, {"error", "code"})


def test_operation_routed_by_two_apps_is_refused() -> None:
    one = routes(FLASHSPACE, [route("GET", "/api/things", ThingViewSet, "list")])
    other = routes(NANO, [route("GET", "/api/things", RentalViewSet, "list")])

    with pytest.raises(ImproperlyConfigured, match="GET /api/things is routed by"):
        api(one, other)


def test_shared_operation_routed_twice_is_served_by_its_own_view(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {("POST", "/api/auth/login"): "tests.dialects.urls.ThingViewSet.signin"}
    monkeypatch.setattr(routing, "SHARED_OPERATIONS", table)
    one = routes(FLASHSPACE, [route("POST", "/api/auth/login", ThingViewSet, "create")])
    other = routes(NANO, [route("POST", "/api/auth/login", ThingViewSet, "many")])

    resolver: Any = api(one, other)[0]

    assert resolver.resolve("api/auth/login").func.actions["post"] == "signin"
    assert [(one.dialect.name, one.action) for one in resolver.documented] == [
        ("flashspace", "create"),
        ("nano", "many"),
    ]


def test_shared_operation_routed_once_is_served_as_it_is() -> None:
    resolver: Any = api(routes(FLASHSPACE, [route("POST", "/api/auth/login", ThingViewSet, "create")]))[0]

    assert resolver.resolve("api/auth/login").func.actions["post"] == "create"


def test_action_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="no action 'fly'"):
        route("GET", "/api/things", ThingViewSet, "fly")


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/api/things", "list"),
        ("/api/things/whole", "whole"),  # routed after /api/things/<id>
        ("/api/things/anything", "retrieve"),
        ("/api/things/mine", "mine"),
    ],
)
def test_literal_goes_before_a_parameter(path: str, action: str) -> None:
    assert resolve(path).func.actions["get"] == action


@pytest.mark.parametrize("path", ["/api/things/", "/api/thing", "/api/things/1/2", "/things", "/api/things/fail/"])
def test_path_that_no_app_routes_is_found_nowhere(path: str) -> None:
    try:
        found = resolve(path).func
    except Resolver404:
        return
    assert found is routing.unknown_route


def test_resolver_gives_the_views_their_parameters() -> None:
    match = resolve("/api/things/fail/conflict")

    assert (match.kwargs, match.route) == ({"kind": "conflict"}, "api/things/fail/<str:kind>")


@pytest.mark.parametrize(
    ("method", "status", "envelope"),
    [("get", 200, "rento"), ("post", 400, "nano"), ("patch", 405, "nano"), ("delete", 405, "nano")],
)
def test_path_of_two_dialects_answers_by_method(client: Client, method: str, status: int, envelope: str) -> None:
    answer = getattr(client, method)("/api/properties", content_type="application/json")
    shapes = {"rento": {"success", "message", "data", "timestamp"}, "nano": {"error", "code"}}

    assert answer.status_code == status
    assert shapes[envelope] <= set(answer.json())


def test_path_of_two_dialects_allows_the_methods_of_both(client: Client) -> None:
    assert client.options("/api/properties").headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.delete("/api/properties").headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.head("/api/properties").status_code == 200


def test_path_without_a_get_has_no_head() -> None:
    patterns = routes(
        RENTO,
        [
            route("PUT", "/api/landlord/x", RentalViewSet, "list"),
            route("POST", "/api/landlord/x", ThingViewSet, "create"),
        ],
    )

    assert set(patterns[0].callback.actions) == {"put", "post"}  # type: ignore[attr-defined]


def test_several_classes_on_one_path_share_it_within_a_dialect() -> None:
    patterns = routes(
        RENTO,
        [
            route("GET", "/api/landlord/x", RentalViewSet, "list"),
            route("POST", "/api/landlord/x", ThingViewSet, "create"),
        ],
    )

    assert [pattern.path for pattern in patterns] == ["/api/landlord/x"]
    assert set(patterns[0].callback.actions) >= {"get", "post"}  # type: ignore[attr-defined]
