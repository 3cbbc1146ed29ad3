import time

import pytest
from redis.exceptions import ConnectionError as RedisDown

from flashspace.base import cache as guarded


@pytest.fixture
def dead_cache(monkeypatch):
    """A Redis client that counts how often it is asked, and never answers."""
    asked = []

    def refuse(*args, **kwargs):
        asked.append(args)
        raise RedisDown("nobody there")

    monkeypatch.setattr(guarded.RedisCache, "get", refuse)
    monkeypatch.setattr(guarded, "breaker", guarded._Breaker())
    return asked


def test_breaker_stops_asking_after_three_failures_and_tries_again_later(dead_cache, monkeypatch):
    cache = guarded.GuardedRedisCache("redis://127.0.0.1:1/0", {})

    for _ in range(10):
        with pytest.raises(guarded.CacheDown):
            cache.get("key")
    assert len(dead_cache) == 3

    later = time.monotonic() + guarded.OPEN_SECONDS + 1
    monkeypatch.setattr(guarded.time, "monotonic", lambda: later)
    with pytest.raises(guarded.CacheDown):
        cache.get("key")
    assert len(dead_cache) == 4


def test_cached_makes_the_value_itself_when_the_cache_is_down(monkeypatch):
    def down(*args, **kwargs):
        raise guarded.CacheDown("down")

    monkeypatch.setattr(guarded.cache, "get", down)
    assert guarded.cached("key", 5, lambda: 42) == 42


def test_cached_remembers(monkeypatch):
    made = []
    for _ in range(3):
        assert guarded.cached("base.test.remembers", 5, lambda: made.append(1) or "value") == "value"
    assert made == [1]
