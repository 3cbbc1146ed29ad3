"""Work that is done and taken back, so that the time of an answer does not tell whether an account exists."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from accounts.models import User
from flashspace.base.models import new_id


@contextmanager
def rehearsal(*, is_only: bool = True) -> Iterator[None]:
    """What is written inside is rolled back, if it is only a rehearsal; nothing is sent either."""
    with transaction.atomic():
        yield
        if is_only:
            transaction.set_rollback(True)


def nobody(email: str = "") -> User:
    """Somebody who is in no table. References to them hold until a commit, which a rehearsal never reaches."""
    return User(email=email or f"{new_id()}@nobody.invalid")
