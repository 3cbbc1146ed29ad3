"""One request as it goes over the wire, and what may be said against its answer."""

import shlex
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import TestCase
from django.test.client import ClientHandler, FakePayload, RequestFactory

from tests.contract.checked import problems

JSON = "application/json"
# Before anybody is asked who he is, a request may be refused for its form.
REFUSED_UNREAD = frozenset({400, 404, 405, 406, 413, 415})
LEAKS = (b"Traceback (most recent call last)", b"psycopg.", b"sqlite3.", b"django.db.", b'File "/')
MOST_SHOWN = 600


@dataclass(frozen=True)
class Shot:
    """`path` and `query` are plain text, encoded when they are sent. `wrong` says why a success would be a fault."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""
    wrong: str = ""

    @property
    def query_string(self) -> str:
        return urlencode(self.query, errors="surrogatepass")

    def as_curl(self) -> str:
        """What a person types to see the same answer."""
        query = f"?{self.query_string}" if self.query else ""
        address = f"http://localhost:8000{quote(self.path, errors='surrogatepass')}{query}"
        headers = {**({"Content-Type": self.content_type} if self.body else {}), **self.headers}
        words = ["curl", "-i", "--path-as-is", "-X", self.method, address]
        words += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        if self.body:
            words += ["--data-binary", self.body[:MOST_SHOWN].decode("utf-8", "backslashreplace")]
        return printable(" ".join(shlex.quote(word) for word in words))


def printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes
    error: str = ""

    def json(self) -> Any:
        return orjson.loads(self.content)

    @property
    def status_code(self) -> int:
        return self.status


def send(shot: Shot) -> Reply:
    """Through every middleware, in a savepoint: what a request leaves broken is not the next one's fault."""
    errors: list[str] = []

    def note(**_: Any) -> None:
        errors.append("".join(traceback.format_exception(sys.exception())[-6:]))

    got_request_exception.connect(note)
    try:
        with _savepoint(), TestCase.captureOnCommitCallbacks(execute=True):
            answer = ClientHandler(enforce_csrf_checks=True)(_environ(shot))
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    except Exception:  # noqa: BLE001  what even the middleware let through is the worst answer there is
        return Reply(599, {}, b"", traceback.format_exc(limit=-6))
    finally:
        got_request_exception.disconnect(note)
    return Reply(answer.status_code, answer.headers, content, "\n".join(errors))


def _environ(shot: Shot) -> dict[str, Any]:
    environ = {
        **RequestFactory()._base_environ(),
        "REQUEST_METHOD": shot.method,
        "PATH_INFO": _octets(shot.path),
        "QUERY_STRING": shot.query_string,
        "wsgi.input": FakePayload(shot.body),
    }
    if shot.body or shot.content_type:
        environ |= {"CONTENT_TYPE": _octets(shot.content_type), "CONTENT_LENGTH": str(len(shot.body))}
    return environ | {f"HTTP_{name.upper().replace('-', '_')}": _octets(text) for name, text in shot.headers.items()}


def _octets(text: str) -> str:
    """As WSGI wants it: one character for each byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


@contextmanager
def _savepoint() -> Iterator[None]:
    mark = transaction.savepoint()
    try:
        yield
    finally:
        if connection.needs_rollback or _is_aborted():
            connection.needs_rollback = False
            transaction.savepoint_rollback(mark)
        else:
            transaction.savepoint_commit(mark)


def _is_aborted() -> bool:
    if connection.vendor != "postgresql":
        return False
    from psycopg.pq import TransactionStatus

    return bool(connection.connection.info.transaction_status == TransactionStatus.INERROR)


def complaints(shot: Shot, reply: Reply, *, protected: bool, known: bool, outage: bool = False) -> list[str]:
    """`known`: whether the shot carries a token that was good. `outage`: whether 503 is an answer of its own."""
    found = []
    if reply.status >= 500 and not (outage and reply.status == 503):
        found.append(f"{reply.status}: {reply.error or reply.content[:300]!r}")
    else:
        found += [f"outside the document: {one[:300]}" for one in _form(shot, reply)]
    if protected and not known and reply.status not in REFUSED_UNREAD | {401}:
        found.append(f"{reply.status} without sign-in")
    if shot.wrong and reply.status < 400:
        found.append(f"{reply.status} although {shot.wrong}")
    found += [f"tells of the inside: {leak.decode()}" for leak in LEAKS if leak in reply.content]
    return [printable(one) for one in found]


def _form(shot: Shot, reply: Reply) -> list[str]:
    kind = reply.headers.get("Content-Type", "")
    if reply.status == 204 or shot.method == "HEAD":
        return []
    if reply.status >= 400 and not kind.startswith(JSON):
        return [f"{reply.status} as {kind or 'nothing'}"]
    if kind.startswith(JSON):
        try:
            reply.json()
        except ValueError:
            return ["the body is no JSON"]
    return problems(shot.method, shot.path, reply)
