"""A Postman collection from an OpenAPI document: folders are its tags, bodies its examples."""

import json
import re
from typing import Any

COLLECTION = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
METHODS = ("get", "post", "put", "patch", "delete")
# Sign-in answers carry a token under one of these names; the collection keeps it for the calls after.
KEEP_TOKEN = """const body = pm.response.json();
const token = body.accessToken || body.access_token || (body.data && (body.data.token || body.data.accessToken));
if (token) { pm.collectionVariables.set("accessToken", token); }"""

Schema = dict[str, Any]


def make_collection(document: Schema, *, base_url: str) -> Schema:
    """`document` is OpenAPI 3; the answer is Postman 2.1, with `baseUrl` and `accessToken` as its variables."""
    folders: dict[str, list[Schema]] = {tag["name"]: [] for tag in document.get("tags", [])}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or ["Other"])[0]
                folders.setdefault(tag, []).append(_item(document, path, method, operation))
    return {
        "info": {"name": document["info"]["title"], "schema": COLLECTION},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{accessToken}}", "type": "string"}]},
        "variable": [{"key": "baseUrl", "value": base_url}, {"key": "accessToken", "value": ""}],
        "item": [{"name": name, "item": items} for name, items in folders.items() if items],
    }


def _item(document: Schema, path: str, method: str, operation: Schema) -> Schema:
    request: Schema = {
        "method": method.upper(),
        "header": [{"key": "Accept", "value": "application/json"}],
        "url": _url(document, path, operation),
    }
    if not operation.get("security") or {} in operation["security"]:
        request["auth"] = {"type": "noauth"}
    body = _body(document, operation)
    if body is not None:
        request["header"].append({"key": "Content-Type", "value": "application/json"})
        request["body"] = {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}
    item: Schema = {"name": operation.get("summary") or operation["operationId"], "request": request}
    if re.search(r"/(login|signin|google|refresh(-token)?)$", path):
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": KEEP_TOKEN.split("\n")}}]
    return item


def _url(document: Schema, path: str, operation: Schema) -> Schema:
    parts = [re.sub(r"^\{(\w+)\}$", r":\1", part) for part in path.strip("/").split("/") if part]
    parameters = [_resolve(document, p) for p in operation.get("parameters", [])]
    query = [
        {"key": p["name"], "value": _text(p), "description": p.get("description", ""), "disabled": True}
        for p in parameters
        if p["in"] == "query"
    ]
    url: Schema = {"raw": "{{baseUrl}}/" + "/".join(parts), "host": ["{{baseUrl}}"], "path": parts}
    if query:
        url["query"] = query
    variables = [{"key": p["name"], "value": _text(p)} for p in parameters if p["in"] == "path"]
    if variables:
        url["variable"] = variables
    return url


def _text(parameter: Schema) -> str:
    value = parameter.get("example", parameter.get("schema", {}).get("default", ""))
    return str(value)


def _body(document: Schema, operation: Schema) -> str | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    examples = list(content.get("examples", {}).values())
    value = examples[0]["value"] if examples else content.get("example", sample(document, content.get("schema", {})))
    return json.dumps(value, indent=2, ensure_ascii=False)


def sample(document: Schema, schema: Schema) -> Any:
    """A value of the schema's shape: its example, default or first choice, else an empty one of its type."""
    schema = _resolve(document, schema)
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("allOf", "oneOf", "anyOf"):
        if schema.get(key):
            return sample(document, schema[key][0])
    return _of_type(document, schema)


def _of_type(document: Schema, schema: Schema) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object" or "properties" in schema:
        return {name: sample(document, inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(document, schema.get("items", {}))]
    return {"integer": 1, "number": 1, "boolean": True}.get(str(kind), "")


def _resolve(document: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref")
    if not reference:
        return schema
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return _resolve(document, found)
