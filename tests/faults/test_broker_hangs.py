"""A broker that hangs while a worker says that a message is done."""

import signal
from collections.abc import Iterator

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue
from kombu.transport import redis as library
from redis import RedisError

from flashspace import broker
from tests.faults.conftest import Redis

pytestmark = [pytest.mark.fault, pytest.mark.embedded]


@pytest.fixture
def slots(redis: Redis, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleQueue]:
    """A queue of two messages, for a worker that takes one at a time."""
    monkeypatch.setattr(library.Channel, "QoS", request.param)
    options = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3, "max_retries": 1}
    with Connection(redis.url, transport_options=options) as connection:
        connection.ensure_connection(timeout=5)
        queue = SimpleQueue(connection.channel(), "work")
        queue.put("first")
        queue.put("second")
        queue.channel.basic_qos(0, 1, False)
        yield queue
        redis.process.send_signal(signal.SIGCONT)


def lose_an_acknowledgement(queue: SimpleQueue, redis: Redis) -> None:
    message = queue.get(timeout=5)
    redis.process.send_signal(signal.SIGSTOP)
    with pytest.raises(RedisError):
        message.ack()
    redis.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("slots", [broker.QoS], indirect=True)
def test_slot_is_free_again(slots: SimpleQueue, redis: Redis) -> None:
    lose_an_acknowledgement(slots, redis)
    assert slots.get(timeout=5).payload == "second"


@pytest.mark.parametrize("slots", [broker.QoS.__base__], indirect=True)
def test_as_the_library_has_it_the_slot_is_lost(slots: SimpleQueue, redis: Redis) -> None:
    lose_an_acknowledgement(slots, redis)
    with pytest.raises(SimpleQueue.Empty):
        slots.get(timeout=2)


def test_workers_of_ours_are_mended() -> None:
    assert library.Channel.QoS is broker.QoS
