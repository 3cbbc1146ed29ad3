"""Servers of our own, so that killing one hurts nobody else: PostgreSQL, Redis, and what FlashSpace runs."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
import redis

from flashspace.env.names import ROOT
from tests.chaos.size import size
from tests.live import free_port

HOST = "chaos.flashspace.example"
PATIENCE = float(size(150, 300))  # past the pause of a mail that failed once, on two cores that do other things too
LONGEST_LEASE = 35  # seconds in which a mail may be with a sender; every pause after a failure is longer
ROLE = "flashspace"
SLOTS = 2  # mails that a worker sends at once


def until(condition: Callable[[], Any], seconds: float = PATIENCE, *, every: float = 0.1, what: str = "") -> float:
    """Seconds until `condition()` is true; what it raises counts as false."""
    began = time.monotonic()
    last: object = None
    while (waited := time.monotonic() - began) < seconds:
        try:
            if last := condition():
                return time.monotonic() - began
        except (OSError, httpx.HTTPError, psycopg.Error, redis.RedisError) as error:
            last = error
        time.sleep(every)
    raise AssertionError(f"{what or condition} not within {waited:.0f} s: {last!r}")


def missing() -> str:
    """What is not installed here, or nothing."""
    absent = [] if _postgresql() else ["PostgreSQL's server"]
    return ", ".join(absent if shutil.which("redis-server") else [*absent, "redis-server"])


def demand_servers() -> None:
    if absent := missing():
        assert not os.environ.get("CI"), f"CI must have {absent}"
        pytest.skip(f"NO {absent} HERE: nothing was killed")


def _postgresql() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


class PostgreSQL:
    """A cluster in a directory of its own. FlashSpace's role is nobody special, as it should be."""

    def __init__(self, **options: str) -> None:
        bin_directory = _postgresql()
        assert bin_directory
        self.bin = bin_directory
        self.port = free_port()
        self.home = Path(tempfile.mkdtemp(prefix="flashspace-chaos-"))
        self.home.chmod(0o755)
        self.data = self.home / "data"
        self.data.mkdir(mode=0o700)
        if os.getuid() == 0:
            shutil.chown(self.data, "postgres")
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D", str(self.data))
        self._options = {"max_connections": "60", "fsync": "off", **options}
        self.start()
        with self.connect(database="postgres", user="postgres") as connection:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
            connection.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")

    def url(self, database: str = ROLE) -> str:
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{database}"

    def connect(self, *, database: str = ROLE, user: str = ROLE) -> psycopg.Connection[Any]:
        return psycopg.connect(
            f"postgresql://{user}@127.0.0.1:{self.port}/{database}", autocommit=True, connect_timeout=3
        )

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in self._options.items())
        command = f"-p {self.port} -h 127.0.0.1 -k {self.data} {options}"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.data / "server.log"), "-w", "-o", command, "start")

    def kill(self) -> None:
        """Every process at once, without a checkpoint: the next start has to recover."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))

    def freeze(self) -> None:
        for process in self._family():
            process.suspend()

    def thaw(self) -> None:
        for process in self._family():
            process.resume()

    def dump(self, into: Path) -> None:
        self._run("pg_dump", "-h", "127.0.0.1", "-p", str(self.port), "-U", ROLE, "-Fc", "-f", str(into), ROLE)

    def restore(self, dump: Path, database: str) -> None:
        server = ("-h", "127.0.0.1", "-p", str(self.port), "-U")
        self._run("createdb", *server, "postgres", "-O", ROLE, database)
        self._run("pg_restore", *server, ROLE, "--no-owner", "--exit-on-error", "-d", database, str(dump))

    def remove(self) -> None:
        self.thaw()
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def _family(self) -> list[psutil.Process]:
        postmaster = self.postmaster()
        return [postmaster, *postmaster.children(recursive=True)]

    def _run(self, program: str, *arguments: str) -> None:
        is_server = program in ("initdb", "pg_ctl")  # which refuses to run as root
        as_owner: dict[str, Any] = {"user": "postgres", "extra_groups": []} if is_server and os.getuid() == 0 else {}
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            cwd="/",
            stdout=subprocess.DEVNULL,  # a server that stays would keep a pipe open
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=False,
            **as_owner,
        )
        assert done.returncode == 0, f"{program} ended with {done.returncode}"


class Redis:
    def __init__(self) -> None:
        self.port = free_port()
        self.home = tempfile.mkdtemp(prefix="flashspace-chaos-")
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.home]
        self.process = psutil.Popen(command, stdout=subprocess.DEVNULL)
        until(self.client().ping, what="redis")

    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port, socket_timeout=2, socket_connect_timeout=2)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def remove(self) -> None:
        if self.process.is_running():
            self.process.resume()
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


class Program:
    """A process group with a log. `env` is all it gets to know."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = psutil.Popen(
                command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    def children(self) -> list[psutil.Process]:
        return list(self.process.children(recursive=True))

    def hang(self) -> None:
        """It lives and does nothing, with whatever it holds."""
        for process in [self.process, *self.children()]:
            process.suspend()

    def go_on(self) -> None:
        for process in [*self.children(), self.process]:
            process.resume()

    def kill(self) -> None:
        """The whole group, at once and without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def end(self, seconds: float = 30) -> int:
        """As an orderly stop asks for it; the exit status."""
        self.process.terminate()
        return int(self.process.wait(seconds))


class Web(Program):
    """granian as the image runs it."""

    def __init__(self, env: dict[str, str], log: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        granian = str(Path(sys.executable).with_name("granian"))
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        threads = ["--workers", "2", "--blocking-threads", "4"]
        tenacity = ["--workers-kill-timeout", "20", "--respawn-failed-workers"]
        quiet = ["--log-level", "warning", "--no-ws"]
        command = [granian, "--interface", "wsgi", *address, *threads, *tenacity, *quiet, "flashspace.wsgi:application"]
        super().__init__(command, env, log)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_well(self) -> bool:
        return httpx.get(f"{self.url}/readyz", headers={"Host": HOST}, timeout=5).status_code == 200

    def workers(self) -> list[psutil.Process]:
        found = []
        for child in self.children():
            with suppress(psutil.Error):  # one that was killed is still listed, and has no command line any more
                if "resource_tracker" not in " ".join(child.cmdline()):
                    found.append(child)
        return found


def worker(env: dict[str, str], log: Path) -> Program:
    sober = ["--without-gossip", "--without-mingle", "--loglevel", "warning"]
    command = [sys.executable, "-m", "celery", "-A", "flashspace", "worker", "--concurrency", str(SLOTS), *sober]
    return Program([*command, "-n", f"{time.monotonic_ns()}@chaos"], env, log)


def beat(env: dict[str, str], log: Path) -> Program:
    schedule = str(log.with_suffix(f".{time.monotonic_ns()}"))
    command = [sys.executable, "-m", "celery", "-A", "flashspace", "beat", "--schedule", schedule, "--pidfile", ""]
    return Program(command, env, log)
