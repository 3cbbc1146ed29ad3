"""What no view answered, and what every answer carries."""

from typing import Any

import pytest
from django.test import Client

from tests.dialects.conftest import BASES
from tests.dialects.test_views import JSON, assert_refused

each_dialect = pytest.mark.parametrize("dialect", BASES)


@each_dialect
def test_unknown_route_is_worded(client: Client, dialect: str) -> None:
    assert_refused(client.get(f"{BASES[dialect]}/things/1/2/3"), dialect, 404)


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/things", "/robots.txt"])
def test_unknown_path_outside_the_api_speaks_rento(client: Client, path: str) -> None:
    answer = client.get(path)

    assert_refused(answer, "rento", 404)
    assert answer.json()["error"] == "Route Not Found"


def test_debug_page_does_not_replace_the_dialect(client: Client, settings: Any) -> None:
    settings.DEBUG = True

    assert_refused(client.get("/api/nothing"), "flashspace", 404)
    assert_refused(client.get("/nothing"), "rento", 404)
    assert_refused(client.get("/broken"), "rento", 500)


@each_dialect
def test_foreign_host_is_refused_in_the_dialect(client: Client, dialect: str) -> None:
    assert_refused(client.get(f"{BASES[dialect]}/things", HTTP_HOST="evil.example"), dialect, 400)


@each_dialect
def test_body_that_is_far_too_large_is_refused_unread(client: Client, dialect: str) -> None:
    answer = client.post(f"{BASES[dialect]}/things", b"", content_type=JSON, CONTENT_LENGTH=str(27 * 1024 * 1024))

    assert_refused(answer, dialect, 413)


@each_dialect
@pytest.mark.parametrize("tail", ["/a%00b", "?a=%00", "?a=%ED%A0%80", "?%FF=1"])
def test_hostile_address_is_refused(client: Client, dialect: str, tail: str) -> None:
    assert_refused(client.get(f"{BASES[dialect]}/things{tail}"), dialect, 400)


def test_fault_outside_the_api_views_is_worded(client: Client) -> None:
    answer = client.get("/broken", HTTP_X_REQUEST_ID="reference-1")

    assert_refused(answer, "rento", 500)
    assert "secret" not in answer.content.decode()
    assert "reference-1" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "status"), [("denied", 403), ("suspicious", 400), ("toobig", 413), ("django404", 404)]
)
def test_refusal_outside_the_api_views_is_worded(client: Client, kind: str, status: int) -> None:
    assert_refused(client.get(f"/plain/{kind}"), "rento", status)


@pytest.mark.parametrize(("kind", "status"), [("denied", 403), ("suspicious", 400), ("django404", 404)])
def test_refusal_of_a_page_is_a_page(client: Client, kind: str, status: int) -> None:
    answer = client.get(f"/admin/plain/{kind}")

    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (status, "text/html")


def test_fault_in_a_middleware_is_worded(client: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.dialects.test_middleware.broken_middleware"]

    assert_refused(client.get("/api/v1/users/things"), "workspace", 500)
    assert_refused(client.get("/api/things"), "flashspace", 500)


def broken_middleware(get_response: Any) -> Any:
    def middleware(request: Any) -> Any:
        raise RuntimeError("a broken middleware")

    return middleware


def test_pages_stay_pages(client: Client) -> None:
    missing, broken = client.get("/admin/nothing/here"), client.get("/admin/broken")

    assert broken.status_code == 500
    assert broken.headers["Content-Type"].startswith("text/html")
    assert not missing.headers["Content-Type"].startswith(JSON)


@pytest.mark.parametrize("path", ["/api/things/", "/api/things/whole/", "/api/properties/", "/api/v1/users/things/"])
def test_trailing_slash_is_served_as_without_it(client: Client, path: str) -> None:
    with_slash, without = client.get(path).json(), client.get(path[:-1]).json()

    assert {**with_slash, "timestamp": ""} == {**without, "timestamp": ""}


def test_two_slashes_are_another_address(client: Client) -> None:
    assert client.get("/api/things//").status_code == 404


class TestRequestId:
    @pytest.mark.parametrize("given", ["0190163d-8694-739b", "abcDEF_123.x", "x" * 64])
    def test_good_one_is_kept(self, client: Client, given: str) -> None:
        assert client.get("/api/things", HTTP_X_REQUEST_ID=given).headers["X-Request-Id"] == given

    @pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", "line\nbreak", "ünïcödé-id", "<script>"])
    def test_other_is_replaced(self, client: Client, given: str) -> None:
        made = client.get("/api/things", HTTP_X_REQUEST_ID=given).headers["X-Request-Id"]

        assert made != given
        assert len(made) == 32

    def test_each_request_has_its_own(self, client: Client) -> None:
        assert client.get("/nothing").headers["X-Request-Id"] != client.get("/nothing").headers["X-Request-Id"]


class TestHeaders:
    @each_dialect
    @pytest.mark.parametrize("tail", ["", "/nothing/here", "/fail/unforeseen"])
    def test_json_may_do_nothing_in_a_browser(self, client: Client, dialect: str, tail: str) -> None:
        headers = client.post(f"{BASES[dialect]}/things{tail}", "{}", content_type=JSON).headers

        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"

    @pytest.mark.parametrize(
        ("method", "headers", "kept"),
        [
            ("get", {}, True),
            ("head", {}, True),
            ("get", {"Authorization": "Bearer alice"}, False),
            ("get", {"Cookie": "token=x"}, False),
            ("post", {}, False),
        ],
    )
    def test_only_an_anonymous_read_may_be_kept(
        self, client: Client, method: str, headers: dict[str, str], kept: bool
    ) -> None:
        answer = getattr(client, method)("/api/things", headers=headers)

        assert (answer.headers.get("Cache-Control") != "no-store") is kept

    def test_answer_varies_with_who_asks(self, client: Client) -> None:
        vary = {name.strip().lower() for name in client.get("/api/things").headers["Vary"].split(",")}

        assert vary >= {"authorization", "cookie", "origin"}
