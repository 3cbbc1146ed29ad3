"""Ids that stand in a stored text, as links: to the row where there is one, else to what was done to it."""

import re
from typing import Any, Final

from django.contrib import admin
from django.utils.html import format_html_join

from accounts.admin.customer_page import list_url
from accounts.admin.pages import link_at, page_of

ID: Final = re.compile(r"\b([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b")
OF_AN_ID: Final = re.compile(r"(_id|Id)$")
# What the log calls a row, where that is not its model's name.
ALIASES: Final = {"case": "kycprofile", "note": "staffnote", "view": "supportview", "owner": "user"}


def with_links(name: str, text: str) -> str:
    """`name` is what the value is stored under: `note`, `owner`, `space_id`, `refundId`."""
    pieces = ID.split(text)  # every other one is an id
    return format_html_join("", "{}", ((_link(name, one) if place % 2 else one,) for place, one in enumerate(pieces)))


def _link(name: str, key: str) -> str:
    row = _find(name, key)
    return link_at(page_of(row) if row is not None else list_url("accounts_auditentry", q=key), key)


def _find(name: str, key: str) -> Any:
    word = OF_AN_ID.sub("", name).lower()
    wanted = ALIASES.get(word, word)
    model = next((one for one in admin.site._registry if one._meta.model_name == wanted), None)  # noqa: SLF001
    return model._default_manager.filter(pk=key).first() if model is not None else None  # noqa: SLF001
