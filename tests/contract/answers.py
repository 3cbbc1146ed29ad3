"""Does an answer say what the OpenAPI document of its dialect promises, and nothing that it does not mention?"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema

Schema = dict[str, Any]
JSON = "application/json"


class Document:
    """An OpenAPI document, asked about single answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.paths = [
            (re.compile(_pattern(path) + "$"), path) for path in sorted(document["paths"], key=_literal_first)
        ]
        self.validator = cache(self._validator)

    def has(self, method: str, path: str) -> bool:
        template = self._template(path)
        return template is not None and method.lower() in self.document["paths"][template]

    def _template(self, path: str) -> str | None:
        path = path.rstrip("/") or "/"
        return next((template for pattern, template in self.paths if pattern.match(path)), None)

    def problems(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer to an operation that the document has."""
        template = self._template(path)
        validator = self.validator(template, method.lower(), str(status))
        if validator is None:
            return [f"{status} is not documented"]
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(body)]

    def _validator(self, template: str, method: str, status: str) -> Any:
        answer = self.document["paths"][template][method]["responses"].get(status)
        if answer is None:
            return None
        if "$ref" in answer:
            return jsonschema.Draft202012Validator(self._open(self._target(answer)["content"][JSON]["schema"]))
        return jsonschema.Draft202012Validator(self.closed(answer.get("content", {}).get(JSON, {}).get("schema", {})))

    def _target(self, schema: Schema) -> Schema:
        found: Any = self.document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found

    def closed(self, schema: Schema) -> Schema:
        """The schema with every object closed, so that a key nobody declared is a problem."""
        schema = self._walk(schema)
        return {**schema, "unevaluatedProperties": False} if "properties" in schema or "allOf" in schema else schema

    def _walk(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            schema = {**self._target(schema), **{key: value for key, value in schema.items() if key != "$ref"}}
        made = dict(schema)
        if "properties" in made:
            made["properties"] = {name: self.closed(inner) for name, inner in made["properties"].items()}
        if isinstance(made.get("additionalProperties"), dict):
            made["additionalProperties"] = self.closed(made["additionalProperties"])
        if "items" in made:
            made["items"] = self.closed(made["items"])
        if "allOf" in made:  # its parts share one object: only the whole can be closed
            made["allOf"] = [self._walk(inner) for inner in made["allOf"]]
        for key in ("anyOf", "oneOf"):
            if key in made:
                made[key] = [self.closed(inner) for inner in made[key]]
        return made

    def _open(self, schema: Any) -> Any:
        """References followed, nothing closed: refusals may carry keys of their own."""
        if isinstance(schema, dict):
            if "$ref" in schema:
                return self._open(self._target(schema))
            return {key: self._open(value) for key, value in schema.items()}
        return [self._open(inner) for inner in schema] if isinstance(schema, list) else schema


def _pattern(path: str) -> str:
    return "".join(r"[^/]+" if part.startswith("{") else re.escape(part) for part in _parts(path))


def _parts(path: str) -> Iterator[str]:
    yield from re.split(r"(\{[^}]+\})", path)


def _literal_first(path: str) -> list[tuple[bool, str]]:
    return [(segment.startswith("{"), segment) for segment in path.split("/")]
