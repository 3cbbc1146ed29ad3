"""A real server process, started as `make run` starts it, on data of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from flashspace.env.names import NAMES, ROOT

START_SECONDS = 150  # two cores that run other tests too


def environment(**given: str) -> dict[str, str]:
    """This process's environment with only the given settings. Empty ones also shut out a developer's `.env`."""
    cleared = {spelling: "" for name in NAMES for spelling in (name.name, *name.aliases)}
    rest = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return {**rest, **cleared, "PYTHONUNBUFFERED": "1", **given}


def manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a process of its own."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, timeout=120, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """`with Server(directory, prepare=True) as server: httpx.get(server.url + "/api/health")`"""

    def __init__(
        self, data: Path, *, prepare: bool = False, program: Sequence[str] = ("manage.py",), **settings: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = data
        self._log = data / "server.log"
        command = [sys.executable, *program, "serve", *(["--prepare"] if prepare else [])]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(DATA_DIR=str(data), PORT=str(self.port), **settings),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_until_bound(self) -> None:
        self._wait(lambda: socket.create_connection(("127.0.0.1", self.port), timeout=1).close())

    def wait_until_live(self) -> None:
        self._wait(lambda: httpx.get(f"{self.url}/healthz", timeout=START_SECONDS).raise_for_status())

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Exit status, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=20), time.monotonic() - began

    def _wait(self, attempt: Callable[[], object]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.output}"
            try:
                attempt()
            except (OSError, httpx.HTTPError):
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not answer in {START_SECONDS} s:\n{self.output}")

    def __enter__(self) -> Self:
        self.wait_until_live()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()
