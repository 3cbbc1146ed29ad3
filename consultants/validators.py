"""What the document asks of a name and of a password. The platform's own policy comes on top, in its services."""

import re

from django.core.exceptions import ValidationError

from consultants.names import is_spelled_like_a_name

KINDS = (
    (re.compile(r"[A-Z]"), "an uppercase letter"),
    (re.compile(r"[a-z]"), "a lowercase letter"),
    (re.compile(r"[0-9]"), "a number"),
    (re.compile(r"[^A-Za-z0-9]"), "a special character"),
)
SHORTEST_PASSWORD = 8


def check_name(name: str) -> None:
    if not is_spelled_like_a_name(name):
        raise ValidationError("Name can only contain letters and spaces")


def check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise ValidationError("Password must be at least 8 characters")
    missing = [words for kind, words in KINDS if not kind.search(password)]
    if missing:
        raise ValidationError(f"Password must contain {', '.join(missing)}")
