"""Which passwords may be chosen: the documents' rule for everybody, more in the strict policy and for all staff."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

SHORTEST, LONGEST = 8, 128

# What people build passwords from when they are told to make them longer: "securePassword123", "Admin@2024".
WORDS = re.compile(
    r"password|passwort|passw0rd|p@ssw[o0]rd|secure|secret|qwerty|asdf|zxcv|admin|welcome|letmein|iloveyou|monkey|"
    r"dragon|login|flashspace|abcd"
)
FILLING = re.compile(r"\d+|[\W_]+|new|old|my|the")

STRICT = (
    CommonPasswordValidator(),
    NumericPasswordValidator(),
    UserAttributeSimilarityValidator(user_attributes=("email", "full_name")),
)


class PasswordPolicy:
    """The one of AUTH_PASSWORD_VALIDATORS, so that the API and the admin's forms ask the same.

    A dialect that documents a lower floor gives it; it holds where no more is asked.
    """

    def __init__(self, shortest: int = SHORTEST) -> None:
        self.shortest = shortest

    def validate(self, password: str, user: Any = None) -> None:
        """Raises Django's ValidationError."""
        is_strict = settings.PASSWORD_POLICY == "strict" or getattr(user, "is_staff", False)
        shortest = max(SHORTEST, self.shortest) if is_strict else self.shortest
        if len(password) < shortest:
            raise ValidationError(f"The password must have at least {shortest} characters.", code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(f"The password must have at most {LONGEST} characters.", code="password_too_long")
        if is_strict:
            for validator in STRICT:
                validator.validate(password, user)
            if is_common_pattern(password):
                raise ValidationError("This password is too common.", code="password_too_common")

    def get_help_text(self) -> str:
        return f"Between {SHORTEST} and {LONGEST} characters; staff may not use a common password."


def is_common_pattern(password: str) -> bool:
    """Whether little is left without the common words and what is usually put around them."""
    lower = password.casefold()
    rest = WORDS.sub("", lower)
    return rest != lower and len(FILLING.sub("", rest)) < SHORTEST
