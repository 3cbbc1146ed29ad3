"""Everything about a person on one page. Each app brings its own sections; apps after this one register here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User

MOST = 10


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


# (the person, whoever looks) -> the section; asked only for who has the permission, and with one query
Provider = Callable[[User, User], Section]

_providers: list[tuple[int, str, Provider]] = []


def register_section(place: int, permission: str, provider: Provider) -> None:
    if (place, permission, provider) not in _providers:
        _providers.append((place, permission, provider))
        _providers.sort(key=lambda one: one[0])


def sections_of(person: User, viewer: User) -> list[Section]:
    return [provider(person, viewer) for _, permission, provider in _providers if viewer.has_perm(permission)]


def list_url(model: str, **query: object) -> str:
    """A list of the admin, filtered: `list_url("bookings_booking", customer__id__exact=person.pk)`."""
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode(query)}"
