"""The embedded profile: a disk that is full, many writers at once, and a stop under load."""

import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from flashspace.env.names import ROOT
from tests import live
from tests.chaos.ledger import Call, problems
from tests.chaos.load import Journey, Load
from tests.chaos.machines import LONGEST_LEASE, until
from tests.chaos.reading import read_state, sqlite_rows
from tests.chaos.size import IS_FULL, rounds, size, tell

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.fault,
    pytest.mark.server,
    pytest.mark.embedded,
    pytest.mark.timeout(1800),
]

MEGABYTE = 1024 * 1024
SMALL_DISK = 256 * MEGABYTE  # a fast machine writes a thousand bookings and their mails in a minute


class Disk:
    """A directory on a file system of its own where we may mount one; else the server's files may not grow."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_mounted = False
        if os.getuid() == 0:
            command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "none", str(path)]
            self.is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0

    def fill(self, process: int) -> None:
        if not self.is_mounted:
            largest = max(file.stat().st_size for file in self.path.rglob("*") if file.is_file())
            resource.prlimit(process, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
            return
        with (self.path / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"\0" * 4096)
            except OSError:
                return

    def free(self, process: int) -> None:
        if not self.is_mounted:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        (self.path / "ballast").unlink(missing_ok=True)

    def remove(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.path)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path)
    yield made
    made.remove()


@pytest.fixture
def known(disk: Disk) -> dict[str, Any]:
    """People and spaces in a fresh database on the disk."""
    migrated = live.manage("migrate", "--verbosity", "0", DATA_DIR=str(disk.path))
    assert migrated.returncode == 0, migrated.stderr
    command = [sys.executable, "-m", "tests.chaos.inside", "fill", '{"people": 200}']
    settings = live.environment(DJANGO_SETTINGS_MODULE="flashspace.settings.development", DATA_DIR=str(disk.path))
    filled = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=True)
    return dict(json.loads(filled.stdout.splitlines()[-1]))


@pytest.fixture
def server(disk: Disk, known: dict[str, Any]) -> Iterator[live.Server]:
    with live.Server(disk.path, RATE_LIMITS="off", JWT_EXPIRES_IN="12h", LOG_LEVEL="warning") as running:
        yield running


@pytest.fixture
def load(server: live.Server) -> Load:
    return Load(lambda: server.url, host="localhost")


@pytest.fixture
def journeys(known: dict[str, Any]) -> Callable[[int], list[Journey]]:
    people = cycle(one for one in known["people"] if one["token"])
    spaces = cycle(known["spaces"])
    return lambda count: [Journey(next(people), next(spaces)) for _ in range(count)]


def test_full_disk_is_503_and_the_database_stays_whole(
    disk: Disk, server: live.Server, load: Load, journeys: Callable[[int], list[Journey]]
) -> None:
    for number in rounds(10):
        load.phase = f"disk full, round {number + 1}"
        wanted = journeys(size(8, 30))
        with load.under_way(wanted, threads=4):
            load.wait_for(4)
            disk.fill(server.process.pid)
        more = journeys(size(8, 30))
        with load.under_way(more, threads=4):
            pass
        during = [call for call in load.calls if call.phase == load.phase]
        tell(f"{load.told(load.phase)} ({'a small file system' if disk.is_mounted else 'no file may grow'})")
        assert [call for call in during if call.status == 503], "the disk was not full"
        assert {call.status for call in during if call.step in ("list", "read", "mine")} == {200}
        _well(during)
        disk.free(server.process.pid)
        assert _is_whole(disk.path)
        load.phase = "afterwards"
        if number or not IS_FULL:
            _end_leases(disk.path)
        tell(f"space again: everybody through after {load.finish([*wanted, *more]):.1f} s")
    _settled(disk.path, load)


def test_many_writers_wait_for_each_other(disk: Disk, load: Load, journeys: Callable[[int], list[Journey]]) -> None:
    load.phase = "many writers"
    threads, until_then = size(16, 64), time.monotonic() + size(5, 60)
    lock = threading.Lock()
    done: list[Journey] = []

    def book_on() -> None:
        while time.monotonic() < until_then:
            with lock:
                (mine,) = journeys(1)
                mine.looks = False
                done.append(mine)
            load.walk(mine)

    callers = [threading.Thread(target=book_on) for _ in range(threads)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    tell(f"{threads} callers at once: {load.told(load.phase)}")
    _well([call for call in load.calls if call.phase == load.phase])
    load.phase = "afterwards"
    load.finish(done)
    _settled(disk.path, load)


def test_stop_of_the_one_process_answers_what_it_took(
    server: live.Server, load: Load, journeys: Callable[[int], list[Journey]]
) -> None:
    load.phase = "stop"
    with load.under_way(journeys(size(24, 100)), threads=4):
        load.wait_for(10)
        status, seconds = server.stop()
    tell(f"{load.told('stop')}; ended with {status} after {seconds:.1f} s")
    assert status == 0
    # Whoever comes when nobody listens any more was not taken: a proxy asks the next server.
    broken = [call for call in load.calls if call.status is None and not call.error.startswith("ConnectError")]
    _well([call for call in load.calls if call.status is not None])
    assert not broken, broken[:5]
    assert _is_whole(server.data)
    checked = live.manage("check_integrity", DATA_DIR=str(server.data))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _well(calls: list[Call]) -> None:
    wrong = [call for call in calls if call.status is None or (call.status >= 500 and call.status != 503)]
    assert not wrong, wrong[:10]
    assert all(call.retry_after for call in calls if call.status == 503)


def _is_whole(data: Path) -> bool:
    with sqlite3.connect(data / "db.sqlite3", timeout=20) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def _end_leases(data: Path) -> None:
    """Whose key could not be given back: as it would be a minute later."""
    with sqlite3.connect(data / "db.sqlite3", timeout=20) as database:
        database.execute("UPDATE accounts_idempotencykey SET leased_until = '2020-01-01' WHERE status IS NULL")


def _settled(data: Path, load: Load) -> None:
    """Every mail is a file, the ledger is right, and what must hold holds."""
    file = data / "db.sqlite3"

    def are_out() -> bool:
        with sqlite3.connect(file, timeout=20) as database:  # pauses, never a lease: its holder is sending
            database.execute(
                "UPDATE accounts_mail SET due_at = '2020-01-01 00:00:00' "
                f"WHERE status = 'queued' AND due_at > datetime('now', '+{LONGEST_LEASE} seconds')"
            )
        return not sqlite_rows(file, "SELECT 1 FROM accounts_mail WHERE status = 'queued'")

    tell(f"mails out after {until(are_out, every=1.0, what='an empty outbox'):.1f} s")
    found = problems(load.calls, read_state(lambda query: sqlite_rows(file, query), delivered=_mails(data), faults=[]))
    assert not found, "\n".join(found[:20])
    checked = live.manage("check_integrity", DATA_DIR=str(data))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _mails(data: Path) -> list[str]:
    """Whole ones; a file that the disk cut off is written anew."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (data / "mail").glob("*.eml")]
    found = [re.search(r"^Message-ID: <([0-9a-f-]{36})@", text, re.MULTILINE | re.IGNORECASE) for text in texts]
    return [match[1] for match in found if match]
