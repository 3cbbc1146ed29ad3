"""One document per dialect: valid, complete, and true of what is sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from flashspace.dialects import DIALECTS, FLASHSPACE
from flashspace.dialects.fields import Out, TextField
from flashspace.dialects.openapi import SchemaIncomplete, schema_for
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import api, route, routes
from flashspace.dialects.views import DialectViewSet
from tests.contract.answers import Document
from tests.dialects.conftest import BASES
from tests.dialects.test_views import ID, post
from tests.dialects.urls import ThingViewSet

each_dialect = pytest.mark.parametrize("dialect", BASES)


@pytest.fixture(scope="module")
def documents() -> dict[str, dict[str, Any]]:
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="tests.dialects.urls"):
        return {name: schema_for(name) for name in DIALECTS}


@each_dialect
def test_document_has_the_operations_of_its_dialect_only(documents: Any, dialect: str) -> None:
    paths = set(documents[dialect]["paths"])

    assert f"{BASES[dialect]}/things/{{id}}" in paths
    assert all(f"{base}/things" not in paths for name, base in BASES.items() if name != dialect)
    assert documents[dialect]["info"]["title"] == f"{DIALECTS[dialect].title} API"
    assert documents[dialect]["tags"] == [{"name": "Things"}]


def test_path_of_two_dialects_is_described_in_both(documents: Any) -> None:
    assert list(documents["rento"]["paths"]["/api/properties"]) == ["get"]
    assert list(documents["nano"]["paths"]["/api/properties"]) == ["post"]


CALLS: list[tuple[str, str, Any, str]] = [
    ("GET", "/things", None, ""),
    ("GET", "/things?page=2&limit=3", None, ""),
    ("GET", "/things/whole", None, ""),
    ("GET", "/things/whole?page=2&limit=3", None, ""),
    ("GET", "/things?page=0", None, ""),
    ("GET", f"/things/{ID}", None, ""),
    ("GET", "/things/nothing", None, ""),
    ("GET", "/things/mine", None, ""),
    ("GET", "/things/mine", None, "alice"),
    ("GET", "/things/search?searchText=a&day=2026-01-10", None, ""),
    ("GET", "/things/search?searchText=a", None, ""),
    ("DELETE", "/things/mine", None, "alice"),
    ("POST", "/things", {"fullName": "A"}, ""),
    ("POST", "/things", {}, ""),
    ("POST", "/things", {"fullName": 5, "newPassword": "short", "coordinates": {}}, ""),
    ("POST", "/things", [], ""),
    *(("POST", f"/things/fail/{kind}", {}, "") for kind in ("conflict", "forbidden", "invalid", "notfound", "locked")),
    ("POST", "/things/fail/unforeseen", {}, ""),
]


@each_dialect
@pytest.mark.parametrize(("method", "tail", "body", "name"), CALLS)
def test_answer_is_as_described(
    client: Client, documents: Any, dialect: str, method: str, tail: str, body: Any, name: str
) -> None:
    path = BASES[dialect] + tail
    headers = {"Authorization": f"Bearer {name}"} if name else {}
    data = b"" if body is None else json.dumps(body)

    answer = client.generic(method, path, data, content_type="application/json", headers=headers)

    if answer.status_code != 204:
        assert (
            Document(documents[dialect]).problems(method, path.split("?")[0], answer.status_code, answer.json()) == []
        )


@each_dialect
def test_flat_answer_is_as_described(client: Client, documents: Any, budgets: Any, dialect: str) -> None:
    path = f"{BASES[dialect]}/things/signin"

    assert Document(documents[dialect]).problems("POST", path, 200, post(client, path).json()) == []


@each_dialect
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"undeclared": 1}, "undeclared"),
        ({"id": 5}, "is not of type 'string'"),
        ({"fullName": None}, "is not of type 'string'"),
    ],
)
def test_answer_that_drifted_is_noticed(
    client: Client, documents: Any, budgets: Any, dialect: str, change: dict[str, Any], problem: str
) -> None:
    path = f"{BASES[dialect]}/things/signin"
    body = {**post(client, path).json(), **change}

    problems = Document(documents[dialect]).problems("POST", path, 200, body)

    assert problem in "; ".join(problems)


@each_dialect
def test_status_that_nobody_described_is_noticed(documents: Any, dialect: str) -> None:
    assert Document(documents[dialect]).problems("GET", f"{BASES[dialect]}/things", 418, {}) == [
        "418 is not documented"
    ]


def test_every_operation_has_its_refusals(documents: Any) -> None:
    for name, document in documents.items():
        for path, methods in document["paths"].items():
            for method, described in methods.items():
                expected = {"400", "401", "403", "404", "405", "406", "409", "413", "415", "429", "500", "503"}
                expected |= {"422"} if name == "workspace" else set()
                assert expected <= set(described["responses"]), (path, method)


def test_input_is_described_by_its_names_on_the_wire(documents: Any) -> None:
    thing = documents["flashspace"]["components"]["schemas"]["ThingIn"]

    assert thing["required"] == ["fullName"]
    assert thing["properties"]["fullName"] == {"type": "string", "maxLength": 100}
    assert thing["properties"]["email"] == {"type": "string", "maxLength": 254, "format": "email"}
    assert thing["properties"]["tags"]["maxItems"] == 50
    assert documents["flashspace"]["components"]["schemas"]["PointIn"]["properties"]["lat"]["type"] == "number"


def test_who_may_call_is_described(documents: Any) -> None:
    paths = documents["flashspace"]["paths"]

    assert paths["/api/things/mine"]["get"]["security"] == [{"bearer": []}]
    assert paths["/api/things/greet"]["get"]["security"] == [{}, {"bearer": []}]
    assert "security" not in paths["/api/things"]["get"]


def test_page_is_described_in_the_words_of_the_dialect(documents: Any) -> None:
    def names(dialect: str) -> set[str]:
        return {one["name"] for one in documents[dialect]["paths"][f"{BASES[dialect]}/things"]["get"]["parameters"]}

    assert names("flashspace") == {"page", "limit"}
    assert names("nano") == {"page", "per_page"}


def test_form_and_other_types_are_described(documents: Any) -> None:
    paths = documents["flashspace"]["paths"]

    assert set(paths["/api/things/upload"]["post"]["requestBody"]["content"]) == {
        "application/json",
        "multipart/form-data",
    }
    assert set(paths["/api/things/paper"]["get"]["responses"]["200"]["content"]) == {"application/pdf"}
    assert "content" not in paths["/api/things/mine"]["delete"]["responses"]["204"]


def test_query_day_and_file_are_described(documents: Any) -> None:
    document = documents["flashspace"]
    search = document["paths"]["/api/things/search"]["get"]

    assert [(one["name"], one["in"], one["required"]) for one in search["parameters"]] == [
        ("day", "query", True),
        ("searchText", "query", True),
    ]
    assert document["components"]["schemas"]["SearchOut"]["properties"]["day"]["format"] == "date-time"
    assert document["components"]["schemas"]["ThingIn"]["properties"]["file"]["format"] == "binary"


def test_status_may_be_an_answer_and_a_refusal(client: Client, documents: Any) -> None:
    document = Document(documents["flashspace"])
    answer = {"success": True, "data": {"text": "", "day": "2026-01-10T00:00:00.000Z"}}

    assert document.problems("GET", "/api/things/search", 503, answer) == []
    assert document.problems("GET", "/api/things/search", 503, client.get("/api/nothing").json()) == []
    assert document.problems("GET", "/api/things/search", 503, {}) != []


class NameOut(Out):
    name = TextField()


def other_name_out() -> type[Out]:
    class NameOut(Out):
        title = TextField()

    return NameOut


class UndescribedViewSet(DialectViewSet):
    def list(self, request: Any) -> Any:
        return self.reply()

    @operation(summary="One", response={200: NameOut})
    def one(self, request: Any) -> Any:
        return self.reply()

    @operation(summary="Other", response={200: other_name_out()})
    def other(self, request: Any) -> Any:
        return self.reply()


def document_of(settings: Any, monkeypatch: pytest.MonkeyPatch, *names: str) -> Any:
    entries = [route("GET", f"/api/{name}", UndescribedViewSet, name) for name in names]
    settings.ROOT_URLCONF = type("Routes", (), {"urlpatterns": api(routes(FLASHSPACE, entries))})
    return schema_for("flashspace")


def test_action_without_a_description_is_an_error(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SchemaIncomplete, match=r"UndescribedViewSet\.list has no @operation"):
        document_of(settings, monkeypatch, "list")


def test_two_bodies_of_one_name_are_an_error(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/api/one" in document_of(settings, monkeypatch, "one")["paths"]
    with pytest.raises(SchemaIncomplete, match="NameOut"):
        document_of(settings, monkeypatch, "one", "other")


class TestServed:
    @each_dialect
    def test_document_is_served(self, client: Client, documents: Any, dialect: str) -> None:
        answer = client.get(f"/api/schema/{dialect}")

        assert answer.json() == json.loads(json.dumps(documents[dialect]))

    def test_document_is_served_as_yaml(self, client: Client) -> None:
        answer = client.get("/api/schema/nano?format=yaml")

        assert answer.headers["Content-Type"] == "application/yaml"
        assert answer.content.startswith(b"openapi: 3.1.0")

    def test_unknown_dialect_is_an_unknown_route(self, client: Client) -> None:
        assert client.get("/api/schema/klingon").json()["error"]["code"] == "RESOURCE_NOT_FOUND"
        assert client.post("/api/schema/nano").json()["error"]["code"] == "METHOD_NOT_ALLOWED"

    @pytest.mark.parametrize("path", ["/api/docs", "/api/docs/"])
    def test_browser_offers_all_five_with_scripts_of_our_own(self, client: Client, path: str) -> None:
        answer = client.get(path)
        page = answer.content.decode()

        assert all(f'"/api/schema/{name}"' in page for name in DIALECTS)
        assert page.count("<script") == page.count('<script src="/static/') + page.count('type="application/json"')
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


class TestExport:
    def test_documents_are_written_and_up_to_date(self, tmp_path: Path) -> None:
        call_command("export_openapi", output=tmp_path)

        assert {file.stem for file in tmp_path.iterdir()} == set(DIALECTS)
        assert json.loads((tmp_path / "nano.json").read_text())["info"]["title"] == "Nano Space API"
        call_command("export_openapi", output=tmp_path, check=True)

    def test_changed_document_fails_the_check(self, tmp_path: Path) -> None:
        call_command("export_openapi", output=tmp_path, dialect="nano")
        (tmp_path / "nano.json").write_text("{}")

        with pytest.raises(CommandError, match=r"not up to date: .*nano\.json"):
            call_command("export_openapi", output=tmp_path, dialect="nano", check=True)

    def test_missing_document_fails_the_check(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="not up to date"):
            call_command("export_openapi", output=tmp_path, check=True)

    def test_incomplete_document_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(ThingViewSet.list, "operation")

        with pytest.raises(CommandError, match="flashspace: "):
            call_command("export_openapi", output=tmp_path)
