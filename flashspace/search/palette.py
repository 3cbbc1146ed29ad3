"""What the command palette answers: a few rows of each kind that fits, for who may see them. Nothing is cached:
a booking of this minute is found, and what was found for one is not kept for another."""

from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest

from accounts.admin.lists import may_ask
from accounts.admin.pages import page_of, staff_of
from accounts.finding import Kind, Term, read_term
from flashspace.search.sources import SOURCES, Source

MOST_EACH = 6


@dataclass(frozen=True)
class Found:
    """A line of the palette; the names are those the theme's template reads."""

    kind: str
    title: str
    description: str
    link: str
    icon: str


def search(request: HttpRequest, typed: str) -> list[Found]:
    """At most eight questions, each bounded and answered by an index."""
    term = read_term(typed)
    if term is None or not may_ask(request, term) or is_too_short(term):
        return []
    user = staff_of(request)
    return [
        one
        for source in SOURCES
        if term.kind in source.kinds and user.has_perm(source.permission)
        for one in _found(source, term)
    ]


def is_too_short(term: Term) -> bool:
    return len(term.typed) < 2 or (term.kind == Kind.WORDS and not term.words)


def _found(source: Source, term: Term) -> list[Found]:
    rows = islice(source.rows(term)[:MOST_EACH], MOST_EACH)
    told = ((row, *source.tell(row)) for row in rows)
    return [
        Found(source.title, title, f"{source.title}: {said}", page_of(row), source.icon) for row, title, said in told
    ]
