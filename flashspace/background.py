"""Celery inside the web process: worker threads and the beat, for the embedded profile with its in-memory broker.

What the memory broker loses at a stop is found again by the sweeps, which look at database rows.
"""

import logging
from threading import Event, Thread

from celery.beat import EmbeddedService
from celery.worker import WorkController
from django.db import connections

from flashspace.celery import app

log = logging.getLogger(__name__)

THREADS = 2
PAUSE_AFTER_A_CRASH = 1.0


class BackgroundWork:
    """`start` returns at once, `stop` within about two seconds."""

    def __init__(self) -> None:
        self._leaving = Event()
        self._worker: WorkController | None = None
        self._thread = Thread(target=self._work, name="worker", daemon=True)
        self._beat = EmbeddedService(app, thread=True, scheduler_cls="celery.beat.Scheduler")

    def start(self) -> None:
        self._thread.start()
        self._beat.start()

    def stop(self, seconds: float = 2.5) -> None:
        self._leaving.set()
        self._beat.service._is_shutdown.set()  # noqa: SLF001  its own stop() waits without end
        if self._worker is not None:
            self._worker.stop()
        self._thread.join(seconds)

    def _work(self) -> None:
        while not self._leaving.is_set():
            try:
                self._worker = WorkController(
                    app=app,
                    hostname="embedded@localhost",
                    pool="threads",
                    concurrency=THREADS,
                    without_gossip=True,
                    without_heartbeat=True,
                    without_mingle=True,
                )
                self._worker.start()
            except Exception:
                log.exception("the background worker failed and is started again")
            finally:
                connections.close_all()
            self._leaving.wait(PAUSE_AFTER_A_CRASH)
