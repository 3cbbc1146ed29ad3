import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from django.db import transaction

from flashspace.base import queue
from flashspace.base.queue import enqueue
from flashspace.settings.topics.tasks import broker


class Sent(list[dict[str, Any]]):
    """Stands where a task stands and keeps what is sent, or fails as a broker does."""

    name = "tests.sent"
    error: Exception | None = None

    def apply_async(self, *, kwargs: dict[str, Any], retry: bool) -> None:
        assert retry is False
        self.append(kwargs)
        if self.error:
            raise self.error


@pytest.fixture(autouse=True)
def _broker_not_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_left_alone_until", 0.0)


@pytest.mark.django_db(transaction=True)
def test_a_task_is_sent_after_the_commit_and_not_after_a_rollback() -> None:
    task = Sent()
    with transaction.atomic():
        enqueue(task, id="1")  # type: ignore[arg-type]
        assert task == []
    assert task == [{"id": "1"}]
    with transaction.atomic():
        enqueue(task, id="2")  # type: ignore[arg-type]
        transaction.set_rollback(True)
    assert task == [{"id": "1"}]


@pytest.mark.django_db(transaction=True)
def test_a_failure_never_reaches_the_caller() -> None:
    task = Sent()
    task.error = RuntimeError("whatever")
    enqueue(task, id="1")  # type: ignore[arg-type]
    enqueue(task, id="2")  # type: ignore[arg-type]
    assert len(task) == 2


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Sent()
    task.error = queue.OperationalError("refused")
    for number in range(3):
        enqueue(task, id=number)  # type: ignore[arg-type]
    assert len(task) == 1
    later = time.monotonic() + queue.LEFT_ALONE_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    enqueue(task, id="later")  # type: ignore[arg-type]
    assert task[-1] == {"id": "later"}


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


def real_task(url: str) -> Any:
    address, options = broker({"REDIS_URL": url})
    app = Celery("dead", broker=address, set_as_current=False)
    app.conf.update(broker_transport_options=options, task_publish_retry=False, broker_connection_timeout=2)

    @app.task(name="dead.task", shared=False)
    def dead() -> None:
        """Never gets here."""

    return dead


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_costs_next_to_nothing() -> None:
    began = time.monotonic()
    enqueue(real_task("redis://127.0.0.1:1/0"))
    assert time.monotonic() - began < 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_costs_its_time_out_once(silent: str) -> None:
    task = real_task(silent)
    enqueue(task)
    began = time.monotonic()
    for _ in range(20):
        enqueue(task)
    assert time.monotonic() - began < 0.2
