"""What happens to mails when a worker is killed and when the broker is away. Real processes, a real mail server."""

import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from threading import Thread

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from accounts.enums import MailStatus
from accounts.models import Mail
from accounts.services.delivery import LEASE, deliver
from accounts.services.mail import queue_mail
from flashspace.base.clock import now
from tests.accounts.smtp_peer import ACCEPT, Peer, port_of, start_peer
from tests.workers import SLOTS, Worker, broker_at, environment, sender, wait_for

BROKER = "redis://127.0.0.1:6379/14"  # 15 is the cache of other tests, which they clear
MAILS = 100
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker():
    with broker_at(BROKER) as broker:
        yield broker


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


def given(peer, broker_url=BROKER):
    return {"REDIS_URL": broker_url, "EMAIL_URL": f"smtp://127.0.0.1:{peer.port}"}


def queue(number):
    return queue_mail(to=f"person{number}@example.com", template="kyc_approved", context={"name": f"Person {number}"})


@pytest.mark.timeout(240)
def test_worker_killed_amid_a_hundred_mails_loses_none(broker, peer, monkeypatch):
    monkeypatch.setattr("accounts.services.mail.enqueue", sender(broker))
    mails = [str(queue(number).pk) for number in range(MAILS)]
    with Worker(**given(peer)):
        wait_for(lambda: len(peer.messages) >= 30, 60)
    assert len(peer.messages) < MAILS
    with Worker(**given(peer)):
        # the beat, in a hurry
        wait_for(
            lambda: not Mail.objects.exclude(status=MailStatus.SENT).exists(),
            120,
            meanwhile=lambda: broker.send_task("accounts.deliver_mail_sweep"),
        )
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
        env=environment(**given(peer, "redis://127.0.0.1:1/0")),
        check=True,
        timeout=30,
    )
    assert time.monotonic() - began < 15
    mail = Mail.objects.get()
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 0)
    with Worker(**given(peer)):
        wait_for(lambda: peer.messages, 60, meanwhile=lambda: broker.send_task("accounts.deliver_mail_sweep"))
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
