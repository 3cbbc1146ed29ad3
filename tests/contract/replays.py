"""The documents' examples, sent as they stand. Only what a server makes is replaced by its own: ids, tokens, codes.

An example is named "dialect METHOD /path status", without the status where the document shows no answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse

from tests.accounts.api import Caller
from tests.accounts.google_peer import Google
from tests.contract.shapes import assert_documented, documented

SERVERS_OWN = {
    "code", "credential", "mfa_code", "organization_id", "otp", "refreshToken", "refresh_token", "token",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """The documented body, empty where the document shows none."""

    body: dict[str, Any]
    fixtures: pytest.FixtureRequest

    @property
    def google(self) -> Google:
        """Made for those who ask only: its keys take a moment."""
        peer: Google = self.fixtures.getfixturevalue("google")
        return peer


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks; `path` with its ids and query; what of the body is the server's own, or all of it where the document
    shows none; `status` where the document shows none, or not the one that counts.
    """

    caller: Caller = field(default_factory=Caller)
    path: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    status: int = 0


Prepare = Callable[[Given], Ask]  # makes what an example takes for granted


def examples(begin: dict[str, tuple[str, ...]], *, but: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of all examples whose paths begin so in their dialect."""
    for one in documented():
        if one["path"].startswith(begin.get(one["dialect"], ())) and not one["path"].startswith(but):
            for status in one["responses"] or [""]:
                yield f"{one['dialect']} {one['method']} {one['path']} {status}".rstrip()


def replay(name: str, prepare: Prepare, fixtures: pytest.FixtureRequest) -> None:
    dialect, method, path, *status = name.split()
    shown = next(one for one in documented() if (one["dialect"], one["method"], one["path"]) == (dialect, method, path))
    request, example = shown["request"], shown["responses"].get("".join(status))
    ask = prepare(Given(request or {}, fixtures))
    assert request is None or ask.body.keys() <= request.keys() & SERVERS_OWN, "the document's own words are sent"
    answer = _send(ask, method, ask.path or path, {**(request or {}), **ask.body})
    assert answer.status_code == (ask.status or int(*status or ["200"])), answer.content
    if example is not None:
        told = answer.json()
        assert_documented(told, example)
        words = [word for word in ("error", "message") if isinstance(example.get(word), str)]
        assert {word: told[word] for word in words} == {word: example[word] for word in words}


def _send(ask: Ask, method: str, path: str, body: dict[str, Any]) -> HttpResponse:
    assert ":" not in path, f"{path} still has the document's id"
    client = getattr(ask.caller._client, method.lower())
    headers = {"Authorization": f"Bearer {ask.caller.token}"} if ask.caller.token else {}
    if method == "GET":
        return client(path, headers=headers)
    return client(path, body, "application/json", headers=headers)
