"""`make bench`: the production profile on PostgreSQL, with 2,000 and with 100,000 listings, each call under load.

python -m tests.bench [--listings 2000,100000] [--seconds 5] [--connections 16] [--only "city list,one listing"]
"""

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.bench.load import Tally, build, run_load

ROOT = Path(__file__).resolve().parents[2]
DATABASE = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/flashspace_bench")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/14")
HEADERS = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9\r\n"
PUBLIC = "bench.flashspace.example"
SIGN_INS = 16
MB = 1_000_000


def environment(database: str, data_dir: str) -> dict[str, str]:
    return {
        **os.environ,
        "ENVIRONMENT": "production",
        "DJANGO_SETTINGS_MODULE": "flashspace.settings.production",
        "PUBLIC_URL": f"https://{PUBLIC}",
        "DATABASE_URL": database,
        "REDIS_URL": REDIS,
        "WEB_CONCURRENCY": "2",
        "SECRET_KEY": secrets.token_hex(40),
        "JWT_SECRET": secrets.token_hex(40),
        "FIELD_ENCRYPTION_KEYS": secrets.token_hex(40),
        "EMAIL_URL": "smtp://127.0.0.1:2525",
        "TRUSTED_PROXIES": "127.0.0.1",
        "RATE_LIMITS": "off",
        "DATA_DIR": data_dir,
        "LOG_LEVEL": "error",
    }


def manage(env: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True)


def in_django(env: dict[str, str], function: str, **arguments: Any) -> Any:
    """Run one function of `tests.bench.inside` in a process that has the settings under test."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.inside", function, json.dumps(arguments)],
        cwd=ROOT,
        env=env,
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def server(env: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("granian")),
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            "2",
            "--blocking-threads",
            "4",
            "--workers-kill-timeout",
            "3",
            "--log-level",
            "warning",
            "--no-access-log",
            "flashspace.wsgi:application",
        ],
        cwd=ROOT,
        env=env,
    )
    try:
        _wait(port)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            probe = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": PUBLIC})
            with urllib.request.urlopen(probe, timeout=2) as answer:
                if answer.status == 200:
                    time.sleep(1)
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("the server did not come up")


def family_of(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_seconds(process: psutil.Process) -> float:
    return sum(sum(p.cpu_times()[:2]) for p in family_of(process))


def resident(process: psutil.Process) -> int:
    """Bytes. What processes share counts in each."""
    return sum(p.memory_info().rss for p in family_of(process))


@contextmanager
def watched(process: psutil.Process) -> Iterator[list[int]]:
    """How much memory the family has, twenty times a second."""
    seen, over = [resident(process)], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            seen.append(resident(process))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def requests_of(workload: dict[str, Any]) -> Callable[[int, int], bytes]:
    made = [
        build(
            r["method"],
            r["path"],
            host=PUBLIC,
            token=r.get("token", ""),
            headers=HEADERS,
            body=json.dumps(r["body"]).encode() if "body" in r else b"",
        )
        for r in workload["requests"]
    ]
    return lambda worker, n: made[(worker * 7919 + n) % len(made)]


def measure(env: dict[str, str], workloads: list[dict[str, Any]], seconds: float, connections: int) -> None:
    with server(env) as (port, process):
        print(f"{'call':16}{'req/s':>8}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'queries':>9}{'kB':>8}  answers")
        for workload in workloads:
            one = requests_of(workload)
            load = {"host": "127.0.0.1", "port": port, "connections": workload.get("connections", connections)}
            run_load(**load, seconds=min(2.0, seconds), requests=one)
            before = cpu_seconds(process)
            tally, took = run_load(**load, seconds=seconds, requests=one)
            report(workload, tally, took, cpu_seconds(process) - before)


def measure_memory(env: dict[str, str], sign_in: dict[str, Any], seconds: float) -> None:
    """Argon2id takes 19 MiB for each password that is being hashed."""
    with server(env) as (port, process), watched(process) as seen:
        one = requests_of(sign_in)
        tally, _ = run_load(host="127.0.0.1", port=port, connections=SIGN_INS, seconds=seconds, requests=one)
    print(
        f"{SIGN_INS} sign-ins at once: the web processes have {max(seen) / MB:.0f} MB at most, {seen[0] / MB:.0f} MB"
        f" before ({len(tally.latencies)} sign-ins)",
        flush=True,
    )


def report(workload: dict[str, Any], tally: Tally, took: float, cpu: float) -> None:
    count = len(tally.latencies)
    answers = ", ".join(f"{status}: {n}" for status, n in sorted(tally.statuses.items()))
    print(
        f"{workload['name']:16}{count / took:8.0f}"
        f"{tally.percentile(0.5) * 1000:9.1f}{tally.percentile(0.99) * 1000:9.1f}"
        f"{cpu / count * 1000:9.2f}{workload['queries']:9}{tally.bytes_read / count / 1000:8.1f}  {answers}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", default="2000,100000")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    for listings in (int(n) for n in options.listings.split(",")):
        database = f"{DATABASE}_{listings}"
        env = environment(database, str(ROOT / "var" / "bench"))
        fresh = in_django(env, "create_database", url=database)
        if fresh:
            manage(env, "migrate", "--verbosity", "0")
            in_django(env, "fill", listings=listings)
        workloads = in_django(env, "workloads", listings=listings)
        only = [name.strip() for name in options.only.split(",") if name.strip()]
        print(f"\n{listings} listings")
        chosen = {workload["name"]: workload for workload in workloads if not only or workload["name"] in only}
        measure(env, list(chosen.values()), options.seconds, options.connections)
        if "sign-in" in chosen:
            measure_memory(env, chosen["sign-in"], options.seconds)


if __name__ == "__main__":
    main()
