"""The two kinds of limits.

General limits are counted in the cache and let through when it is gone. Budgets (sign-in, OTP, reset) are database
rows, exact under parallel load and never open; whoever keeps the rows registers itself, for the kernel imports no app.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from flashspace.base.clock import now
from flashspace.base.errors import RateLimited
from flashspace.dialects import named_rates
from flashspace.dialects.rates import Rate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a limit is left, after the request that was counted."""

    limit: int
    remaining: int
    reset_at: datetime
    allowed: bool


Take = Callable[[str, str, int, int], Usage]  # name, key, limit, window in seconds


class _BudgetStore:
    take: Take | None = None


class _Cache:
    is_down = False


def register_budget_store(take: Take) -> None:
    """Say who counts budgets: `take(name, key, limit, window_seconds) -> Usage`, atomically."""
    _BudgetStore.take = staticmethod(take)


def rate(name: str) -> Rate | None:
    """The rate of `flashspace.signin` as it is set, None when limits are off."""
    return named_rates.rate(name, settings.RATE_LIMITS)


def spend(name: str, key: str) -> Usage | None:
    """Take one from a row budget; None when limits are off. The caller looks at `allowed`."""
    wanted = rate(name)
    if wanted is None:
        return None
    if _BudgetStore.take is None:
        raise RuntimeError("no budget store is registered")
    return _BudgetStore.take(name, key, wanted.limit, wanted.window_seconds)


def count(request: HttpRequest, name: str, key: str, *, group: str = "") -> Usage | None:
    """Count one request against a general limit; None when limits are off or the cache is gone."""
    wanted = rate(name)
    if wanted is None:
        return None
    try:
        found = get_usage(
            request,
            group=f"{name} {group}",
            key=lambda _group, _request: key,
            rate=(wanted.limit, wanted.window_seconds),
            increment=True,
        )
    except Exception as error:  # noqa: BLE001  every cache has its own errors, and none of them may refuse a request
        _note(str(error) or type(error).__name__)
        return None
    if found is None or not found["limit"]:  # the key went away between two steps: nothing is known
        return None
    _Cache.is_down = False
    return Usage(
        limit=wanted.limit,
        remaining=max(0, wanted.limit - found["count"]),
        reset_at=now() + timedelta(seconds=max(1, found["time_left"])),
        allowed=not found["should_limit"],
    )


def _note(reason: str) -> None:
    """One line per outage, not one per request."""
    if not _Cache.is_down:
        _Cache.is_down = True
        log.warning("general limits let through: the cache does not answer (%s)", reason)


def tightest(usages: Iterable[Usage]) -> Usage | None:
    """The one the client has to mind: a refusal first, then the least left, then the longest wait."""
    return min(usages, key=lambda one: (one.allowed, one.remaining, -one.reset_at.timestamp()), default=None)


def headers(usage: Usage) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(usage.limit),
        "X-RateLimit-Remaining": str(usage.remaining),
        "X-RateLimit-Reset": str(int(usage.reset_at.timestamp())),
    }


def refuse(usages: Iterable[Usage], message: str | None = None) -> None:
    """Raise RateLimited when one of them is used up, to come again when all are open."""
    waits = [(one.reset_at - now()).total_seconds() for one in usages if not one.allowed]
    if waits:
        raise RateLimited(message, retry_after=max(1, int(max(waits)) + 1))
