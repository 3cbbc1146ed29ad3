"""Real threads that begin at the same instant, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

THREADS = 32  # of all that run tests on one PostgreSQL, each gets its share of the 100 connections


def together(count: int, act: Callable[[int], Any], *, threads: int = THREADS) -> list[Any]:
    """What `act(0)` … `act(count - 1)` returned, or the exception it raised."""
    start = threading.Barrier(min(count, threads))

    def run(number: int) -> Any:
        if number < start.parties:
            start.wait(30)
        try:
            return act(number)
        except Exception as error:  # noqa: BLE001  the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(start.parties) as pool:
        return list(pool.map(run, range(count)))
