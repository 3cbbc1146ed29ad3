"""Invariants of a live database. Each app registers its own in `integrity.py`; `check_integrity` runs them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SHOWN = 5


@dataclass(frozen=True)
class Findings:
    """How many rows a rule looked at, and a line for each that breaks it."""

    checked: int
    violations: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    id: str
    text: str
    find: Callable[[], Findings]


_rules: dict[str, Rule] = {}


def rule(id: str, text: str) -> Callable[[Callable[[], Findings]], Callable[[], Findings]]:
    """Register a function that reads, and reports what breaks `text`. An id stands once."""

    def register(find: Callable[[], Findings]) -> Callable[[], Findings]:
        if id in _rules and _rules[id].find is not find:
            raise ValueError(f"integrity rule {id} stands twice")
        _rules[id] = Rule(id, text, find)
        return find

    return register


def rules() -> list[Rule]:
    return [rule for _, rule in sorted(_rules.items())]


def findings(checked: int, violations: Iterable[str]) -> Findings:
    return Findings(checked, tuple(violations))
