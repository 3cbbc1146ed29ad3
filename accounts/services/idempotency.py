"""Retries of a POST get the first answer: a key of the client's own, per person, for 24 hours."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Protocol, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.exceptions import IdempotencyMismatch, IdempotencyRunning
from accounts.models import IdempotencyKey, User
from flashspace.base.clock import now
from flashspace.base.locks import lock_row

LEASE = timedelta(seconds=60)
KEPT = timedelta(hours=24)


class Answered(Protocol):
    """What an HTTP response has."""

    status_code: int
    content: bytes


A = TypeVar("A", bound=Answered)


@dataclass(frozen=True, slots=True)
class Claim:
    """Either an answer that is there already, or the right to make it, as long as the lease is ours."""

    row: IdempotencyKey

    @property
    def is_answered(self) -> bool:
        return self.row.status is not None


def claim_key(*, user: User, key: str, request_hash: str) -> Claim:
    """Raises IdempotencyMismatch for another request under the same key, IdempotencyRunning while the first runs."""
    try:
        with transaction.atomic(durable=True):
            return Claim(_create(user, key, request_hash))
    except IntegrityError:
        pass  # it is known
    try:
        with transaction.atomic(durable=True):
            return _take_over(user, key, request_hash)
    except IdempotencyKey.DoesNotExist:  # given up between the two steps
        raise IdempotencyRunning(retry_after=1) from None


def act_once(*, claim: Claim, act: Callable[[], A], in_steps: bool) -> A:
    """Act and keep the answer, both or neither; `in_steps`, for an act that commits by itself, one after the other.

    Raises what `act` raises, and IdempotencyRunning when the lease is somebody else's by now: their answer counts.
    """
    with nullcontext() if in_steps else transaction.atomic():
        answer = act()
        if not store_answer(claim=claim, status=answer.status_code, body=answer.content.decode()):
            raise IdempotencyRunning(retry_after=1)
    return answer


def store_answer(*, claim: Claim, status: int, body: str) -> bool:
    """Keep the answer. False when the lease ended and somebody else took over: theirs counts."""
    return bool(_mine(claim).update(status=status, body=body))


def release_key(*, claim: Claim) -> None:
    """Nothing was done that a retry should not do again."""
    _mine(claim).delete()


def _create(user: User, key: str, request_hash: str) -> IdempotencyKey:
    return IdempotencyKey.objects.create(user=user, key=key, request_hash=request_hash, leased_until=now() + LEASE)


def _take_over(user: User, key: str, request_hash: str) -> Claim:
    row = lock_row(IdempotencyKey.objects.all(), user=user, key=key)
    at = now()
    if row.created_at <= at - KEPT:
        row.created_at = at
        row.request_hash = request_hash
        row.status = None
    elif row.request_hash != request_hash:
        raise IdempotencyMismatch
    elif row.status is not None:
        return Claim(row)
    elif row.leased_until > at:
        raise IdempotencyRunning(retry_after=ceil((row.leased_until - at).total_seconds()))
    row.leased_until = at + LEASE  # whoever had it was killed, or is so slow that it must not answer any more
    row.save(update_fields=["created_at", "request_hash", "status", "leased_until"])
    return Claim(row)


def _mine(claim: Claim) -> QuerySet[IdempotencyKey]:
    """The row, as long as nobody else has the lease."""
    return IdempotencyKey.objects.filter(pk=claim.row.pk, leased_until=claim.row.leased_until, status=None)
