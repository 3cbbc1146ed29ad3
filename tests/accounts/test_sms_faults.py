"""What happens to SMS when a worker is killed amid them. Real processes, a real server that speaks Twilio."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from accounts.enums import MailStatus
from accounts.models import Sms
from accounts.services.sms import queue_sms
from tests import live
from tests.accounts.test_mail_faults import wait_for
from tests.accounts.twilio_peer import FROM, SID, TOKEN, Twilio

BROKER = "redis://127.0.0.1:6379/13"
MANY = 60
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker():
    client = redis.Redis.from_url(BROKER, socket_connect_timeout=1)
    try:
        client.flushdb()
    except redis.ConnectionError:
        pytest.skip("no Redis on port 6379: nothing to kill a worker of")
    yield Celery(broker=BROKER, set_as_current=False)
    client.flushdb()


@pytest.fixture
def peer():
    peer = Twilio()
    peer.delay = 0.03  # it has taken one before it says so: there a kill hurts
    yield peer
    peer.close()


def start_worker(peer):
    database = connection.settings_dict
    server = "{USER}:{PASSWORD}@{HOST}:{PORT}".format(**{**database, "PORT": database["PORT"] or 5432})
    name = str(database["NAME"])
    url = f"postgres://{server}/{name}" if connection.vendor == "postgresql" else f"sqlite:///{Path(name).absolute()}"
    environment = live.environment(
        DJANGO_SETTINGS_MODULE="flashspace.settings.development",
        DATABASE_URL=url,
        REDIS_URL=BROKER,
        TWILIO_ACCOUNT_SID=SID,
        TWILIO_AUTH_TOKEN=TOKEN,
        TWILIO_FROM_NUMBER=FROM,
        TWILIO_API_URL=peer.origin,
        DATA_DIR=str(settings.DATA_DIR),
        SECRET_KEY=settings.SECRET_KEY,
        FIELD_ENCRYPTION_KEYS=",".join(settings.FIELD_ENCRYPTION_KEYS),
    )
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "flashspace", "worker", "--concurrency=2", "--loglevel=warning"],
        cwd=settings.BASE_DIR,
        env=environment,
        start_new_session=True,
    )


def kill(worker):
    """The worker and its slots, at once and without a word."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def queue(number):
    context, secrets = {"minutes": 5}, {"code": f"{number:06d}"}
    return queue_sms(to=f"+9198765{number:05d}", template="verify_phone", context=context, secrets=secrets)


@pytest.mark.timeout(300)
def test_worker_killed_amid_sixty_sms_loses_none_and_sends_none_twice(broker, peer, monkeypatch):
    monkeypatch.setattr(
        "accounts.services.sms.enqueue", lambda task, **kwargs: broker.send_task(task.name, kwargs=kwargs)
    )
    numbers = [queue(number).to for number in range(MANY)]
    worker = start_worker(peer)
    try:
        for stop in (MANY // 4, MANY // 2):
            wait_for(lambda stop=stop: len(peer.taken) >= stop, 90)
            kill(worker)
            worker = start_worker(peer)
        wait_for(
            lambda: not Sms.objects.exclude(status=MailStatus.SENT).exists(),
            120,
            meanwhile=lambda: broker.send_task("accounts.deliver_sms_sweep"),
        )
    finally:
        kill(worker)
    assert Counter(one["to"] for one in peer.taken) == dict.fromkeys(numbers, 1)
    assert not Sms.objects.filter(handed_at=None).exists()
