"""Budgets are rows: how often something was done in a window. One statement counts, so no race adds a try."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from accounts.clients import Client
from accounts.models import Budget
from flashspace.base.clock import now
from flashspace.base.crypto import keyed_hash, keyed_hashes
from flashspace.base.errors import DomainError, RateLimited
from flashspace.dialects import named_rates
from flashspace.dialects.limits import Usage
from flashspace.dialects.rates import Rate

# A window that is over begins anew with this step. The row stays locked until the transaction ends, also at no cost.
COUNT = """
INSERT INTO accounts_budget AS budget (name, key, count, resets_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (name, key) DO UPDATE SET
    count = CASE WHEN budget.resets_at > %s THEN budget.count + excluded.count ELSE excluded.count END,
    resets_at = CASE WHEN budget.resets_at > %s THEN budget.resets_at ELSE excluded.resets_at END
RETURNING count, resets_at
"""
GIVE_BACK = "UPDATE accounts_budget SET count = count - 1 WHERE name = %s AND key = %s AND count > 0 AND resets_at > %s"

FAILURES = "accounts.failures"
UNKNOWN = "accounts.unknown"


def take(name: str, key: str, limit: int, window_seconds: int) -> Usage:
    """Count one and say what is left: the kernel's budget store. Committed on its own, whatever comes after."""
    with transaction.atomic(durable=True):
        count, resets_at = _count(name, key, 1, window_seconds)
    return Usage(limit=limit, remaining=max(0, limit - count), reset_at=resets_at, allowed=count <= limit)


def spend(name: str, key: str) -> None:
    """Count one in the caller's transaction. Raises RateLimited beyond the limit."""
    rate = _rate(name)
    if rate is None:
        return
    count, resets_at = _count(name, key, 1, rate.window_seconds)
    if count > rate.limit:
        raise _refusal(resets_at)


@contextmanager
def guesses(name: str, key: str, *, wrong: type[DomainError]) -> Iterator[None]:
    """Count what is done inside if it ends in `wrong`. Raises RateLimited when the budget is used up.

    It is counted before and given back after, each committed on its own: in parallel nobody guesses more often.
    """
    with transaction.atomic(durable=True):
        spend(name, key)
    try:
        yield
    except wrong:
        raise
    except BaseException:
        _give_back(name, key)
        raise
    _give_back(name, key)


def _give_back(name: str, key: str) -> None:
    if _rate(name) is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [name, _key(name, key), _at(now())])


def forget(name: str, key: str) -> int:
    """Begin anew, in the caller's transaction. Returns how many were counted."""
    rows = _rows(name, key)
    counted = sum(rows.values_list("count", flat=True))
    rows.delete()
    return counted


def counted(name: str, key: str) -> Budget | None:
    """What is counted now, if anything is."""
    return _rows(name, key).filter(count__gt=0).first()


def _rows(name: str, key: str) -> "QuerySet[Budget]":
    return Budget.objects.filter(name=name, key__in=keyed_hashes(key, purpose=_purpose(name)), resets_at__gt=now())


def reveal(*, client: Client, tells: Callable[[], bool]) -> bool:
    """Run a look-up whose answer shows the caller whether an account exists; `tells` is True when it does show one.

    Of those answers an address gets five in 15 minutes, and after them none, whatever it would be. Its look-ups are one
    at a time, so a hundred at once learn no more. Raises RateLimited.
    """
    rate = _rate(UNKNOWN)
    if rate is None:
        return tells()
    with transaction.atomic(durable=True):
        count, resets_at = _count(UNKNOWN, client.network, 0, rate.window_seconds)
        if count >= rate.limit:
            raise _refusal(resets_at)
        told = tells()
        if told:
            _count(UNKNOWN, client.network, 1, rate.window_seconds)
    return told


def _count(name: str, key: str, cost: int, window_seconds: int) -> tuple[int, datetime]:
    at = now()
    values: list[Any] = [name, _key(name, key), cost, _at(at + timedelta(seconds=window_seconds)), _at(at), _at(at)]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        count, resets_at = cursor.fetchone()
    return count, _instant(resets_at)


def _key(name: str, key: str) -> str:
    """Addresses and accounts are counted without being written down."""
    return keyed_hash(key, purpose=_purpose(name))


def _purpose(name: str) -> str:
    return f"budget {name}"


def _at(at: datetime) -> Any:
    """An instant as this database takes it in plain SQL."""
    return connection.ops.adapt_datetimefield_value(at)


def _instant(value: datetime | str) -> datetime:
    """SQLite hands back the text that it stored, in UTC."""
    at = parse_datetime(value) if isinstance(value, str) else value
    assert at is not None
    return at if at.tzinfo else at.replace(tzinfo=connection.timezone)


def _rate(name: str) -> Rate | None:
    return named_rates.rate(name, settings.RATE_LIMITS)


def _refusal(resets_at: datetime) -> RateLimited:
    return RateLimited(retry_after=max(1, int((resets_at - now()).total_seconds()) + 1))
