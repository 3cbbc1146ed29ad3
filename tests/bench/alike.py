"""Whether the clock tells in the strict profile what the answers do not: who has an account.

python -m tests.bench.alike [--rounds 500] [--only login]

Each call is made for known and unknown addresses by turns; printed are both medians, the share of pairs in which the
known one took longer (0.5: nothing to learn) and the Mann-Whitney p. A difference below 5 ms, or p above 0.01, is what
an attacker cannot use over a network. Read it on a machine that does nothing else; no test asserts a time.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import sqrt
from statistics import NormalDist, median
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.accounts.alike import Call

WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--only", default="", help="a part of the call's name")
    wanted = parser.parse_args()
    with _strict_database():
        from tests.accounts.alike import CALLS

        print(f"{'call':34} {'known ms':>9} {'unknown ms':>11} {'difference':>11} {'share':>7} {'p':>8}")
        for name, call in CALLS.items():
            if wanted.only in name:
                print(_line(name, *_times(call, wanted.rounds)), flush=True)


@contextmanager
def _strict_database() -> Iterator[None]:
    """A database of its own, with the real hasher."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "flashspace.settings.test"
    django.setup()
    from django.conf import settings
    from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

    from flashspace.celery import app

    app.conf.task_always_eager = False  # a request wakes the worker and waits for nothing
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    hashers = ["flashspace.base.hashers.Argon2Hasher", *settings.PASSWORD_HASHERS]
    with override_settings(SECURITY_PROFILE="strict", RATE_LIMITS="off", PASSWORD_HASHERS=hashers):
        yield
    teardown_databases(databases, verbosity=0)


def _times(call: "Call", rounds: int) -> tuple[list[float], list[float]]:
    from tests.accounts.alike import known, unknown

    known_ms: list[float] = []
    unknown_ms: list[float] = []
    for _ in range(rounds + WARM_UP):
        for target, times in ((known(call.who), known_ms), (unknown(call.who), unknown_ms)):
            caller = call.caller()
            began = time.perf_counter()
            call.send(target, caller)
            times.append((time.perf_counter() - began) * 1000)
    return known_ms[WARM_UP:], unknown_ms[WARM_UP:]


def _line(name: str, known_ms: list[float], unknown_ms: list[float]) -> str:
    share, p = mann_whitney(known_ms, unknown_ms)
    ours, theirs = median(known_ms), median(unknown_ms)
    return f"{name:34} {ours:9.2f} {theirs:11.2f} {ours - theirs:+11.2f} {share:7.3f} {p:8.4f}"


def mann_whitney(ours: list[float], theirs: list[float]) -> tuple[float, float]:
    """The share of pairs in which ours is larger, and the two-sided p by the normal approximation (no ties)."""
    ranked = sorted([(value, True) for value in ours] + [(value, False) for value in theirs])
    ranks = sum(place for place, (_, is_ours) in enumerate(ranked, start=1) if is_ours)
    m, n = len(ours), len(theirs)
    larger = ranks - m * (m + 1) / 2
    z = (larger - m * n / 2) / sqrt(m * n * (m + n + 1) / 12)
    return larger / (m * n), 2 * (1 - NormalDist().cdf(abs(z)))


if __name__ == "__main__":
    main()
