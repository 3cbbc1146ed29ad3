"""Requests for one operation: honest ones with hostile values in them, and what schemathesis makes of the schema."""

import copy
import json
import os
import random
import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import jsonschema
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.nets.fuzz_targets import Target
from tests.nets.fuzz_wire import JSON, Shot
from tests.nets.guards import ALL, OWN
from tests.nets.hostile import BODIES, HOSTILE, TEXTS, Raw
from tests.nets.world import World

UNKNOWN = ("anonymous", "garbage")
KNOWN = ("customer", "owner", "superuser")
ACTORS = (*UNKNOWN, *KNOWN)
FORM = "multipart/form-data"
HEADERS = ("Accept", "Accept-Language", "Authorization", "Cookie", "Idempotency-Key", "Origin", "User-Agent",
           "X-Forwarded-For", "X-Request-Id", "If-Modified-Since", "Range")  # fmt: skip
# An owner's are ignored, whatever they are.
STAFF_ONLY = {"rating", "reviews", "popular"}
VALIDATOR = jsonschema.Draft202012Validator
FORMATS = jsonschema.FormatChecker(["uuid", "date"])
Place = tuple[str | int, ...]


@FORMATS.checks("email")
def _is_address(value: Any) -> bool:
    """Full-width letters and their @ are folded."""
    return not isinstance(value, str) or "@" in unicodedata.normalize("NFKC", value)


@cache
def seed() -> int:
    """FUZZ_SEED, else one for this run that all its workers share."""
    given_seed = os.environ.get("FUZZ_SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if given_seed is None:
        return random.SystemRandom().randrange(2**32)
    return int(given_seed) if given_seed.isdecimal() else zlib.crc32(given_seed.encode())


def cases() -> int:
    """How many requests in all."""
    return int(os.environ.get("FUZZ_CASES") or 1_000)


class Maker:
    """Makes the shots of one target, the same ones for the same seed."""

    def __init__(self, target: Target, world: World, count: int) -> None:
        self.target, self.world = target, world
        self.random = random.Random(f"{seed()} {target}")
        self.values, self.texts = self._deck(HOSTILE), self._deck(TEXTS)
        self.bodies, self.actors = self._deck(BODIES), self._deck((*ACTORS, *KNOWN, *self._let_in() * 3))
        self.seen: list[str] = []  # ids that answers told
        each = count // 4
        self.made = [*self._schemathesis(GenerationMode.POSITIVE, each)]
        self.random.shuffle(self.made)
        self.unmade = [*self._schemathesis(GenerationMode.NEGATIVE, each)]
        self.random.shuffle(self.unmade)

    def _let_in(self) -> list[str]:
        """Whom the operation is for: they come furthest into it."""
        return [one for one in KNOWN if any(row.who[one] in (OWN, ALL) for row in self.target.rows)]

    def _deck(self, cards: Any) -> Iterator[Any]:
        """Every card once before any comes again."""
        while True:
            pile = list(cards)
            self.random.shuffle(pile)
            yield from pile

    def _schemathesis(self, mode: GenerationMode, count: int) -> list[Any]:
        found: list[Any] = []

        @hypothesis_seed(zlib.crc32(f"{seed()} {self.target} {mode}".encode()))
        @settings(
            max_examples=max(1, count),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(self.target.operation.as_strategy(mode))
        def collect(case: Any) -> None:
            found.append(case)

        if not count:
            return []
        with suppress(Unsatisfiable):  # nothing can be wrong where nothing is asked for
            collect()
        return found

    def shot(self) -> tuple[str, Shot]:
        """Who asks, and what."""
        actor = next(self.actors)
        flavour = self.random.choices(("hostile", "positive", "negative", "raw"), (6, 2, 2, 1))[0]
        if flavour == "raw" and self.target.method != "GET":
            body = next(self.bodies)
            return actor, self._aim(actor, body=body.body, content_type=body.content_type, wild=0.1)
        if flavour == "positive" and self.made:
            return actor, self._from_case(actor, self.made.pop() if len(self.made) > 1 else self.made[0])
        if flavour == "negative" and self.unmade:
            return actor, self._from_case(actor, self.unmade.pop() if len(self.unmade) > 1 else self.unmade[0])
        return actor, self._hostile(actor)

    def plain(self, token: str, scheme: str = "Bearer") -> Shot:
        """What an honest program would send."""
        path = self.target.path
        for name in self.target.names:
            path = path.replace(f"{{{name}}}", self._filling(name, "customer", 0))
        body = self._base("customer") if self.target.kinds else None
        headers = {"Authorization": f"{scheme} {token}"} if scheme else {}
        if body is None or _has_file(body):
            return Shot(self.target.method, path, headers=headers)
        return Shot(self.target.method, path, headers=headers, body=dump(body), content_type=JSON)

    def _hostile(self, actor: str) -> Shot:
        body, query = None, {}
        if self.target.kinds:
            body = self._base(actor)
            places = [*_places(body), *((name,) for name in self.target.body_schema.get("properties", ()))]
            how_many = self.random.choices((0, 1, 2, len(places)), (1, 5, 2, 4))[0]
            for place in self.random.sample(places, min(how_many, len(places))):
                body = _put(body, place, next(self.values).value)
        for name in (*self.target.query, "x"):
            if self.random.random() < 0.4:
                query[name] = next(self.texts).value
        return self.spell(actor, body, tuple(query.items()), wild=0.3 if body else 0.5)

    def _from_case(self, actor: str, case: Any) -> Shot:
        body = None if "NotSet" in type(case.body).__name__ else case.body
        query = [(name, text) for name, value in (case.query or {}).items() for text in _texts(value)]
        return self.spell(actor, body, tuple(query), wild=0.1, kind=case.media_type)

    def spell(
        self,
        actor: str,
        body: Any,
        query: tuple[tuple[str, str], ...] = (),
        *,
        wild: float = 0,
        kind: str | None = None,
    ) -> Shot:
        """This body and query, and why a success would be wrong."""
        wrong = _wrong_query(self.target.query, query)
        if body is None:
            return self._aim(actor, query=query, wild=wild, wrong=wrong)
        if isinstance(body, bytes):
            return self._aim(actor, query=query, body=body, content_type=kind or JSON, wild=wild, wrong=wrong)
        if isinstance(body, dict) and (kind == FORM or _has_file(body)):
            form = {str(name): _form_value(value) for name, value in body.items()}
            content = encode_multipart(BOUNDARY, {name: value for name, value in form.items() if value is not None})
            return self._aim(actor, query=query, body=content, content_type=MULTIPART_CONTENT, wild=wild, wrong=wrong)
        wrong = wrong or self._wrong_body(actor, body)
        return self._aim(actor, query=query, body=dump(body), content_type=JSON, wild=wild, wrong=wrong)

    def _aim(self, actor: str, *, wild: float, **fields: Any) -> Shot:
        """At a path, as somebody. `wild`: how often a hostile value stands in the path or in a header."""
        path = self.target.path
        for name in self.target.names:
            path = path.replace(f"{{{name}}}", self._filling(name, actor, wild))
        headers = self._headers(actor)
        if self.random.random() < wild:
            text = re.sub(r"[\r\n\x00]", " ", next(self.texts).value)[:4000]
            headers.setdefault(self.random.choice(HEADERS), text)
        return Shot(self.target.method, path, headers=headers, **fields)

    def _headers(self, actor: str) -> dict[str, str]:
        if actor == "garbage":
            text = re.sub(r"[\r\n\x00]", " ", next(self.texts).value)[:4000]
            return {"Authorization": f"{self.random.choice(('Bearer', 'bearer', 'Token', 'Basic'))} {text}"}
        return {} if actor == "anonymous" else {"Authorization": f"Bearer {self.world.tokens[actor]}"}

    def _filling(self, name: str, actor: str, wild: float) -> str:
        if self.random.random() < wild:
            return str(next(self.texts).value)
        if self.seen and wild and self.random.random() < 0.2:
            return self.random.choice(self.seen)
        filled = [row.fills[name] for row in self.target.rows if name in row.fills]
        return self.random.choice(filled) if filled else self._thing(actor)

    def _thing(self, actor: str) -> str:
        """An id of the right sort, one's own if there is one; now and then of another sort."""
        sorts = [row.thing for row in self.target.rows if row.thing]
        if not sorts or self.random.random() < 0.1:
            sorts = list(self.world.things)
        known = self.world.things[self.random.choice(sorts)]
        whose = actor if actor in known and self.random.random() < 0.7 else self.random.choice(list(known))
        return known[whose]

    def _base(self, actor: str) -> Any:
        """A request as good as any we know."""
        bodies = [row.body(self.world, actor, self._thing(actor)) for row in self.target.rows if row.body]
        needed = set(self.target.body_schema.get("required", ()))
        shown = [self.target.example] if self.target.example else []
        shown += [one for one in bodies if needed <= one.keys()][:1] or bodies[:1]  # in the words of this document
        if not shown:
            return {}
        return copy.deepcopy(self.random.choice(shown)) if not _has_file(shown[-1]) else shown[-1]

    def _wrong_body(self, actor: str, body: Any) -> str:
        if "multipart" in " ".join(self.target.kinds) or _has_raw(body):
            return ""
        wrong = [self._wrong_by(schema, actor, body) for schema in self.target.body_schemas]
        return wrong[0] if all(wrong) else ""

    def _wrong_by(self, document: dict[str, Any], actor: str, body: Any) -> str:
        schema = VALIDATOR(document, format_checker=FORMATS)
        found = [one for one in schema.iter_errors(body) if one.validator == "minLength"]  # spaces of a password count
        found += [one for one in schema.iter_errors(_trimmed(body)) if one.validator != "minLength"]
        for error in found:
            if actor == "superuser" or next(iter(error.absolute_path), "") not in STAFF_ONLY:
                return f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        return ""


def _trimmed(value: Any) -> Any:
    """As it is read: white space around a text does not count."""
    if isinstance(value, dict):
        return {name: _trimmed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_trimmed(one) for one in value]
    return value.strip() if isinstance(value, str) else value


def dump(body: Any) -> bytes:
    """JSON, with pieces spelled as they are."""
    raw: list[str] = []

    def stand_in(value: Any) -> str:
        raw.append(value.text if isinstance(value, Raw) else json.dumps(str(value)))
        return f"\x00raw{len(raw) - 1}\x00"

    text = json.dumps(body, default=stand_in)
    for number, piece in enumerate(raw):
        text = text.replace(f'"\\u0000raw{number}\\u0000"', piece)
    return text.encode()


def _places(value: Any, at: Place = ()) -> Iterator[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*at, key)
        yield from _places(one, (*at, key))


def _put(body: Any, place: Place, value: Any) -> Any:
    """A copy with another value there, unless an earlier one left no such place."""
    if not place:
        return value
    made = dict(body) if isinstance(body, dict) else list(body) if isinstance(body, list) else body
    key = place[0]
    inner = made.get(key) if isinstance(made, dict) else None
    if isinstance(made, list) and isinstance(key, int) and key < len(made):
        inner = made[key]
    if isinstance(made, dict | list):
        try:
            made[key] = _put(inner, place[1:], value)  # type: ignore[call-overload, index]
        except (IndexError, TypeError):
            return body
    return made


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _has_file(body: Any) -> bool:
    return isinstance(body, dict) and any(isinstance(one, SimpleUploadedFile) for one in body.values())


def _has_raw(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(_has_raw(one) for one in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, Raw)


def _form_value(value: Any) -> Any:
    if isinstance(value, SimpleUploadedFile):
        value.seek(0)
        return value
    if isinstance(value, bytes):
        return SimpleUploadedFile("fuzz.pdf", value)
    text = value if isinstance(value, str) else dump(value).decode()
    return text.encode("utf-8", "replace").decode()


def _wrong_query(known: dict[str, Any], query: tuple[tuple[str, str], ...]) -> str:
    for name, text in query:
        schema = known.get(name, {})
        kind = schema.get("type")
        if "enum" in schema and text.strip() not in schema["enum"]:
            return f"{name}={text!r} is none of {schema['enum']}"
        if kind == "integer" and not _is_whole(text, schema):
            return f"{name}={text!r} is no such number"
        if kind == "boolean" and text.strip().lower() not in {"true", "false", "1", "0", "on", "off"}:
            return f"{name}={text!r} is neither true nor false"
    return ""


def _is_whole(text: str, schema: dict[str, Any]) -> bool:
    plain = text.isascii() and text.isdecimal()
    return plain and schema.get("minimum", 0) <= int(text[:20]) <= schema.get("maximum", 10**20)
