"""State machines as tables: which state may follow which."""

from collections.abc import Collection, Mapping

from flashspace.base.errors import IllegalTransition

Transitions = Mapping[str, Collection[str]]


def check_transition(table: Transitions, *, thing: str, current: str, wanted: str) -> None:
    """Raise IllegalTransition unless `table` lets `current` become `wanted`."""
    if wanted not in table.get(current, ()):
        raise IllegalTransition(thing, current, wanted)
