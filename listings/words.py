"""Which words of a text were taken out and which came in."""

import re
from difflib import SequenceMatcher
from typing import Final, NamedTuple

WORDS: Final = re.compile(r"\s+|[^\s\w]|\w+")
# Comparing takes the product of both lengths at worst; a longer text is marked as a whole.
MOST_WORDS: Final = 2_000


class Piece(NamedTuple):
    text: str
    is_changed: bool


def mark_words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; the pieces of each, joined, are the text."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return _whole(before), _whole(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        is_changed = kind != "equal"
        left += [Piece("".join(old[old_from:old_to]), is_changed)] if old_to > old_from else []
        right += [Piece("".join(new[new_from:new_to]), is_changed)] if new_to > new_from else []
    return left, right


def _whole(text: str) -> list[Piece]:
    return [Piece(text, is_changed=True)]
