"""Work that is done and taken back, so that the time of an answer does not tell whether an account exists."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.models import User
from flashspace.base.models import new_id


@contextmanager
def rehearsal(*, is_only: bool = True) -> Iterator[None]:
    """What is written inside is rolled back, if it is only a rehearsal. Wake-ups go out all the same, since a broker
    takes its time: they find no row, so nothing is sent.
    """
    wake_ups: list[Callable[[], object]] = []
    with transaction.atomic():
        before = len(connection.run_on_commit)
        yield
        if is_only:
            wake_ups = [wake_up for _, wake_up, *_ in connection.run_on_commit[before:]]
            transaction.set_rollback(True)
    for wake_up in wake_ups:
        transaction.on_commit(wake_up, robust=True)


def nobody(email: str = "") -> User:
    """Somebody who is in no table. References to them hold until a commit, which a rehearsal never reaches."""
    return User(email=email or f"{new_id()}@nobody.invalid")
