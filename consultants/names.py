"""A consultant's name as it was typed, its two parts, and the slug that is made of it. Pure."""

import unicodedata

from django.utils.text import slugify

# Words that stand where a slug may stand in an address.
RESERVED = (
    "admin",
    "api",
    "approve",
    "auth",
    "availability",
    "book",
    "clients",
    "consultant",
    "consultants",
    "dashboard",
    "login",
    "me",
    "new",
    "photo",
    "profile",
    "quotations",
    "reviews",
    "search",
    "sessions",
    "signup",
    "slots",
    "teams",
)
LONGEST_BASE = 80
NAMELESS = "consultant"


def split_name(name: str) -> tuple[str, str]:
    """First name and last name: the first word, and the rest of them with single spaces."""
    first, *others = name.split()
    return first, " ".join(others)


def slug_base(name: str) -> str:
    """`john-doe`, before its number. A name that Latin letters cannot spell is nobody's."""
    return slugify(name)[:LONGEST_BASE].strip("-") or NAMELESS


def is_spelled_like_a_name(text: str) -> bool:
    """Letters of any script with their marks, and spaces."""
    return all(letter == " " or unicodedata.category(letter)[0] in "LM" for letter in text)
