"""A broker that dies while a mail is with the mail server. Real processes, real SMTP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from celery import Celery
from django.conf import settings

from accounts.enums import MailStatus
from accounts.models import Mail
from accounts.services.mail import queue_mail
from tests.accounts.smtp_peer import ACCEPT, Peer, port_of, start_peer
from tests.accounts.test_mail_faults import production_like, wait_for
from tests.faults.conftest import Redis

SECONDS = 4  # which the server takes over a mail that it has; the broker dies well before
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
    ("cancels", "is_marked"), [("0", True), ("1", False)], ids=["goes on", "control: cancelled with the broker"]
)
def test_mail_that_is_out_is_marked_although_the_broker_went(
    redis: Redis, peer: SlowPeer, monkeypatch: pytest.MonkeyPatch, cancels: str, is_marked: bool
) -> None:
    broker = Celery(broker=redis.url, set_as_current=False)
    monkeypatch.setattr(
        "accounts.services.mail.enqueue", lambda task, **kwargs: broker.send_task(task.name, kwargs=kwargs)
    )
    queue_mail(to="asha@example.com", template="kyc_approved", context={"name": "Asha"})
    command = [sys.executable, "-m", "celery", "-A", "flashspace", "worker", "--concurrency=1", "--loglevel=warning"]
    if cancels == "1":
        command += ["--", "worker.cancel_long_running_tasks_on_connection_loss=1"]
    worker = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=production_like(peer, redis.url), start_new_session=True
    )
    try:
        wait_for(lambda: peer.messages, 60)
        time.sleep(SECONDS / 2)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert (Mail.objects.get().status == MailStatus.SENT) is is_marked
