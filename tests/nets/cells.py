"""The matrix itself: a cell is one actor who calls one route with one kind of id. What is wrong comes back as text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.test.utils import CaptureQueriesContext

from tests.contract.checked import problems
from tests.nets.routes import Found
from tests.nets.table import ALL, OWN, Row
from tests.nets.world import World

UNKNOWN = {
    "": "7f3b1c9e-0d1e-4c55-9c76-2f1f6a3d9b10",
    "photo": "no-such-photo.png",
    "invoice code": "a" * 43,
    "document code": "a" * 43,
    "custom role": "9007199254740991",
}
MALFORMED = "not-an-id"
PARAMETER = re.compile(r"<(?:[a-z]+:)?(\w+)>")
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?', re.IGNORECASE)
# What a look may leave behind: when somebody was last seen, how often they asked, who opened a KYC paper.
TRACES_OF_A_LOOK = {
    "UPDATE accounts_session",
    "INSERT INTO accounts_budget",
    "INSERT INTO accounts_auditentry",
}
OPENS_A_PAPER = "/documents/<str:id>/file"
UNSTEADY = re.compile(r'"(?:timestamp|requestId|request_id|path)":\s*"[^"]*"')


@dataclass(frozen=True)
class Cell:
    actor: str
    row: Row
    which: str  # own, foreign, unknown, malformed; empty where there is no id
    id: str
    expected: int

    def __str__(self) -> str:
        named = f" {self.which} {self.row.thing}" if self.which else ""
        return f"{self.actor}: {self.row.method} {self.row.path}{named}"


@dataclass(frozen=True)
class Seen:
    """What came back, and what was written meanwhile."""

    status: int
    body: bytes
    location: str
    writes: tuple[str, ...]
    breaks_contract: tuple[str, ...]


def make_cells(rows: Iterable[Row], actors: Iterable[str], world: World) -> Iterator[Cell]:
    for row in rows:
        for actor in actors:
            for which, row_id in _ids(row, actor, world):
                yield Cell(actor, row, which, row_id, expected_of(row, actor, which))


def expected_of(row: Row, actor: str, which: str) -> int:
    verdict = row.who[actor]
    if verdict not in (OWN, ALL):
        assert isinstance(verdict, int)
        return verdict
    return row.answers["own" if which == "foreign" and verdict == ALL else which]


def _ids(row: Row, actor: str, world: World) -> Iterator[tuple[str, str]]:
    if not row.thing:
        yield "", ""
        return
    own = world.own(row.thing, actor)
    if own:
        yield "own", own
    yield "foreign", world.foreign(row.thing, actor)
    yield "unknown", UNKNOWN.get(row.thing, UNKNOWN[""])
    yield "malformed", MALFORMED


def call(cell: Cell, client: Client, world: World) -> Seen:
    row = cell.row
    path = path_of(row, cell.id)
    body = row.body(world, cell.actor, cell.id) if row.body else None
    return perform(client, row.method, f"{path}?{row.query}" if row.query else path, body, row.is_form)


def perform(client: Client, method: str, url: str, body: Any = None, is_form: bool = False) -> Seen:
    """Make the call; what it wrote is undone."""
    with undone(), CaptureQueriesContext(connection) as queries:
        answer = send(client, method, url, body, is_form)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        known = tuple(problems(method, url.partition("?")[0], answer))
    if method != "GET" and answer.status_code < 400:
        _forget()
    return Seen(
        answer.status_code,
        content,
        answer.headers.get("Location", ""),
        tuple(sorted({found for query in queries for found in _write(query["sql"])})),
        known,
    )


def send(client: Client, method: str, path: str, body: Any = None, is_form: bool = False) -> Any:
    if is_form and body is not None:
        return client.post(path, body, MULTIPART_CONTENT)
    if body is None:
        return client.generic(method, path)
    return client.generic(method, path, orjson.dumps(body, default=str), "application/json")


def path_of(row: Row, id: str) -> str:
    def fill(match: re.Match[str]) -> str:
        return row.fills.get(match[1]) or id

    return PARAMETER.sub(fill, row.path)


class undone:  # noqa: N801  reads as a word: `with undone()`
    """A savepoint that is always rolled back. Not `atomic`: to services it looks as if no transaction were open."""

    def __enter__(self) -> None:
        self.mark = transaction.savepoint()

    def __exit__(self, *exc: object) -> None:
        transaction.savepoint_rollback(self.mark)
        connection.needs_rollback = False


def _forget() -> None:
    """What the cache learned of rows that were rolled back."""
    if not settings.REDIS_URL:
        cache.clear()


def _write(sql: str) -> Iterator[str]:
    match = WRITES.match(sql)
    if match:
        verb = "INSERT INTO" if "INSERT" in match[0].upper() else match[0].split()[0].upper()
        yield f"{verb} {match[1]}"


def run(cells: Sequence[Cell], world: World) -> list[str]:
    """What is wrong with these cells of one world."""
    clients: dict[str, Client] = {}
    found: list[str] = []
    unknown: dict[tuple[str, int], bytes] = {}
    for cell in sorted(cells, key=lambda one: one.which != "unknown"):
        client = clients.setdefault(cell.actor, world.client(cell.actor))
        seen = call(cell, client, world)
        found += judge(cell, seen)
        key = (cell.actor, id(cell.row))
        if cell.which == "unknown":
            unknown[key] = _steady(seen.body, cell.id)
        elif cell.which == "foreign" and seen.status == 404 and unknown.get(key) != _steady(seen.body, cell.id):
            found.append(f"{cell}: a foreign id is told from an unknown one: {seen.body[:200]!r}")
    return found


def judge(cell: Cell, seen: Seen) -> list[str]:
    found = []
    if seen.status != cell.expected:
        found.append(f"{cell}: {seen.status} instead of {cell.expected}: {seen.body[:160]!r}")
    if seen.status >= 500:
        found.append(f"{cell}: broke")
    found += [f"{cell}: beside its document: {one}" for one in seen.breaks_contract]
    if cell.row.method == "GET":
        found += [f"{cell}: a look wrote: {one}" for one in _more_than_a_look(cell, seen)]
    elif seen.status >= 400 and cell.expected in {401, 403, 404}:
        found += [f"{cell}: refused, and wrote: {one}" for one in set(seen.writes) - TRACES_OF_A_LOOK - cell.row.leaves]
    return found


def _more_than_a_look(cell: Cell, seen: Seen) -> list[str]:
    allowed = TRACES_OF_A_LOOK - {"INSERT INTO accounts_auditentry"}
    if cell.row.path.endswith(OPENS_A_PAPER):
        allowed = TRACES_OF_A_LOOK
    return sorted(set(seen.writes) - allowed)


def _steady(body: bytes, id: str) -> str:
    """A body without what may differ from one answer to the next."""
    return UNSTEADY.sub("", re.sub(rf"(?<!\w){re.escape(id)}(?!\w)", "ID", body.decode(errors="replace")))


def uncovered(found: Iterable[Found], rows: Iterable[Row]) -> list[str]:
    """Routes without a row, and rows without a route."""
    listed = {row.key for row in rows}
    paths = {path for _, path in listed}
    routed = [one for one in found if one.kind != "admin"]
    missing = [
        f"{one.method or 'any'} {one.path} has no row"
        for one in routed
        if (one.path not in paths if one.kind == "page" else (one.method, one.path) not in listed)
    ]
    known = {(one.method, one.path) for one in routed if one.kind == "api"}
    pages = {one.path for one in routed if one.kind == "page"}
    stale = [
        f"{method} {path} has a row and no route"
        for method, path in sorted(listed)
        if (method, path) not in known and path not in pages
    ]
    return missing + stale


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND")


def unlisted_methods(rows: Sequence[Row], world: World, actor: str) -> list[str]:
    """Methods that no row names answer 405 with Allow, also when a header says that they are another."""
    client = world.client(actor)
    found: list[str] = []
    by_path: dict[str, list[Row]] = {}
    for row in rows:
        by_path.setdefault(row.path, []).append(row)
    for listed in by_path.values():
        path = path_of(listed[0], _any_id(listed[0], world))
        allowed = {row.method for row in listed}
        for method in METHODS:
            if method not in allowed:
                found += _must_be_405(client, method, path, allowed)
    return found


def _any_id(row: Row, world: World) -> str:
    return next(iter(world.things[row.thing].values())) if row.thing else str(UUID(int=1))


def _must_be_405(client: Client, method: str, path: str, allowed: set[str]) -> list[str]:
    if path == "/api":  # there is no such route, whatever is asked of it
        return []
    found = []
    tunnels = [{}, *({"HTTP_X_HTTP_METHOD_OVERRIDE": one, "HTTP_X_METHOD_OVERRIDE": one} for one in sorted(allowed))]
    for headers in tunnels:
        with undone():
            answer = client.generic(method, path, b'{"_method": "GET"}', "application/json", **headers)
        if answer.status_code != 405 or not answer.headers.get("Allow"):
            found.append(f"{method} {path} {headers}: {answer.status_code} with Allow {answer.headers.get('Allow')}")
    return found
