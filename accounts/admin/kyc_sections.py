"""Parts of a case's page that other apps fill: which bookings wait for it, say. Apps after this one register here."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from accounts.models import User


class Row(NamedTuple):
    """A line that leads somewhere. `url` is empty where whoever looks may not go there."""

    text: str
    url: str
    note: str = ""


class Section(NamedTuple):
    title: str
    empty: str
    rows: list[Row]


# (the person of the case, whoever looks) -> a section, or None where there is nothing for whoever looks
Provider = Callable[[User, User], Section | None]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    if provider not in _providers:
        _providers.append(provider)


def sections_of(person: User, viewer: User) -> Iterable[Section]:
    return [section for provider in _providers if (section := provider(person, viewer)) is not None]
