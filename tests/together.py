"""Real threads that begin at the same instant, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

THREADS = 32  # of all that run tests on one PostgreSQL, each gets its share of the 100 connections


def together(count: int, act: Callable[[int], Any], *, threads: int = THREADS) -> list[Any]:
    """What `act(0)` … `act(count - 1)` returned, or the exception it raised."""
    workers = min(count, threads)
    start = threading.Barrier(workers)
    results: list[Any] = [None] * count

    def work(first: int) -> None:
        start.wait(30)
        try:
            for number in range(first, count, workers):
                results[number] = _result(act, number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    return results


def _result(act: Callable[[int], Any], number: int) -> Any:
    try:
        return act(number)
    except Exception as error:  # noqa: BLE001  the test looks at it
        return error
