from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from flashspace.security import ContentPolicyMiddleware, TransportMiddleware


def policy(path: str, content_type: str = "text/html; charset=utf-8") -> dict[str, str]:
    middleware = ContentPolicyMiddleware(lambda _request: HttpResponse("x", content_type=content_type))
    header = middleware(RequestFactory().get(path))["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


def test_json_may_load_nothing(client: Client) -> None:
    assert policy("/api/x", "application/json") == {"default-src": "'none'", "frame-ancestors": "'none'"}
    assert client.get("/").headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/", "/verify-email", "/api/admin/x", "/administration"])
def test_page_may_load_its_own_files_and_run_nothing_inline(path: str) -> None:
    directives = policy(path)
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["default-src"] == directives["frame-ancestors"] == directives["base-uri"] == "'none'"


def test_only_the_admin_may_evaluate_and_style_inline() -> None:
    assert policy("/admin/accounts/user/")["script-src"] == "'self' 'unsafe-eval'"
    assert not [text for text in policy("/api/docs").values() if "unsafe" in text]


@pytest.fixture
def tls(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def answer(method: str, path: str, **headers: str) -> Any:
    middleware = TransportMiddleware(lambda _request: HttpResponse("served"))
    return middleware(getattr(RequestFactory(), method)(path, **headers))


@pytest.mark.usefixtures("tls")
def test_page_in_the_clear_moves_to_https() -> None:
    moved = answer("get", "/admin/")
    assert (moved.status_code, moved["Location"]) == (301, "https://testserver/admin/")


@pytest.mark.usefixtures("tls")
@pytest.mark.parametrize(
    ("method", "path"), [("get", "/api/user/bookings"), ("post", "/api/auth/login"), ("post", "/admin/login/")]
)
def test_program_in_the_clear_is_refused_because_its_token_was_seen(method: str, path: str) -> None:
    refused = answer(method, path)
    assert (refused.status_code, b"Use https" in refused.content) == (403, True)


@pytest.mark.usefixtures("tls")
def test_tls_at_the_proxy_and_inner_probes_pass() -> None:
    assert answer("post", "/api/auth/login", HTTP_X_FORWARDED_PROTO="https").content == b"served"
    assert answer("get", "/healthz").content == b"served"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("http://localhost:3000", True), ("http://testserver", True), ("https://evil.example", False), ("null", False)],
)
def test_cors_names_exact_origins_with_credentials(client: Client, origin: str, allowed: bool) -> None:
    headers = client.get("/api/health", HTTP_ORIGIN=origin).headers
    assert headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    assert headers.get("Access-Control-Allow-Credentials") == ("true" if allowed else None)
    assert "Origin" in {part.strip().title() for part in headers["Vary"].split(",")}
    if allowed:
        assert {"X-RateLimit-Limit", "Retry-After"} <= set(headers["Access-Control-Expose-Headers"].split(", "))


def test_cors_preflight_allows_what_clients_send(client: Client) -> None:
    answer = client.options(
        "/api/bookings",
        HTTP_ORIGIN="http://localhost:3000",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization,idempotency-key",
    )
    assert answer.status_code == 200
    assert {"authorization", "idempotency-key"} <= set(answer["Access-Control-Allow-Headers"].split(", "))


def test_the_admin_is_for_its_own_pages_only(client: Client, db: None) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/admin/login/", HTTP_ORIGIN="http://localhost:3000").headers


@pytest.mark.parametrize("path", ["/api/health", "/", "/healthz", "/admin/login/", "/nothing"])
def test_every_answer_has_the_headers(client: Client, db: None, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Server" not in headers
