"""Production in small: PostgreSQL, Redis, granian with two workers, a Celery worker, a beat, and a mail server."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import count, cycle
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from flashspace.env.names import ROOT
from tests import live
from tests.chaos.ledger import CALM, State, problems
from tests.chaos.load import Journey, Load
from tests.chaos.machines import HOST, LONGEST_LEASE, SLOTS, PostgreSQL, Program, Redis, Web, beat, until, worker
from tests.chaos.mail_gate import MailGate
from tests.chaos.reading import read_state
from tests.chaos.size import IS_FULL, size


class World:
    def __init__(self, *, people: int, **settings: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="flashspace-chaos-"))
        self.postgresql, self.redis, self.mail = PostgreSQL(), Redis(), MailGate()
        self.keys = {name: secrets.token_hex(40) for name in ("SECRET_KEY", "JWT_SECRET", "FIELD_ENCRYPTION_KEYS")}
        self.settings = settings
        self.lost_senders = self.since = self.known_faults = 0
        self._logs = count()
        self.programs: list[Program] = []
        try:
            self._start(people)
        except BaseException:
            self.remove()
            raise

    def _start(self, people: int) -> None:
        self.manage("migrate", "--verbosity", "0")
        known = self.inside("fill", people=people)
        self.spaces = cycle(known["spaces"])
        verified = [one for one in known["people"] if one["token"]]
        self.people = cycle(verified)
        self.strangers = iter([one for one in known["people"] if not one["token"]])
        self.web = self.start_web()
        self.worker, self.beat = self.start_worker(), self.start_beat()
        self.load = Load(lambda: self.web.url)

    def env(self, **settings: str) -> dict[str, str]:
        own = {"DATABASE_URL": self.postgresql.url(), "DATA_DIR": str(self.directory / "data")}
        rest = live.environment(
            ENVIRONMENT="production",
            DJANGO_SETTINGS_MODULE="tests.chaos.settings",
            PUBLIC_URL=f"https://{HOST}",
            REDIS_URL=self.redis.url,
            WEB_CONCURRENCY="2",
            EMAIL_URL=f"smtp://127.0.0.1:{self.mail.port}",
            TRUSTED_PROXIES="127.0.0.1",
            JWT_EXPIRES_IN="12h",
            LOG_LEVEL="warning",
            CHAOS_BEAT_SECONDS=str(size(2, 10)),
            CHAOS_STATEMENT_MS=str(size(2000, 15000)),
            **{**own, **self.keys, **self.settings, **settings},
        )
        return {name: value for name, value in rest.items() if not name.startswith("COV")}

    # Programs

    def start_web(self, port: int | None = None) -> Web:
        web = self._keep(Web(self.env(), self._log("web"), port))
        until(web.is_well, what="web")
        return web

    def start_worker(self, **settings: str) -> Program:
        return self._keep(worker(self.env(**settings), self._log("worker")))

    def start_beat(self, **settings: str) -> Program:
        return self._keep(beat(self.env(**settings), self._log("beat")))

    def kill_worker(self) -> None:
        self.worker.kill()
        self.lost_senders += SLOTS

    def kill_postgresql(self) -> None:
        """Whoever was sending cannot say so any more, unless it is back while they wait for it."""
        self.postgresql.kill()
        self.lost_senders += SLOTS

    def manage(self, *words: str, status: int = 0, **settings: str) -> str:
        command = [sys.executable, "manage.py", *words]
        return self._run(command, self.env(**settings), status)

    def inside(self, function: str, **arguments: Any) -> Any:
        command = [sys.executable, "-m", "tests.chaos.inside", function, json.dumps(arguments)]
        return json.loads(self._run(command, self.env(), 0).splitlines()[-1])

    # Callers

    def journeys(self, number: int, *, signs_in: bool = False, looks: bool = False) -> list[Journey]:
        return [Journey(next(self.people), next(self.spaces), signs_in, looks) for _ in range(number)]

    # What is true

    def well_again(self) -> float:
        """Seconds until a caller gets a booking through and paid."""
        self.load.phase = "recovery"
        probe = self.journeys(1, looks=True)
        took = until(lambda: self.load.walk(probe[0]), what="a booking from end to end", every=0.2)
        self.load.phase = CALM
        return took

    def hurry(self, round_number: int, *, are_senders_dead: bool = False) -> None:
        """What the killed held is free again, as it would be a minute later. In full, the first round waits for it."""
        if IS_FULL and round_number == 0:
            return
        self.execute("UPDATE accounts_idempotencykey SET leased_until = now() WHERE status IS NULL")
        self.bring_forward_mails(least=0 if are_senders_dead else LONGEST_LEASE)

    def bring_forward_mails(self, least: int = LONGEST_LEASE) -> None:
        """End the pauses. Whoever is sending keeps the lease: to end that would send the mail twice."""
        self.execute(
            "UPDATE accounts_mail SET due_at = now() - interval '1 minute' "
            f"WHERE status = 'queued' AND due_at > now() + interval '{least} seconds'"
        )

    def drained(self) -> float:
        """Seconds until every mail is out."""
        try:
            return until(lambda: not self._waiting(), every=0.3)
        except AssertionError:
            raise AssertionError(f"not out: {self._why_not()}") from None

    def _waiting(self) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT template, attempts, due_at - now() AS due_in, last_error FROM accounts_mail "
            "WHERE status = 'queued' ORDER BY due_at LIMIT 5"
        )

    def _why_not(self) -> str:
        """What is left, what the broker holds, and what worker and beat said last."""
        broker = self.redis.client()
        held = {key.decode(): broker.type(key).decode() for key in broker.keys("*") if not key.startswith(b"fs:")}
        said = {one.log.name: one.log.read_text(errors="replace")[-3000:] for one in (self.worker, self.beat)}
        alive = [one.process.is_running() for one in (self.worker, self.beat)]
        return f"{self._waiting()}; {broker.llen('celery')} messages of {held}; alive {alive}; {said}"

    def check(self, *, may_break: Sequence[str] = ()) -> None:
        """The callers' ledger and the rules of the database, both clean."""
        found = self.problems(may_break=may_break)
        assert not found, "\n".join(found[:40])
        self.check_integrity()

    def problems(self, *, may_break: Sequence[str] = ()) -> list[str]:
        found = problems(
            self.load.calls, self.state(), since=self.since, may_break=may_break, duplicates=self.lost_senders
        )
        self.forget_complaints()
        return found

    def forget_complaints(self) -> None:
        self.since, self.known_faults = len(self.load.calls), len(self._all_faults())

    def check_integrity(self, **settings: str) -> None:
        self.manage("check_integrity", **settings)

    def state(self) -> State:
        return read_state(self.rows, delivered=self.mail.delivered(), faults=self.faults())

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.postgresql.connect() as connection:
            return connection.cursor(row_factory=dict_row).execute(query).fetchall()

    def execute(self, statement: str, *, user: str = "postgres") -> None:
        with self.postgresql.connect(user=user) as connection:
            connection.execute(statement)

    def faults(self) -> list[str]:
        """What the web processes logged as our fault since the last look."""
        return self._all_faults()[self.known_faults :]

    def _all_faults(self) -> list[str]:
        logs = sorted(self.directory.glob("web*.log"), key=lambda path: int(path.stem[3:]))
        lines = [line for log in logs for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
        return [line[:2000] for line in lines if _is_fault(line)]

    def remove(self) -> None:
        for program in self.programs:
            program.kill()
        self.mail.close()
        self.redis.remove()
        self.postgresql.remove()
        if "CHAOS_KEEP" not in os.environ:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _keep(self, program: Any) -> Any:
        self.programs.append(program)
        return program

    def _log(self, name: str) -> Path:
        return self.directory / f"{name}{next(self._logs)}.log"

    @staticmethod
    def _run(command: list[str], env: dict[str, str], status: int) -> str:
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == status, f"{command[1:]} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout


def _is_fault(line: str) -> bool:
    """An error that is no 503, or a stack that nobody caught."""
    if not line.startswith("{"):
        return "Traceback" in line
    logged = json.loads(line)
    return logged["level"] in ("error", "critical") and logged.get("status_code") != 503
