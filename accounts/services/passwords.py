"""Hashing and judging passwords. A hash costs 19 MiB and some 30 ms on purpose, so only so many run at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password, verify_password
from django.core.exceptions import ValidationError

from accounts.exceptions import HashingBusy
from accounts.models import User
from accounts.password_policy import SHORTEST, PasswordPolicy
from flashspace.base.errors import Invalid

MOST_IN_FLIGHT = 16

_gate = threading.BoundedSemaphore(MOST_IN_FLIGHT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fresh_hash` is there when the stored one was made with older settings."""

    is_right: bool
    fresh_hash: str | None = None


@contextmanager
def hashing() -> Iterator[None]:
    if not _gate.acquire(blocking=False):
        raise HashingBusy(retry_after=1)
    try:
        yield
    finally:
        _gate.release()


def hash_password(password: str) -> str:
    """Raises HashingBusy."""
    with hashing():
        return make_password(password)


def judge(password: str, *, user: User | None) -> Verdict:
    """Takes as long for nobody, and for an account without a password, as for a real one. Raises HashingBusy."""
    encoded = user.password if user else make_password(None)
    with hashing():
        is_right, is_old = verify_password(password, encoded)
        return Verdict(is_right, make_password(password) if is_right and is_old else None)


def check_policy(password: str, *, user: User | None, field: str, shortest: int = SHORTEST) -> None:
    """Raises Invalid when the password may not be chosen. `shortest` is the floor of the caller's dialect."""
    try:
        PasswordPolicy(shortest).validate(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field=field) from None
