"""Celery inside the one process, with its in-memory broker."""

import time
from collections.abc import Iterator
from threading import Event

import pytest

from flashspace.background import BackgroundWork
from flashspace.celery import app

pytestmark = [pytest.mark.embedded, pytest.mark.django_db(transaction=True)]

heard = Event()


@app.task(name="tests.hear", shared=False)
def hear() -> None:
    heard.set()


@pytest.fixture
def embedded() -> Iterator[None]:
    """As in development: tasks really travel through the broker, and nothing else does."""
    heard.clear()
    schedule = app.conf.beat_schedule
    app.conf.update(task_always_eager=False, beat_schedule={})
    yield
    app.control.purge()
    app.conf.update(task_always_eager=True, beat_schedule=schedule)


def test_a_task_is_done_and_the_work_stops_soon(embedded: None) -> None:
    work = BackgroundWork()
    work.start()
    try:
        hear.delay()
        assert heard.wait(10)
    finally:
        began = time.monotonic()
        work.stop()
    assert time.monotonic() - began < 4
    assert not work._thread.is_alive()


def test_the_beat_sends_what_is_due(embedded: None) -> None:
    app.conf.update(beat_schedule={"hear": {"task": "tests.hear", "schedule": 0.1}})
    work = BackgroundWork()
    work.start()
    try:
        assert heard.wait(10)
    finally:
        work.stop()


def test_a_worker_that_crashes_is_started_again(
    embedded: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import flashspace.background as subject

    real, crashes = subject.WorkController, iter([RuntimeError("no broker")])

    def once_broken(**options: object) -> object:
        for error in crashes:
            raise error
        return real(**options)

    monkeypatch.setattr(subject, "WorkController", once_broken)
    monkeypatch.setattr(subject, "PAUSE_AFTER_A_CRASH", 0.05)
    work = BackgroundWork()
    work.start()
    try:
        hear.delay()
        assert heard.wait(10)
    finally:
        work.stop()
    assert "the background worker failed and is started again" in caplog.text
