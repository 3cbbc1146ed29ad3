"""One OpenAPI document per dialect, from the routes, the serializers and the `operation` beside each action."""

import re
from functools import cache, cached_property
from http import HTTPStatus
from threading import Lock
from typing import Any, Final

from django.conf import settings
from django.urls import URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_array_type
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.validation import validate_schema
from rest_framework import serializers

from flashspace.dialects import DIALECTS, SHARED
from flashspace.dialects.base import Dialect
from flashspace.dialects.components import component_names
from flashspace.dialects.envelopes import Schema, invalid, refusal, success
from flashspace.dialects.fields import BusinessDateField
from flashspace.dialects.operations import Operation, Shown
from flashspace.dialects.paging import LARGEST_PAGE, LAST_PAGE, MOST_ROWS
from flashspace.dialects.routing import ApiResolver, PathPattern

# What any operation may answer: hygiene, permission, routing, limits and faults.
# A body that nobody asked for may be refused, too.
ALWAYS: Final = (400, 401, 403, 404, 405, 406, 409, 413, 415, 429, 500, 503)
JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data"
RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds until it is worth a try", "schema": {"type": "integer"}}}


class SchemaIncomplete(Exception):
    """The document would not say everything; the message says what is missing."""


class DialectGenerator(SchemaGenerator):
    patterns: Any  # a list of PathPattern

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        view = super().create_view(callback, method, request)  # type: ignore[no-untyped-call]
        view.component_names = self.component_names
        return view

    @cached_property
    def component_names(self) -> dict[type, str]:
        return component_names(one for pattern in self.patterns for one in pattern.routes)


class DialectSchema(AutoSchema):
    """drf-spectacular's view of one action, with the dialect's envelope and refusals around it."""

    view: Any  # a DialectViewSet

    @property
    def operation(self) -> Operation:
        action = getattr(self.view, self.view.action)
        described: Operation | None = getattr(action, "operation", None)
        if described is None:
            raise SchemaIncomplete(f"{type(self.view).__name__}.{self.view.action} has no @operation")
        return described

    @property
    def dialect(self) -> Dialect:
        dialect: Dialect = self.view.dialect
        return dialect

    def get_operation_id(self) -> str:
        words = re.findall(r"[A-Za-z0-9]+", self.path.removeprefix("/api"))
        return "_".join([self.method.lower(), *words]) if words else f"{self.method.lower()}_root"

    def get_tags(self) -> list[str]:
        return [self.view.tags] if self.view.tags else []

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular calls it
        return self.operation.description

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        names: dict[type, str] = self.view.component_names
        return names[type(serializer)]

    def get_auth(self) -> list[Schema]:
        bearer: Schema = {"bearer": []}
        if self.view.get_permissions():
            return [bearer]
        return [{}, bearer] if self.view.action in self.view.optional_user else []

    def get_override_parameters(self) -> list[Any]:
        operation = self.operation
        asked: list[Any] = [operation.query()] if operation.query is not None else []
        if operation.paged or operation.whole:
            largest = MOST_ROWS if operation.whole else LARGEST_PAGE
            asked += [_whole_number("page", LAST_PAGE), _whole_number(self.dialect.size_name, largest)]
        return asked

    def _get_filter_parameters(self) -> list[Schema]:
        return []

    def _get_pagination_parameters(self) -> list[Schema]:
        return []

    def _get_request_body(self, direction: str = "request") -> Schema | None:
        operation = self.operation
        if operation.request is None:
            return None
        component = self.resolve_serializer(operation.request(partial=operation.partial), "request")
        types = [JSON, *([MULTIPART] if self.view.action in self.view.uploads else [])]
        return {"content": {name: {"schema": component.ref} for name in types}, "required": True}

    def _get_response_bodies(self, direction: str = "response") -> Schema:
        operation = self.operation
        answers = {str(status): self._success(status, shown) for status, shown in operation.response.items()}
        statuses = {*ALWAYS, *operation.errors, self.dialect.validation_status}
        for status in sorted(statuses):
            mine = {"$ref": f"#/components/responses/{_component(status)}"}
            other = answers.get(str(status))
            answers[str(status)] = mine if other is None else _either(other)
        return answers

    def _success(self, status: int, shown: Shown) -> Schema:
        described: Schema = {"description": HTTPStatus(status).phrase}
        if status == HTTPStatus.NO_CONTENT:
            return described
        other_type = self.view.produces.get(self.view.action)
        operation = self.operation
        content: Schema = {}
        if shown is not None or other_type is None or other_type == "text/html":
            options = {"paged": operation.paged, "whole": operation.whole, "flat": operation.flat}
            content[JSON] = {"schema": success(self.dialect, self._inner(shown), **options)}
        if other_type is not None:
            content[other_type] = {"schema": {"type": "string"}}
        return {**described, "content": content}

    def _inner(self, shown: Shown) -> Schema | None:
        if shown is None:
            return None
        if isinstance(shown, list):
            return build_array_type(self.resolve_serializer(shown[0](), "response").ref)
        ref: Schema = self.resolve_serializer(shown(), "response").ref
        return ref

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if isinstance(field, BusinessDateField):
            schema["format"] = "date-time"
        elif isinstance(field, serializers.FileField):
            schema["format"] = "binary"
        return schema


def _whole_number(name: str, most: int) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "integer", "minimum": 1, "maximum": most})


def _component(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def _either(answer: Schema) -> Schema:
    """An answer of our own under a status that is also a refusal's (health: 503)."""
    own = answer["content"][JSON]["schema"]
    return {**answer, "content": {JSON: {"schema": {"anyOf": [own, {"$ref": "#/components/schemas/Error"}]}}}}


def schema_for(name: str) -> dict[str, Any]:
    """The OpenAPI document of a dialect, valid and complete. Raises SchemaIncomplete, KeyError for an unknown name."""
    dialect = DIALECTS[name]
    generator = DialectGenerator(patterns=_patterns(dialect))  # type: ignore[no-untyped-call]
    with GENERATOR_STATS.silence():
        document: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    if GENERATOR_STATS:
        raise SchemaIncomplete("; ".join([*GENERATOR_STATS._error_cache, *GENERATOR_STATS._warn_cache]))  # noqa: SLF001
    document["info"]["title"] = f"{dialect.title} API"
    document["tags"] = [{"name": tag} for tag in _tags(document)]
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(Error=refusal(dialect), ValidationError=invalid(dialect))
    components["responses"] = _responses(dialect, document)
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    validate_schema(document)  # type: ignore[no-untyped-call]
    return document


_one_at_a_time = Lock()


def remembered_schema(name: str) -> dict[str, Any]:
    """The document as it is served: routes do not change while a process lives."""
    with _one_at_a_time:  # the generator keeps its state in its classes
        return _remembered(name, settings.ROOT_URLCONF)


@cache
def _remembered(name: str, urlconf: str) -> dict[str, Any]:
    return schema_for(name)


def _patterns(dialect: Dialect) -> list[PathPattern]:
    """Every operation that the dialect's document has, one pattern each, as the apps wrote them down."""
    resolvers = [one for one in get_resolver().url_patterns if isinstance(one, URLResolver)]
    served = [one for resolver in resolvers if isinstance(resolver, ApiResolver) for one in resolver.documented]
    shared = dialect.name in ("nakksha", "workspace")
    return [
        PathPattern(one.path, [one]) for one in served if one.dialect is dialect or (shared and one.dialect is SHARED)
    ]


def _tags(document: dict[str, Any]) -> list[str]:
    operations = (operation for path in document["paths"].values() for operation in path.values())
    return sorted({tag for operation in operations for tag in operation.get("tags", [])})


def _responses(dialect: Dialect, document: dict[str, Any]) -> Schema:
    operations = (operation for path in document["paths"].values() for operation in path.values())
    extra = {int(status) for operation in operations for status in operation["responses"] if int(status) >= 400}
    made: Schema = {}
    for status in sorted({*ALWAYS, dialect.validation_status, *extra}):
        schema: Schema = {"$ref": "#/components/schemas/Error"}
        # The shared calls answer 400 for invalid fields in workspace too.
        if status in (400, dialect.validation_status):
            schema = {"anyOf": [{"$ref": "#/components/schemas/ValidationError"}, schema]}
        answer: Schema = {"description": HTTPStatus(status).phrase, "content": {JSON: {"schema": schema}}}
        made[_component(status)] = {**answer, "headers": RETRY_AFTER} if status in (429, 503) else answer
    return made
