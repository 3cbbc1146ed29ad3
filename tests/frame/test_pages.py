from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.test import Client

from flashspace.dialects import DIALECTS

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_root_answers_programs_in_rentos_words(client: Client) -> None:
    for headers in ({}, {"HTTP_ACCEPT": "*/*"}, {"HTTP_ACCEPT": "application/json"}):
        answer = client.get("/", **headers)
        body = answer.json()
        assert body.pop("timestamp").endswith("Z")
        assert body == {
            "success": True,
            "message": "Welcome to Rento API",
            "version": "1.0.0",
            "status": "active",
            "data": None,
            "endpoints": {
                "users": "/api/user",
                "properties": "/api/properties",
                "bookings": "/api/booking",
                "balling": "/api/balling",
                "landlord": "/api/landlord",
            },
        }
        assert "Accept" in answer["Vary"]


def test_root_is_a_page_for_browsers(client: Client) -> None:
    answer = client.get("/", **HTML)
    page = answer.content.decode()
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    for link in ("/admin/", "/api/docs", "/api/health"):
        assert f'href="{link}"' in page
    assert "<script" not in page
    assert "style=" not in page


def test_unknown_page_outside_the_api_is_a_page(client: Client) -> None:
    answer = client.get("/images/nothing.png")
    assert answer.status_code == 404
    assert b"There is nothing here." in answer.content


@pytest.fixture
def stored() -> Any:
    names: list[str] = []

    def store(name: str, content: bytes) -> str:
        names.append(default_storage.save(name, ContentFile(content)))
        return names[-1]

    yield store
    for name in names:
        default_storage.delete(name)


def test_photo_is_shown_and_cached(client: Client, stored: Any) -> None:
    name = stored("spaces/a.png", b"\x89PNG")
    answer = client.get(f"/uploads/{name}")
    assert b"".join(answer.streaming_content) == b"\x89PNG"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert default_storage.url(name) == f"/uploads/{name}"


@pytest.mark.parametrize("name", ["spaces/a.html", "spaces/a.svg", "spaces/a.js", "spaces/a"])
def test_anything_else_is_only_a_download(client: Client, stored: Any, name: str) -> None:
    answer = client.get(f"/uploads/{stored(name, b'<script>')}")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"<script>"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["nothing.png", "../db.sqlite3", "..%2f..%2fkeys.json", "/etc/passwd", "spaces", "a%00.png"]
)
def test_nothing_outside_the_public_files_is_served(client: Client, stored: Any, name: str) -> None:
    stored("spaces/a.png", b"x")
    assert client.get(f"/uploads/{name}").status_code == 404


def test_private_files_are_the_owners_only_and_have_no_address(client: Client) -> None:
    private = storages["private"]
    name = private.save("kyc/pan.pdf", ContentFile(b"%PDF"))
    try:
        assert Path(private.path(name)).stat().st_mode & 0o777 == 0o600
        with pytest.raises(ValueError, match="not accessible via a URL"):
            private.url(name)
        assert client.get(f"/uploads/{name}").status_code == 404
        assert client.get(f"/uploads/../private/{name}").status_code == 404
    finally:
        private.delete(name)


def test_a_person_without_picture_has_one(client: Client) -> None:
    answer = client.get("/images/default.png")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/png"


def test_s3_photo_is_fetched_there(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Remote(Storage):
        def url(self, name: str | None) -> str:
            return f"https://files.example/{name}"

    monkeypatch.setattr("flashspace.views.files.default_storage", Remote())
    answer = client.get("/uploads/spaces/a.png")
    assert (answer.status_code, answer["Location"]) == (302, "https://files.example/spaces/a.png")


def test_the_icon_that_browsers_ask_for_is_the_mark(client):
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/static/flashspace/mark.svg")


def test_root_leads_to_the_reference_of_each_dialect(client: Client) -> None:
    page = client.get("/", **HTML).content.decode()
    for dialect in DIALECTS.values():
        assert f'href="/api/docs?urls.primaryName={quote(dialect.title)}"' in page
