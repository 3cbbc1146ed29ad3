"""The words of mails and SMS: templates of the apps, strict about names, with secrets as encrypted marks."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.backends.django import DjangoTemplates

from accounts.marks import keep_only, mark


class UnknownName(LookupError):
    """A template shows a name that its context does not have."""


def marks_of(secrets: Mapping[str, str] | None) -> dict[str, str]:
    """Each secret in the form in which it may be stored."""
    return {name: mark(value) for name, value in (secrets or {}).items()}


def render(path: str, context: Mapping[str, Any], marks: Mapping[str, str], *, markup: bool = False) -> str:
    """`path` with the names of context and marks. Whatever else looks like a mark is disarmed.

    A name that a template shows and nobody gave raises UnknownName: better here than a message with a hole.
    """
    names = {**context, **marks, "site": _site()}
    return keep_only(_engine(markup=markup).get_template(path).render(names), set(marks.values()))


def _site() -> dict[str, str]:
    url = settings.PUBLIC_URL
    return {"name": "FlashSpace", "url": url, "host": urlsplit(url).netloc, "frontend": settings.FRONTEND_URL}


class _Strict(str):
    """Django formats `string_if_invalid` with the name it did not find; this one complains instead."""

    __slots__ = ()

    def __contains__(self, _: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise UnknownName(str(name))


@cache
def _engine(*, markup: bool) -> DjangoTemplates:
    """HTML escapes everything; plain text nothing, because nothing in it is markup."""
    options = {"autoescape": markup, "string_if_invalid": _Strict("strict")}
    return DjangoTemplates({"NAME": "messages", "DIRS": [], "APP_DIRS": True, "OPTIONS": options})
