"""Where encrypted values stand in the database: read from the models, so that a new key reaches every one of them.

A column of ours is a field that `HoldsCiphertext`. One of a library's model is declared beside the code that fills it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from flashspace.base import crypto
from flashspace.base.locks import atomic, lock_row

BATCH: Final = 500
NEWEST: Final = 0
Change = Callable[[str], str]


class NotEncrypted(ValueError):
    """Plain text was about to be stored where only ciphertext may stand."""


class HoldsCiphertext:
    """A field in which values of `crypto.encrypt` stand. To migrations and the database it is the plain column.

    `pattern` finds them in its text, in a group of that name where they are not the whole match.
    """

    pattern: "re.Pattern[str]" = crypto.CIPHERTEXT
    some: Q = Q()  # which rows may hold one

    def rewritten(self, value: Any, change: Change) -> Any:
        return self.pattern.sub(lambda match: change(match[0]), value) if value else value

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()  # type: ignore[misc]
        column = next(base for base in type(self).__mro__ if base.__module__.startswith("django."))
        return name, f"django.db.models.{column.__name__}", args, kwargs


class CiphertextField(HoldsCiphertext, models.CharField):  # type: ignore[type-arg]  # no subscripts at run time
    """One encrypted value, opened by whoever needs it with `crypto.decrypt`. Refuses anything else."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str) and value and not self.pattern.fullmatch(value):
            raise NotEncrypted(f"{self.model.__name__}.{self.name} takes what crypto.encrypt made")
        return super().get_db_prep_save(value, connection)


class _InJson(HoldsCiphertext):
    """One key of a JSON column."""

    def __init__(self, key: str) -> None:
        self.key = key

    def rewritten(self, value: Any, change: Change) -> Any:
        held = value.get(self.key) if isinstance(value, dict) else None
        return {**value, self.key: change(held)} if isinstance(held, str) and held else value


@dataclass(frozen=True)
class Place:
    """A column, and how its ciphertexts are found and replaced."""

    model: type[models.Model]
    column: str
    held: HoldsCiphertext

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.column}"

    def rows(self) -> "QuerySet[Any]":
        return models.QuerySet(self.model).order_by("pk").only("pk", self.column)

    def values(self) -> Iterator[tuple[Any, Any]]:
        """Key and value of each row that may hold one, a batch at a time."""
        rows = self.rows().filter(self.held.some).values_list("pk", self.column)
        batch = list(rows[:BATCH])
        while batch:
            yield from batch
            batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])

    def keys_of(self, value: Any) -> "Counter[int | None]":
        """How many of its ciphertexts each key opens, by its place in the settings; None: no key does."""
        found: Counter[int | None] = Counter()

        def look(token: str) -> str:
            found[crypto.opened_by(token)] += 1
            return token

        self.held.rewritten(value, look)
        return found


_declared: dict[str, tuple[str, str, str]] = {}


def declare_in_json(label: str, column: str, key: str) -> None:
    """A library's model keeps a value of `crypto.encrypt` under `key` of this JSON column."""
    _declared[f"{label}.{column}.{key}"] = (label, column, key)


def places() -> list[Place]:
    ours = [
        Place(model, field.name, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, HoldsCiphertext)
    ]
    theirs = [Place(apps.get_model(label), column, _InJson(key)) for label, column, key in _declared.values()]
    return sorted([*ours, *theirs], key=lambda place: place.name)


def count_by_key(place: Place) -> "Counter[int | None]":
    found: Counter[int | None] = Counter()
    for _, value in place.values():
        found += place.keys_of(value)
    return found


def renew(place: Place, tell: Callable[[str], None] | None = None) -> int:
    """Put what stands under an older key under the newest one, row by row. How many rows were changed.

    Each row is looked at again under its lock: what somebody else writes meanwhile stays. May be ended at any time and
    begun again, and may run while everything else does. What no key opens is left as it is.
    """
    changed = 0
    for seen, (pk, value) in enumerate(place.values(), start=1):
        if _is_old(place, value):
            changed += _renew_row(place, pk)
        if tell and seen % BATCH == 0:
            tell(f"{place.name}: {seen} looked at, {changed} changed")
    return changed


def _is_old(place: Place, value: Any) -> bool:
    return any(key not in {NEWEST, None} for key in place.keys_of(value))


def _renew_row(place: Place, pk: Any) -> bool:
    with atomic():
        try:
            row = lock_row(place.rows(), pk=pk)
        except place.model.DoesNotExist:  # type: ignore[attr-defined]  # every model has one
            return False
        held = getattr(row, place.column)
        fresh = place.held.rewritten(held, _under_the_newest)
        return fresh != held and bool(place.rows().filter(pk=pk).update(**{place.column: fresh}))


def _under_the_newest(token: str) -> str:
    return token if crypto.opened_by(token) in {NEWEST, None} else crypto.rotate(token)
