from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry

ANSWER_SECONDS = 0.3


def caches(config: dict[str, Any]) -> dict[str, Any]:
    if not config["REDIS_URL"]:
        return {
            "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
        }
    return {
        "default": {
            "BACKEND": "flashspace.base.cache.GuardedRedisCache",
            "LOCATION": config["REDIS_URL"],
            "KEY_PREFIX": "flashspace",
            "OPTIONS": {
                "socket_connect_timeout": ANSWER_SECONDS,
                "socket_timeout": ANSWER_SECONDS,
                # The client's own default waits seconds between three tries; a limiter may not.
                "retry": Retry(NoBackoff(), 0),
            },
        }
    }
