"""A broker that dies while a mail is with the mail server. Real processes, real SMTP."""

import time
from collections.abc import Iterator

import pytest
from celery import Celery

from accounts.enums import MailStatus
from accounts.models import Mail
from accounts.services.mail import queue_mail
from tests.accounts.smtp_peer import ACCEPT, Peer, port_of, start_peer
from tests.faults.conftest import Redis
from tests.workers import Worker, sender, wait_for

SECONDS = 4  # which the server takes over a mail that it has; the broker dies well before
CANCEL = ("--", "worker.cancel_long_running_tasks_on_connection_loss=1")
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


class SlowPeer(Peer):
    """Has taken the mail before it says so: a sender that ends in between has sent it and does not know."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(answer_data=self._lose_the_broker)
        self._redis = redis

    def _lose_the_broker(self) -> str:
        if not self.messages:
            self._redis.process.kill()
            time.sleep(SECONDS)
        return ACCEPT


@pytest.fixture
def peer(redis: Redis) -> Iterator[SlowPeer]:
    peer = SlowPeer(redis)
    controller = start_peer(peer)
    peer.port = port_of(controller)
    yield peer
    controller.stop()


@pytest.mark.parametrize(
    ("words", "is_marked"), [((), True), (CANCEL, False)], ids=["goes on", "control: cancelled with the broker"]
)
def test_mail_that_is_out_is_marked_although_the_broker_went(
    redis: Redis, peer: SlowPeer, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], is_marked: bool
) -> None:
    monkeypatch.setattr("accounts.services.mail.enqueue", sender(Celery(broker=redis.url, set_as_current=False)))
    queue_mail(to="asha@example.com", template="kyc_approved", context={"name": "Asha"})
    given = {"REDIS_URL": redis.url, "EMAIL_URL": f"smtp://127.0.0.1:{peer.port}"}
    with Worker(*words, slots=1, **given):
        wait_for(lambda: peer.messages, 60)
        time.sleep(SECONDS / 2)
    assert (Mail.objects.get().status == MailStatus.SENT) is is_marked
