"""A Redis cache that fails fast. Callers say what happens without it; nothing that matters lives here."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
T = TypeVar("T")

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 5.0


class CacheDown(ConnectionError):
    """The cache did not answer in time, or is being left alone after it did not."""


class _Breaker:
    """After three failures in a row nobody waits for the cache again for five seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def check(self) -> None:
        if time.monotonic() < self._open_until:
            raise CacheDown("the cache is being left alone")

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._open_until = time.monotonic() + OPEN_SECONDS
                self._failures = 0
                log.warning("the cache does not answer; not asking it for %s s", OPEN_SECONDS)


breaker = _Breaker()


def _guarded(name: str) -> Callable[..., Any]:
    def call(self: "GuardedRedisCache", *args: Any, **kwargs: Any) -> Any:
        breaker.check()
        try:
            value = getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            breaker.failed()
            raise CacheDown(str(error)) from error
        breaker.succeeded()
        return value

    call.__name__ = name
    return call


class GuardedRedisCache(RedisCache):
    """Django's Redis cache; every failure is CacheDown, and after a few of them at once."""

    add = _guarded("add")
    get = _guarded("get")
    set = _guarded("set")
    touch = _guarded("touch")
    delete = _guarded("delete")
    incr = _guarded("incr")
    has_key = _guarded("has_key")
    get_many = _guarded("get_many")
    set_many = _guarded("set_many")
    delete_many = _guarded("delete_many")


def cached(key: str, seconds: int, make: Callable[[], T]) -> T:
    """`make()` remembered for a while. Without a cache it is made each time."""
    try:
        value = cache.get(key)
        if value is not None:
            return value  # type: ignore[no-any-return]
    except CacheDown:
        return make()
    fresh = make()
    try:
        cache.set(key, fresh, seconds)
    except CacheDown:
        log.debug("not cached: %s", key)
    return fresh
