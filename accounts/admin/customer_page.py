"""Everything about a person on one page. Each app brings its own sections; apps after this one register here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

from accounts.models import User

MOST = 10
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Section:
    """A table of the newest rows. Cells are text or safe HTML; `summary` is what matters most of all of them."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    empty: str
    more: str = ""
    summary: str = ""
    is_alarming: bool = field(default=False)


class Sections(Generic[M]):
    """The sections of one kind of page, in the order of their places."""

    def __init__(self) -> None:
        self._providers: list[tuple[int, str, Callable[[M, User], Section]]] = []

    def register(self, place: int, permission: str, provider: Callable[[M, User], Section]) -> None:
        """`provider` makes it of (the row, whoever looks): for who has the permission, with a query or two."""
        if (place, permission, provider) not in self._providers:
            self._providers.append((place, permission, provider))
            self._providers.sort(key=lambda one: one[0])

    def of(self, row: M, viewer: User) -> list[Section]:
        return [provider(row, viewer) for _, permission, provider in self._providers if viewer.has_perm(permission)]


_people: Sections[User] = Sections()
register_section = _people.register
sections_of = _people.of


def list_url(model: str, **query: object) -> str:
    """A list of the admin, filtered: `list_url("bookings_booking", customer__id__exact=person.pk)`."""
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode(query)}"
