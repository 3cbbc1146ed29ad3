"""What happens to SMS when a worker is killed amid them. Real processes, a real server that speaks Twilio."""

from collections import Counter

import pytest

from accounts.enums import MailStatus
from accounts.models import Sms
from accounts.services.sms import queue_sms
from tests.accounts.twilio_peer import FROM, SID, TOKEN, Twilio
from tests.workers import Worker, broker_at, sender, wait_for

BROKER = "redis://127.0.0.1:6379/13"
MANY = 60
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker():
    with broker_at(BROKER) as broker:
        yield broker


@pytest.fixture
def peer():
    peer = Twilio()
    peer.delay = 0.03  # it has taken one before it says so: there a kill hurts
    yield peer
    peer.close()


def given(peer):
    return {
        "REDIS_URL": BROKER,
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": FROM,
        "TWILIO_API_URL": peer.origin,
    }


def queue(number):
    context, secrets = {"minutes": 5}, {"code": f"{number:06d}"}
    return queue_sms(to=f"+9198765{number:05d}", template="verify_phone", context=context, secrets=secrets)


@pytest.mark.timeout(300)
def test_worker_killed_amid_sixty_sms_loses_none_and_sends_none_twice(broker, peer, monkeypatch):
    monkeypatch.setattr("accounts.services.sms.enqueue", sender(broker))
    numbers = [queue(number).to for number in range(MANY)]
    for stop in (MANY // 4, MANY // 2):
        with Worker(**given(peer)):
            wait_for(lambda stop=stop: len(peer.taken) >= stop, 90)
    with Worker(**given(peer)):
        wait_for(
            lambda: not Sms.objects.exclude(status=MailStatus.SENT).exists(),
            120,
            meanwhile=lambda: broker.send_task("accounts.deliver_sms_sweep"),
        )
    assert Counter(one["to"] for one in peer.taken) == dict.fromkeys(numbers, 1)
    assert not Sms.objects.filter(handed_at=None).exists()
