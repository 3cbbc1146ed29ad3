"""JSON in and out for DRF: strict parsers, and one encoder on orjson."""

from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils.functional import Promise
from rest_framework import negotiation
from rest_framework.exceptions import NotAcceptable
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from flashspace.dialects.hygiene import MAX_JSON_BYTES, Malformed, TooLarge, check_form, parse_json
from flashspace.dialects.wire import iso_millis, json_number

JSON = "application/json"
LONGEST_ACCEPT = 500
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_millis(value)
    if isinstance(value, Decimal):
        return json_number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def dump_json(value: Any) -> bytes:
    """Datetimes as ISO milliseconds in UTC, decimals as numbers, UUIDs as text. Raises TypeError for anything else."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


class JSONRenderer(BaseRenderer):
    """A name for negotiation and OpenAPI. Nothing is left to render: actions answer with bytes."""

    media_type = JSON
    format = "json"
    charset = None


class StrictJSONParser(BaseParser):
    """An object (a list only where the view's `lists` names the action). Empty bodies never get here."""

    media_type = JSON

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(MAX_JSON_BYTES + 1)
        if len(raw) > MAX_JSON_BYTES:
            raise TooLarge
        value = parse_json(raw)
        view = (parser_context or {}).get("view")
        if isinstance(value, dict) or (isinstance(value, list) and getattr(view, "takes_list", False)):
            return value
        raise Malformed("The body must be a JSON object")


class StrictMultiPartParser(MultiPartParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        parsed = super().parse(stream, media_type, parser_context)
        check_form(parsed.data, [file.name or "" for files in parsed.files.lists() for file in files[1]])
        return parsed


class JSONNegotiation(negotiation.BaseContentNegotiation):
    """Everything is JSON: a client that accepts none of it gets 406, one that does not say gets JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        content_type = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> tuple[Any, str]:
        accept = request.META.get("HTTP_ACCEPT", "")
        if accept and len(accept) <= LONGEST_ACCEPT and not accepts(accept, renderers[0].media_type):
            raise NotAcceptable
        return renderers[0], renderers[0].media_type


def accepts(header: str, media_type: str) -> bool:
    """Whether an Accept header takes the type; weights do not matter with one type on offer."""
    main = media_type.partition("/")[0]
    wanted = {part.partition(";")[0].strip().lower() for part in header.split(",")}
    return not wanted.isdisjoint(("*/*", f"{main}/*", media_type))
