"""A Celery worker of ours in processes of its own, on the database of the test that starts it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from tests import live

SLOTS = 2


@contextmanager
def broker_at(url: str) -> Iterator[Celery]:
    """An empty broker of which the test's own workers alone know: a database of the usual Redis, by its number."""
    client = redis.Redis.from_url(url, socket_connect_timeout=1)
    try:
        client.flushdb()
    except redis.ConnectionError:
        assert not os.environ.get("CI"), "CI must have Redis"
        pytest.skip("NO REDIS HERE: no worker was killed")
    yield Celery(broker=url, set_as_current=False)  # tasks of other tests stay with the app of ours
    client.flushdb()


def sender(broker: Celery) -> Callable[..., Any]:
    """In place of `enqueue`, which in tests acts at once: hand the task to the broker."""
    return lambda task, **arguments: broker.send_task(task.name, kwargs=arguments)


def environment(**given: str) -> dict[str, str]:
    """A process of ours as it would be started, on the database and the keys of this test."""
    database = connection.settings_dict
    server = "{USER}:{PASSWORD}@{HOST}:{PORT}".format(**{**database, "PORT": database["PORT"] or 5432})
    name = str(database["NAME"])
    url = f"postgres://{server}/{name}" if connection.vendor == "postgresql" else f"sqlite:///{Path(name).absolute()}"
    return live.environment(
        DJANGO_SETTINGS_MODULE="flashspace.settings.development",
        DATABASE_URL=url,
        DATA_DIR=str(settings.DATA_DIR),
        SECRET_KEY=settings.SECRET_KEY,
        FIELD_ENCRYPTION_KEYS=",".join(settings.FIELD_ENCRYPTION_KEYS),
        **given,
    )


class Worker:
    """`with Worker(REDIS_URL=…) as worker:` It is killed at the end of the block, and by `kill` before."""

    def __init__(self, *words: str, slots: int = SLOTS, **given: str) -> None:
        options: Sequence[str] = (f"--concurrency={slots}", "--loglevel=warning", *words)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "flashspace", "worker", *options],
            cwd=settings.BASE_DIR,
            env=environment(**given),
            start_new_session=True,
        )

    def kill(self) -> None:
        """The worker and its slots, at once and without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()


def wait_for(
    condition: Callable[[], object], seconds: float, *, meanwhile: Callable[[], object] = lambda: None
) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s"
        meanwhile()
        time.sleep(0.25)
