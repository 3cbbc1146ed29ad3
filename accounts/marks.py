"""Secrets inside stored text: an encrypted mark `⟦…⟧` until the mail is sent, dots afterwards."""

import html
import re
from collections.abc import Collection

from django.db import models
from django.db.models import Q

from flashspace.base import crypto
from flashspace.base.ciphertext import Change, HoldsCiphertext

DOTS = "••••••"
_MARK = re.compile("⟦([A-Za-z0-9_=-]+)⟧")


class MarkedTextField(HoldsCiphertext, models.TextField):
    """A text in which marks may stand. Only they are ciphertext: a stranger's words may look like one."""

    @property
    def some(self) -> Q:  # type: ignore[override]  # it depends on the field's name
        return Q(**{f"{self.name}__contains": "⟦"})

    def rewritten(self, value: str, change: Change) -> str:
        return _MARK.sub(lambda match: f"⟦{change(match[1])}⟧", value)


def mark(secret: str) -> str:
    """The form in which a secret may be stored. Every call gives another one."""
    return f"⟦{crypto.encrypt(secret)}⟧"


def keep_only(text: str, marks: Collection[str]) -> str:
    """Disarm whatever looks like a mark and is none of `marks`: a stranger's name may hold any character."""
    parts = re.split("(⟦[A-Za-z0-9_=-]+⟧)", text)
    return "".join(part if part in marks else part.replace("⟦", "[").replace("⟧", "]") for part in parts)


def open_marks(text: str, *, as_html: bool = False) -> str:
    """The text as its reader gets it. Only the outgoing side calls this. Raises crypto.Undecipherable."""

    def reveal(match: re.Match[str]) -> str:
        secret = crypto.decrypt(match[1])
        return html.escape(secret) if as_html else secret

    return _MARK.sub(reveal, text)


def secrets_of(text: str) -> set[str]:
    """What its marks hide. Raises crypto.Undecipherable."""
    return {crypto.decrypt(token) for token in _MARK.findall(text)}


def strike_out(text: str) -> str:
    """Dots for every mark: what anybody else may see."""
    return _MARK.sub(DOTS, text)
