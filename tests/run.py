"""The whole suite: on the embedded defaults, then again on PostgreSQL and Redis where they can be reached.

python -m tests.run [--no-coverage] [pytest arguments]
"""

import os
import random
import subprocess
import sys
import time

import psycopg
import redis

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/flashspace")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
WORKERS = os.environ.get("TEST_WORKERS", "2")
LEAST_COVERAGE = 95


def main(arguments: list[str]) -> int:
    with_coverage = "--no-coverage" not in arguments
    chosen = [argument for argument in arguments if argument != "--no-coverage"]
    if with_coverage:
        _run("coverage", "erase")
    runs = [("SQLite, memory cache, no Redis", {}, [])]
    if missing := _missing():
        print(f"\n!!! {missing}: the second half of the suite is NOT run\n", flush=True)
        if os.environ.get("CI"):
            return 1
    else:
        services = {"DATABASE_URL": POSTGRESQL, "REDIS_URL": REDIS}
        runs.append((f"PostgreSQL and Redis ({_shown(POSTGRESQL)}, {_shown(REDIS)})", services, ["not embedded"]))
    os.environ.setdefault("FUZZ_SEED", str(random.SystemRandom().randrange(2**32)))
    print(f"FUZZ_SEED={os.environ['FUZZ_SEED']} makes the fuzz of this run again", flush=True)
    failed = []
    for title, services, markers in runs:
        print(f"\n=== {title} ===", flush=True)
        began = time.monotonic()
        if _pytest(chosen, services, markers, with_coverage):
            failed.append(title)
        print(f"=== {title}: {time.monotonic() - began:.0f} s ===", flush=True)
    if with_coverage and not chosen:
        failed += _coverage()
    print(
        "\nran on: " + "; ".join(title for title, _, _ in runs) + (f"\nFAILED: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _pytest(chosen: list[str], services: dict[str, str], markers: list[str], with_coverage: bool) -> int:
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    command = ["pytest", "-q", "-n", WORKERS, "--dist", "worksteal", *_join_markers(chosen, markers)]
    if with_coverage:
        command += ["--cov", "--cov-append", "--cov-report="]
    return _run(*command, environment={**environment, **services})


def _join_markers(chosen: list[str], markers: list[str]) -> list[str]:
    if not markers:
        return chosen
    if "-m" not in chosen:
        return [*chosen, "-m", markers[0]]
    at = chosen.index("-m") + 1
    return [*chosen[:at], f"({chosen[at]}) and {markers[0]}", *chosen[at + 1 :]]


def _coverage() -> list[str]:
    return ["coverage"] if _run("coverage", "report", f"--fail-under={LEAST_COVERAGE}") else []


def _run(module: str, *arguments: str, environment: dict[str, str] | None = None) -> int:
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment, check=False).returncode


def _missing() -> str:
    """What cannot be reached, or nothing."""
    try:
        psycopg.connect(POSTGRESQL.rpartition("/")[0] + "/postgres", connect_timeout=2).close()
    except psycopg.Error:
        return f"no PostgreSQL at {_shown(POSTGRESQL)} (TEST_DATABASE_URL)"
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
    except redis.RedisError:
        return f"no Redis at {_shown(REDIS)} (TEST_REDIS_URL)"
    return ""


def _shown(url: str) -> str:
    return url.rpartition("@")[2].removeprefix("redis://")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
