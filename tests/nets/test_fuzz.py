"""Every documented operation under hostile input: no 5xx, nothing beside its document, nothing without sign-in."""

import copy
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from flashspace.dialects.named_rates import NAMES
from flashspace.management.commands.check_integrity import load_rules
from tests.nets.fuzz_cases import KNOWN, UNKNOWN, Maker, cases, seed
from tests.nets.fuzz_targets import Target, targets
from tests.nets.fuzz_wire import Reply, Shot, complaints, send
from tests.nets.fuzz_world import make_small_world, sign_in, undone
from tests.nets.hostile import BODIES, HOSTILE, TEXTS
from tests.nets.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.net]

# `make test` fuzzes on PostgreSQL, the stricter of the two; `make fuzz` on both.
on_one_database = pytest.mark.skipif(
    "sqlite" in os.environ.get("DATABASE_URL", "sqlite") and not os.environ.get("FUZZ_CASES"),
    reason="fuzzed on PostgreSQL, or by make fuzz",
)
TARGETS = targets()
EACH = -(-cases() // len(TARGETS))
MOST_SHOWN = 5


@pytest.fixture(scope="module")
def settled_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield make_small_world()


@pytest.fixture
def world(settled_world: World, settings: Any) -> World:
    """As new for every test, which undoes what it does."""
    settings.RATE_LIMITS = "off"
    return copy.deepcopy(settled_world)


def test_dictionary_has_120_values_and_a_note_for_each() -> None:
    notes = [one.note for one in (*HOSTILE, *BODIES)]

    assert len(HOSTILE) >= 120
    assert len(set(notes)) == len(notes)


@on_one_database
@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_operation_keeps_its_document_whatever_comes(target: Target, world: World) -> None:
    before = fresh_statuses(world)

    found = fuzz(target, world, EACH)
    if target.method != "GET":  # what only reads leaves nothing that another call could not show
        found += [f"after it, {one}" for one in changed(before, read_everything(world))]
    found += broken_rules()

    assert not found, report(found)


def fuzz(target: Target, world: World, count: int) -> list[str]:
    """What was wrong, each with the request that shows it."""
    maker = Maker(target, world, count)
    found: list[str] = []
    for _ in range(count):
        actor, shot = maker.shot()
        reply = send(shot)
        wrong = complaints(
            shot, reply, protected=target.is_protected, known=actor not in UNKNOWN, outage=target.may_be_out
        )
        found += [f"{target} as {actor}: {one}\n    {shot.as_curl()}" for one in wrong]
        if reply.status == 401 and actor not in UNKNOWN:  # a sign-out or a new password went before
            sign_in(world, actor)
        if reply.status == 201:
            maker.seen += ids_in(reply)
    return found


def ids_in(reply: Reply) -> list[str]:
    found, left = [], [reply.json()]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            found += [one for name, one in value.items() if name in ("id", "_id") and isinstance(one, str)]
        left += value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return found


_fresh: dict[str, str] = {}


def fresh_statuses(world: World) -> dict[str, str]:
    """Every new world answers alike, so one is read for all."""
    if not _fresh:
        _fresh.update(read_everything(world))
    return _fresh


def read_everything(world: World) -> dict[str, str]:
    """The status of every call that reads, for everybody: a row that cannot be shown shows here."""
    statuses: dict[str, str] = {}
    for target in TARGETS:
        if target.method == "GET":
            for actor in KNOWN:
                statuses[f"{actor}'s GET {target.path}"] = _read(target, world, actor)
    return statuses


def _read(target: Target, world: World, actor: str) -> str:
    path = target.path
    for name in target.names:
        row = next((row for row in target.rows if name in row.fills), None)
        thing = next((row.thing for row in target.rows if row.thing), "")
        known = world.things.get(thing, {})
        text = row.fills[name] if row else known.get(actor) or next(iter(known.values()), "")
        path = path.replace(f"{{{name}}}", text)
    shot = Shot("GET", path, headers={"Authorization": f"Bearer {world.tokens[actor]}"})
    reply = send(shot)
    if reply.status == 401 and target.is_protected:
        sign_in(world, actor)
        shot = replace(shot, headers={"Authorization": f"Bearer {world.tokens[actor]}"})
        reply = send(shot)
    found = complaints(shot, reply, protected=False, known=True, outage=target.may_be_out)
    return "; ".join(found) or str(reply.status)


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Calls that could be answered and no longer can. What was deleted may be gone."""
    return [
        f"{what} answers {status}, not {before[what]}"
        for what, status in after.items()
        if not status.isdecimal() or (before[what] == "200" and status not in ("200", "404"))
    ]


def broken_rules() -> list[str]:
    """What check_integrity would say."""
    return [f"check_integrity: {rule.id}: {line}" for rule in load_rules() for line in rule.find().violations]


def report(found: list[str]) -> str:
    again = f"FUZZ_SEED={seed()} FUZZ_CASES={cases()}"
    more = f"\n… and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return f"{len(found)} faults; again with {again}\n" + "\n".join(found[:MOST_SHOWN]) + more


@pytest.mark.parametrize("scheme", ["", "Bearer", "bearer", "Token", "Basic"])
def test_protected_operation_without_a_good_token_is_401(scheme: str, world: World) -> None:
    """Every operation that nobody said is public, at an id that exists."""
    tokens = [one.value for one in TEXTS if 0 < len(one.value) < 400 and not set(one.value) & set("\r\n\0")]
    for number, target in enumerate(one for one in TARGETS if one.is_protected):
        shot = Maker(target, world, 0).plain(tokens[number % len(tokens)] if scheme else "", scheme)
        reply = send(shot)

        assert reply.status == 401, f"{target}: {reply.status}\n{shot.as_curl()}"
        assert reply.headers["WWW-Authenticate"] == "Bearer"
        assert not complaints(shot, reply, protected=True, known=False)


def test_token_of_an_ended_session_opens_nothing(world: World) -> None:
    for target in TARGETS:
        if target.is_protected:
            reply = send(Maker(target, world, 0).plain(world.tokens["ended"]))

            assert reply.status == 401, f"{target}: {reply.status}"


def test_method_that_a_path_does_not_have_is_405(world: World) -> None:
    for target in TARGETS:
        known = {one.method for one in TARGETS if one.path == target.path}
        plain = Maker(target, world, 0).plain(world.tokens["superuser"])
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - known:
            reply = send(replace(plain, method=method))

            assert reply.status == 405, f"{method} {plain.path}: {reply.status}"
            assert known <= set(reply.headers["Allow"].split(", "))
            assert reply.headers["Content-Type"].startswith("application/json")


def test_refusal_by_a_limit_keeps_the_document(world: World, settings: Any) -> None:
    """Each limit cut to one: whatever counts refuses the second call."""
    settings.RATE_LIMITS = ",".join(f"{name}=1/15m" for name in sorted(NAMES))
    refused = set()
    for target in TARGETS:
        for _ in range(3):
            shot = Maker(target, world, 0).plain(world.tokens["customer"])
            reply = send(shot)
            assert not complaints(shot, reply, protected=target.is_protected, known=True, outage=target.may_be_out)
            if reply.status == 429:
                refused.add(target)
                assert int(reply.headers["Retry-After"]) >= 1
                assert reply.headers["X-RateLimit-Remaining"] == "0"

    unlimited = {str(one) for one in TARGETS} - {str(one) for one in refused}
    assert all("health" in one or one.endswith("GET /") or "webhooks" in one for one in unlimited), unlimited
