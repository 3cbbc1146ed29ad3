"""Numbers that say who somebody is. Whoever has no need of them sees the last four characters."""

import re
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from accounts.admin.pages import staff_of
from accounts.models import User
from accounts.policies import can_see_identity_numbers

SHOWN = 4
HIDDEN = "•"
PAN = re.compile(r"(?<![A-Z0-9])[A-Z]{5}\d{4}[A-Z](?![A-Z0-9])", re.IGNORECASE)
# Neither a telephone number with its plus nor a piece of an id (4 hex digits and a hyphen stand beside it).
AADHAAR = re.compile(r"(?<![\d+])(?<![0-9a-f]{4}-)[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}(?!\d)(?!-[0-9a-f]{4})", re.IGNORECASE)


def last_four(value: str) -> str:
    """A short value is hidden altogether: its last four would be all of it."""
    shown = value[-SHOWN:] if len(value) > SHOWN else ""
    return HIDDEN * (len(value) - len(shown)) + shown


def shown_identity(viewer: HttpRequest | User, value: str) -> str:
    """A PAN, a person's GSTIN or a bank number, in full for those who may see it."""
    return value if can_see_identity_numbers(_user(viewer)) else last_four(value)


def shown_aadhaar(value: str) -> str:
    """The last four digits, for everybody: whoever keeps the whole number has no business to."""
    return last_four(re.sub(r"[ -]", "", value))


def shown_text(viewer: HttpRequest | User, text: str) -> str:
    """Free text as this person may read it: whatever looks like a PAN or an Aadhaar number has its last four only."""
    text = AADHAAR.sub(lambda match: shown_aadhaar(match[0]), text)
    return text if can_see_identity_numbers(_user(viewer)) else PAN.sub(lambda match: last_four(match[0]), text)


class SearchedByIdentity:
    """Mixin: who may not see identity numbers does not find out by searching whether one is right."""

    identity_search_fields: tuple[str, ...] = ()

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        fields = tuple(super().get_search_fields(request))  # type: ignore[misc]
        return (*fields, *self.identity_search_fields) if can_see_identity_numbers(staff_of(request)) else fields


class Viewed:
    """Mixin: what the fields of a row's page show depends on who looks."""

    viewer_name = "_viewer"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if row is not None:
            setattr(row, self.viewer_name, staff_of(request))
        return row


def shown_to_viewer(row: Model, text: str) -> str:
    """Free text of a row's page as its viewer may read it; without one, as in a list, as everybody may."""
    return shown_text(getattr(row, Viewed.viewer_name, None) or User(), text)


def _user(viewer: HttpRequest | User) -> User:
    return viewer if isinstance(viewer, User) else staff_of(viewer)
