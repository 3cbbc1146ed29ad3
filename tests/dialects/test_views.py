"""The viewset, the parser and the handler over HTTP, in every dialect."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.test import Client

from tests.dialects.conftest import BASES

JSON = "application/json"
ID = "0190163d-8694-739b-aea5-966c26f8ad91"
CODES = {
    "flashspace": lambda body: body["error"]["code"],
    "rento": lambda body: body["error"],
    "nano": lambda body: body["code"],
    "nakksha": lambda body: body["code"],
    "workspace": lambda body: body["code"],
}
SHAPES = {
    "flashspace": {"success", "message", "error"},
    "rento": {"success", "error", "message", "details", "timestamp"},
    "nano": {"error", "code"},
    "nakksha": {"error", "message", "code", "statusCode", "timestamp", "path", "method"},
    "workspace": {"statusCode", "message", "error"},
}
each_dialect = pytest.mark.parametrize("dialect", BASES)


def post(client: Client, path: str, body: Any = None, **headers: Any) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
    return client.generic("POST", path, data, content_type=headers.pop("content_type", JSON), **headers)


def assert_refused(answer: Any, dialect: str, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == JSON
    assert set(answer.json()) >= SHAPES[dialect]


@each_dialect
def test_good_call_is_answered(client: Client, dialect: str) -> None:
    answer = post(client, f"{BASES[dialect]}/things", {"fullName": "Desk", "unknown": 1})

    assert answer.status_code == 201
    assert "Desk" in str(answer.json())


@each_dialect
def test_invalid_fields_have_the_validation_status(client: Client, dialect: str) -> None:
    answer = post(client, f"{BASES[dialect]}/things", {"fullName": 5})

    assert_refused(answer, dialect, 422 if dialect == "workspace" else 400)
    assert CODES[dialect](answer.json()) == ("Validation Error" if dialect == "rento" else "VALIDATION_ERROR")


@each_dialect
def test_malformed_id_has_the_documented_status(client: Client, dialect: str) -> None:
    answer = client.get(f"{BASES[dialect]}/things/not-an-id")

    assert_refused(answer, dialect, 400 if dialect in ("flashspace", "rento") else 404)
    assert client.get(f"{BASES[dialect]}/things/{ID}").status_code == 200


REFUSALS = [
    ("conflict", 409),
    ("forbidden", 403),
    ("notfound", 404),
    ("unavailable", 503),
    ("django404", 404),
    ("denied", 403),
    ("suspicious", 400),
    ("data", 400),
    ("integrity", 409),
    ("locked", 503),
    ("recursion", 400),
    ("overflow", 400),
    ("unicode", 400),
]


@each_dialect
@pytest.mark.parametrize(("kind", "status"), REFUSALS)
def test_exception_of_a_view_is_worded(client: Client, dialect: str, kind: str, status: int) -> None:
    assert_refused(post(client, f"{BASES[dialect]}/things/fail/{kind}"), dialect, status)


@each_dialect
def test_unforeseen_fault_says_only_a_reference(client: Client, dialect: str, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Any] = []
    listen = lambda **signal: heard.append(signal)  # noqa: E731
    got_request_exception.connect(listen)

    answer = post(client, f"{BASES[dialect]}/things/fail/unforeseen", HTTP_X_REQUEST_ID="reference-4711")
    got_request_exception.disconnect(listen)

    assert_refused(answer, dialect, 500)
    assert "the secret is" not in answer.content.decode()
    assert "reference-4711" in answer.content.decode()
    assert "ZeroDivisionError: the secret is 4711" in caplog.text  # the traceback is in the log
    assert len(heard) == 1


@each_dialect
def test_unforeseen_fault_fails_a_test_run(dialect: str) -> None:
    with pytest.raises(ZeroDivisionError):
        post(Client(), f"{BASES[dialect]}/things/fail/unforeseen")


@pytest.mark.parametrize(("kind", "seconds"), [("unavailable", "7"), ("locked", "1")])
def test_what_passes_says_when_to_come_again(client: Client, kind: str, seconds: str) -> None:
    assert post(client, f"/api/things/fail/{kind}").headers["Retry-After"] == seconds


def test_domain_error_of_a_field_is_told_in_wire_names(client: Client) -> None:
    body = post(client, "/api/things/fail/invalid", {"fullName": "A"}).json()

    assert body["error"]["details"] == {
        "field": "fullName",
        "value": "A",
        "message": "Is in the past",
        "errors": [{"field": "fullName", "value": "A", "message": "Is in the past"}],
    }


@each_dialect
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", JSON, 400),
        (b"5", JSON, 400),
        (b"null", JSON, 400),
        (b"[]", JSON, 400),
        (b'"x"', JSON, 400),
        (b'{"fullName": "a", "fullName": "b"}', JSON, 400),
        (rb'{"fullName": "\u0000"}', JSON, 400),
        (rb'{"fullName": "\ud800"}', JSON, 400),
        (b'{"fullName": NaN}', JSON, 400),
        (b"[" * 20_000, JSON, 400),
        (b'{"a": ' * 100_000, JSON, 400),
        (b'{"fullName": "' + b"x" * 1_100_000 + b'"}', JSON, 413),
        (b"{}", "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "application/xml", 415),
        (b"{}", "application/json; charset=utf-16", 415),
        (b"BZh", "application/json; charset=bz2_codec", 415),
    ],
    ids=lambda one: repr(one)[:40],
)
def test_hostile_body_is_refused(client: Client, dialect: str, body: bytes, content_type: str, status: int) -> None:
    assert_refused(post(client, f"{BASES[dialect]}/things", body, content_type=content_type), dialect, status)


def test_empty_body_is_an_object_without_keys(client: Client) -> None:
    answer = client.post("/api/things", content_type=JSON)

    assert answer.json()["error"]["details"]["field"] == "fullName"


def test_list_is_taken_only_where_the_action_says_so(client: Client) -> None:
    assert post(client, "/api/things/many", [{"a": 1}, {"a": 2}]).json()["message"] == "2 read"
    assert post(client, "/api/things", [{"fullName": "A"}]).status_code == 400


def test_form_is_taken_only_where_the_action_says_so(client: Client) -> None:
    form = {"fullName": "A", "seatCount": "3", "file": SimpleUploadedFile("a.pdf", b"%PDF-")}

    assert client.post("/api/things/upload", form).json()["data"] == {"seats": 3, "files": ["file"]}
    assert client.post("/api/things", {"fullName": "A"}).status_code == 415


@pytest.mark.parametrize(
    "form",
    [
        {"fullName": "a\0"},
        {"fullName": ["a", "b"]},
        {"fullName": "a", "x\0": "b"},
        {f"f{number}": "x" for number in range(2000)},
        {f"f{number}": SimpleUploadedFile("a.pdf", b"x") for number in range(30)},
    ],
    ids=["NUL", "twice", "NUL in a name", "2,000 fields", "30 files"],
)
def test_hostile_form_is_refused(client: Client, form: dict[str, Any]) -> None:
    assert_refused(client.post("/api/things/upload", form), "flashspace", 400)


def test_broken_form_is_refused(client: Client) -> None:
    answer = client.post("/api/things/upload", b"nonsense", content_type="multipart/form-data; boundary=")

    assert_refused(answer, "flashspace", 400)


@each_dialect
def test_wrong_method_says_which_ones_there_are(client: Client, dialect: str) -> None:
    answer = client.put(f"{BASES[dialect]}/things", "{", content_type=JSON)

    assert_refused(answer, dialect, 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_made_up_method_is_a_wrong_one(client: Client) -> None:
    assert_refused(client.generic("FLY", "/api/things"), "flashspace", 405)
    assert_refused(client.trace("/api/things"), "flashspace", 405)


@each_dialect
def test_options_and_head_are_sane(client: Client, dialect: str) -> None:
    options, head = client.options(f"{BASES[dialect]}/things"), client.head(f"{BASES[dialect]}/things")

    assert (options.status_code, options.content, options.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS, POST")
    assert (head.status_code, head.content) == (200, b"")


@each_dialect
def test_client_that_takes_no_json_gets_406(client: Client, dialect: str) -> None:
    assert_refused(client.get(f"{BASES[dialect]}/things", HTTP_ACCEPT="text/html"), dialect, 406)


def test_action_that_makes_another_type_does_not_mind(client: Client) -> None:
    answer = client.get("/api/things/paper", HTTP_ACCEPT="application/pdf")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")


@pytest.mark.parametrize("header", ["*/*," * 50_000, "a" * 100_000])
def test_bomb_in_the_accept_header_is_not_read(client: Client, header: str) -> None:
    assert client.get("/api/things", HTTP_ACCEPT=header).status_code == 200


def test_answer_without_content_has_none(client: Client) -> None:
    answer = client.delete("/api/things/mine", HTTP_AUTHORIZATION="Bearer alice")

    assert (answer.status_code, answer.content, answer.headers.get("Content-Type")) == (204, b"", None)


class TestQuery:
    def test_query_is_read_by_its_names_on_the_wire(self, client: Client) -> None:
        answer = client.get("/api/things/search?searchText=desk&day=2026-01-10&unknown=1&unknown=2")

        assert answer.json()["data"] == {"text": "desk", "day": "2026-01-10T00:00:00.000Z"}

    @pytest.mark.parametrize(
        "query", ["", "searchText=desk", "searchText=desk&day=today", "searchText=" + "x" * 21 + "&day=2026-01-10"]
    )
    def test_query_that_is_not_as_documented_is_invalid(self, client: Client, query: str) -> None:
        answer = client.get(f"/api/things/search?{query}")

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")

    def test_parameter_given_twice_is_refused(self, client: Client) -> None:
        answer = client.get("/api/things/search?searchText=a&searchText=b&day=2026-01-10")

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BAD_REQUEST")


class TestWhoCalls:
    @each_dialect
    def test_nobody_is_unauthorized(self, client: Client, dialect: str) -> None:
        answer = client.get(f"{BASES[dialect]}/things/mine")

        assert_refused(answer, dialect, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_bad_token_is_unauthorized_with_its_own_code(self, client: Client) -> None:
        answer = client.get("/api/things/mine", HTTP_AUTHORIZATION="Bearer bad")

        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "TOKEN_EXPIRED")

    def test_good_token_is_known(self, client: Client) -> None:
        answer = client.get("/api/things/mine", HTTP_AUTHORIZATION="Bearer alice")

        assert answer.json() == {"success": True, "data": {"you": "alice"}}

    def test_action_without_a_word_wants_somebody(self, client: Client) -> None:
        assert client.delete("/api/things/mine").status_code == 401

    def test_public_action_does_not_mind_a_bad_token(self, client: Client) -> None:
        assert client.get("/api/things", HTTP_AUTHORIZATION="Bearer bad").status_code == 200

    @pytest.mark.parametrize(
        ("headers", "status"),
        [({}, 200), ({"Authorization": "Bearer bob"}, 200), ({"Authorization": "Bearer bad"}, 401)],
    )
    def test_action_with_an_optional_user_minds_a_bad_token(
        self, client: Client, headers: dict[str, str], status: int
    ) -> None:
        assert client.get("/api/things/greet", headers=headers).status_code == status


class TestPages:
    def test_page_stands_where_the_dialect_has_it(self, client: Client) -> None:
        flashspace = client.get("/api/things?page=3").json()
        nano = client.get("/api/bookings/things?per_page=5&page=5").json()
        workspace = client.get("/api/v1/users/things?limit=20").json()

        assert flashspace["pagination"] == {"total": 23, "page": 3, "pages": 3}
        assert {key: nano[key] for key in ("total", "page", "per_page", "pages")} == {
            "total": 23,
            "page": 5,
            "per_page": 5,
            "pages": 5,
        }
        assert {key: workspace[key] for key in ("total", "page", "limit", "totalPages")} == {
            "total": 23,
            "page": 1,
            "limit": 20,
            "totalPages": 2,
        }

    @each_dialect
    @pytest.mark.parametrize("query", ["page=0", "page=x", "limit=101", "limit=-1", "page=99999999999999999999"])
    def test_junk_is_a_validation_error(self, client: Client, dialect: str, query: str) -> None:
        answer = client.get(f"{BASES[dialect]}/things?{query}")

        assert_refused(answer, dialect, 422 if dialect == "workspace" else 400)

    def test_page_given_twice_is_refused(self, client: Client) -> None:
        assert client.get("/api/things?page=1&page=2").status_code == 400

    def test_list_documented_without_paging_is_whole(self, client: Client) -> None:
        body = client.get("/api/things/whole").json()

        assert (len(body["data"]), "pagination" in body) == (23, False)

    def test_list_documented_without_paging_has_pages_when_asked(self, client: Client) -> None:
        body = client.get("/api/things/whole?limit=500&page=1").json()

        assert (len(body["data"]), body["pagination"]) == (23, {"total": 23, "page": 1, "pages": 1})
        assert client.get("/api/things/whole?limit=501").status_code == 400
        assert client.get("/api/things?limit=500").status_code == 400

    def test_list_documented_without_paging_ends_at_500(self, client: Client, monkeypatch: Any) -> None:
        monkeypatch.setattr("tests.dialects.urls.THINGS", [{"number": 1, "name": "x"}] * 700)

        assert len(client.get("/api/things/whole").json()["data"]) == 500
