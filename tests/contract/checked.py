"""Every answer that any test gets by Django's client is held against the OpenAPI document of its dialect."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from flashspace.dialects import DIALECTS
from flashspace.dialects.openapi import remembered_schema
from tests.contract.answers import Document


@cache
def _documents() -> list[Document]:
    return [Document(remembered_schema(name)) for name in DIALECTS]


def problems(method: str, path: str, answer: Any) -> list[str]:
    """What an answer says beside its document; where two documents have the operation, one of them must be kept."""
    if settings.ROOT_URLCONF != "flashspace.urls":  # a test's own API
        return []
    if not answer.headers.get("Content-Type", "").startswith("application/json") or method == "HEAD":
        return []
    found = [
        document.problems(method, path, answer.status_code, answer.json())
        for document in _documents()
        if document.has(method, path)
    ]
    return min(found, key=len, default=[])


@pytest.fixture(autouse=True)
def answers_are_as_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    plain: Callable[..., Any] = Client.request

    def request(self: Client, **environ: Any) -> Any:
        answer = plain(self, **environ)
        method, path = environ.get("REQUEST_METHOD", "GET"), environ.get("PATH_INFO", "/")
        found = problems(method, path, answer)
        assert not found, f"{method} {path} answered {answer.status_code} beside its document: {found}"
        return answer

    monkeypatch.setattr(Client, "request", request)
