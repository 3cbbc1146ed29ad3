from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import OperationalError, connection, connections

from flashspace.base.postgresql import base as subject

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's connection is this process itself"),
]


class Clock:
    time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(subject, "_clock", clock)
    return clock


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """When the connection was asked whether it lives; as persistent as in production."""
    times: list[float] = []
    wrapper = type(connections["default"])
    was = wrapper.is_usable

    def is_usable(self: Any) -> bool:
        times.append(subject._clock())
        return bool(was(self))

    monkeypatch.setattr(wrapper, "is_usable", is_usable)
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 600)
    connection.close()
    yield times
    connection.close()


def request(*statements: str) -> None:
    request_started.send(sender=None)
    try:
        for statement in statements:
            with connection.cursor() as cursor:
                cursor.execute(statement)
    finally:
        request_finished.send(sender=None)


def test_a_busy_connection_is_asked_once_a_second(clock: Clock, asked: list[float]) -> None:
    for _ in range(26):
        request("SELECT 1", "SELECT 1")
        clock.time += 0.1
    assert asked == pytest.approx([1001.0, 1002.0])  # opened at 1000, which proves it as well


def test_requests_without_a_statement_prove_nothing(clock: Clock, asked: list[float]) -> None:
    request("SELECT 1")
    for _ in range(12):
        clock.time += 0.1
        request()
    request("SELECT 1")
    assert asked == pytest.approx([1001.2])


def test_a_connection_that_was_cut_while_it_rested_is_replaced_unseen(clock: Clock, asked: list[float]) -> None:
    request("SELECT 1")
    connection.connection.close()
    clock.time += 5
    request("SELECT 1")
    assert len(asked) == 1


def test_one_that_is_cut_within_the_second_fails_once_and_is_replaced(clock: Clock, asked: list[float]) -> None:
    request("SELECT 1")
    connection.connection.close()
    clock.time += 0.1
    with pytest.raises(OperationalError):
        request("SELECT 1")
    request("SELECT 1")
