"""The control of a race test: the same service without its guard, where the race must show."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, models

from flashspace.base import locks


@contextmanager
def unguarded(*modules: ModuleType) -> Iterator[None]:
    """No row is locked. On SQLite, where a transaction is the lock, `modules` run without theirs instead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "ENABLED", False)
        if connection.vendor == "sqlite":
            for module in modules:
                for name, stand_in in STAND_INS:
                    if hasattr(module, name):
                        patch.setattr(module, name, stand_in)
        yield


def _no_transaction(*_args: Any, **_options: Any) -> Any:
    return nullcontext()


def _no_lock(queryset: "models.QuerySet[Any]", /, **lookup: Any) -> Any:
    return queryset.get(**lookup)


def _no_named_lock(name: str) -> None:
    pass


STAND_INS = (("atomic", _no_transaction), ("lock_row", _no_lock), ("lock_name", _no_named_lock))
