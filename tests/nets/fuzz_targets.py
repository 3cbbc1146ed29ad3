"""What is fuzzed: every operation that a dialect documents, read from the routes, with what is known of each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemathesis
from django.urls import get_resolver

from flashspace.dialects import DIALECTS, SHARED
from flashspace.dialects.openapi import remembered_schema
from flashspace.dialects.routing import ApiResolver, Route
from tests.contract.answers import Document
from tests.contract.shapes import DOCUMENTED
from tests.nets.guards import OWN, SIGN_INS, Row
from tests.nets.table import API


@dataclass(frozen=True)
class Target:
    dialect: str
    method: str
    path: str  # as the document has it, /api/bookings/{id}

    def __str__(self) -> str:
        return f"{self.dialect} {self.method} {self.path}"

    @property
    def document(self) -> dict[str, Any]:
        return remembered_schema(self.dialect)

    @property
    def described(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["paths"][self.path][self.method.lower()]
        return found

    @property
    def names(self) -> list[str]:
        """Of the parameters in the path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def query(self) -> dict[str, Any]:
        return {one["name"]: one["schema"] for one in self.described.get("parameters", ()) if one["in"] == "query"}

    @property
    def kinds(self) -> list[str]:
        """The content types of its body."""
        return [*self.described.get("requestBody", {}).get("content", {})]

    @property
    def body_schema(self) -> dict[str, Any]:
        content = self.described.get("requestBody", {}).get("content", {})
        if not content:
            return {}
        schema: dict[str, Any] = _opened(self.dialect)._open(content[self.kinds[0]]["schema"])
        return schema

    @property
    def body_schemas(self) -> list[dict[str, Any]]:
        """Of every document that has the operation: the words of a request choose one, and keeping that is enough."""
        return [one.body_schema for one in _routes() if (one.method, one.path) == (self.method, self.path)]

    @property
    def rows(self) -> list[Row]:
        return _rows().get((self.method, self.path), [])

    @property
    def is_protected(self) -> bool:
        """Unless somebody wrote down by hand that it answers people who are not signed in."""
        return not any(row.who["anonymous"] == OWN or row.who in SIGN_INS for row in self.rows)

    @property
    def may_be_out(self) -> bool:
        """Whether 503 is an answer of its own, such as a gateway without keys."""
        return 503 in self._operation.errors

    @property
    def _operation(self) -> Any:
        route = _routes()[self]
        return getattr(route.view, route.action).operation

    @property
    def example(self) -> Any:
        """The request that the original document shows, if it shows one."""
        return _examples().get((self.dialect, self.method, _plain(self.path)))

    @property
    def operation(self) -> Any:
        return _operations(self.dialect)[self.method, self.path]


@cache
def _routes() -> dict[Target, Route]:
    resolvers = [one for one in get_resolver().url_patterns if isinstance(one, ApiResolver)]
    return {
        Target("nakksha" if one.dialect is SHARED else one.dialect.name, one.method, template(one.path)): one
        for resolver in resolvers
        for one in resolver.documented
    }


def targets() -> list[Target]:
    order = list(DIALECTS)
    return sorted(_routes(), key=lambda one: (order.index(one.dialect), one.path, one.method))


def template(path: str) -> str:
    """/api/bookings/<str:id> as a document writes it."""
    parts = [f"{{{part[1:-1].rpartition(':')[2]}}}" if part.startswith("<") else part for part in path.split("/")]
    return "/".join(parts)


def _plain(path: str) -> str:
    """Whatever a document calls its parameters."""
    return "/".join("*" if part.startswith(("{", ":")) else part for part in path.split("?", maxsplit=1)[0].split("/"))


@cache
def _rows() -> Mapping[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in API:
        found.setdefault((row.method, template(row.path)), []).append(row)
    return found


@cache
def _examples() -> Mapping[tuple[str, str, str], Any]:
    shown = json.loads(DOCUMENTED.read_text(encoding="utf-8"))
    return {(one["dialect"], one["method"], _plain(one["path"])): one["request"] for one in shown if one["request"]}


@cache
def _opened(dialect: str) -> Document:
    return Document(remembered_schema(dialect))


@cache
def _operations(dialect: str) -> dict[tuple[str, str], Any]:
    schema = schemathesis.openapi.from_dict(remembered_schema(dialect))
    found = [one.ok() for one in schema.get_all_operations()]
    return {(one.method.upper(), one.path): one for one in found}
