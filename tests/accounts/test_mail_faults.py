"""What happens to mails when a worker is killed and when the broker is away. Real processes, a real mail server."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import OperationalError, connection

from accounts.enums import MailStatus
from accounts.models import Mail
from accounts.services.delivery import LEASE, deliver
from accounts.services.mail import queue_mail
from flashspace.base.clock import now
from tests import live
from tests.accounts.smtp_peer import ACCEPT, Peer, port_of, start_peer

BROKER = "redis://127.0.0.1:6379/14"  # 15 is the cache of other tests, which they clear
MAILS = 100
SLOTS = 2
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker():
    client = redis.Redis.from_url(BROKER, socket_connect_timeout=1)
    try:
        client.flushdb()
    except redis.ConnectionError:
        pytest.skip("no Redis on port 6379: nothing to kill a worker of")
    yield Celery(broker=BROKER, set_as_current=False)  # tasks of other tests stay with the app of ours
    client.flushdb()


@pytest.fixture
def peer():
    def take_a_moment():
        time.sleep(0.02)
        return ACCEPT

    peer = Peer(answer_data=take_a_moment)
    controller = start_peer(peer)
    peer.port = port_of(controller)
    yield peer
    controller.stop()


def production_like(peer, broker_url):
    """A process of ours as in production, on the database of this test."""
    database = connection.settings_dict
    server = "{USER}:{PASSWORD}@{HOST}:{PORT}".format(**{**database, "PORT": database["PORT"] or 5432})
    name = str(database["NAME"])
    url = f"postgres://{server}/{name}" if connection.vendor == "postgresql" else f"sqlite:///{Path(name).absolute()}"
    return live.environment(
        DJANGO_SETTINGS_MODULE="flashspace.settings.development",
        DATABASE_URL=url,
        REDIS_URL=broker_url,
        EMAIL_URL=f"smtp://127.0.0.1:{peer.port}",
        DATA_DIR=str(settings.DATA_DIR),
        SECRET_KEY=settings.SECRET_KEY,
        FIELD_ENCRYPTION_KEYS=",".join(settings.FIELD_ENCRYPTION_KEYS),
    )


def start_worker(peer):
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "flashspace", "worker", f"--concurrency={SLOTS}", "--loglevel=warning"],
        cwd=settings.BASE_DIR,
        env=production_like(peer, BROKER),
        start_new_session=True,
    )


def kill(worker):
    """The worker and its slots, at once and without a word."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def wait_for(condition, seconds, *, meanwhile=lambda: None):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s"
        meanwhile()
        time.sleep(0.25)


def queue(number):
    return queue_mail(to=f"person{number}@example.com", template="kyc_approved", context={"name": f"Person {number}"})


@pytest.mark.timeout(240)
def test_worker_killed_amid_a_hundred_mails_loses_none(broker, peer, monkeypatch):
    monkeypatch.setattr(
        "accounts.services.mail.enqueue", lambda task, **kwargs: broker.send_task(task.name, kwargs=kwargs)
    )
    mails = [str(queue(number).pk) for number in range(MAILS)]
    worker = start_worker(peer)
    try:
        wait_for(lambda: len(peer.messages) >= 30, 60)
        kill(worker)
        assert len(peer.messages) < MAILS
        worker = start_worker(peer)
        # the beat, in a hurry
        wait_for(
            lambda: not Mail.objects.exclude(status=MailStatus.SENT).exists(),
            120,
            meanwhile=lambda: broker.send_task("accounts.deliver_mail_sweep"),
        )
    finally:
        kill(worker)
    sent = Counter(peer.ids())
    assert set(sent) == set(mails)
    assert max(sent.values()) <= 2
    assert sum(sent.values()) - MAILS <= SLOTS


WRITE_ONE = """
import django
django.setup()
from django.db import transaction
from accounts.services.delivery import LEASE, deliver
from accounts.services.mail import queue_mail
from flashspace.base.clock import now
with transaction.atomic():
    queue_mail(to="asha@example.com", template="kyc_approved", context={"name": "Asha"})
"""


def test_mail_written_while_the_broker_is_away_is_found_by_the_sweep(broker, peer):
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", WRITE_ONE],
        cwd=settings.BASE_DIR,
        env=production_like(peer, "redis://127.0.0.1:1/0"),
        check=True,
        timeout=30,
    )
    assert time.monotonic() - began < 15
    mail = Mail.objects.get()
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 0)
    worker = start_worker(peer)
    try:
        wait_for(lambda: peer.messages, 60, meanwhile=lambda: broker.send_task("accounts.deliver_mail_sweep"))
    finally:
        kill(worker)
    assert peer.ids() == [str(mail.pk)]


@pytest.mark.parametrize(("pauses", "times"), [((0.1, 0.1), 1), ((), 2)], ids=["marked again", "control: given up"])
@pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="no connection that could be lost")
def test_mail_whose_mark_lost_its_connection_is_marked_and_not_sent_again(peer, monkeypatch, pauses, times):
    monkeypatch.setattr("accounts.services.outbox.MARK_PAUSES", pauses)
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
    monkeypatch.setattr(settings, "EMAIL_PORT", peer.port)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((ours,),) = cursor.fetchall()

    def end_our_connection():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [ours])
        connection.close()

    def accept_and_end_our_connection():
        if not peer.messages:
            elsewhere = Thread(target=end_our_connection)
            elsewhere.start()
            elsewhere.join()
        return ACCEPT

    peer.answer_data = accept_and_end_our_connection
    mail = queue(1)
    with suppress(OperationalError):
        deliver(mail.pk, now())
    connection.close_if_unusable_or_obsolete()
    later = now() + LEASE
    monkeypatch.setattr("accounts.services.outbox.now", lambda: later)
    deliver(mail.pk, later)
    mail.refresh_from_db()
    assert (mail.status, len(peer.messages)) == (MailStatus.SENT, times)
