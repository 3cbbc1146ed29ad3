"""SMS through a peer that speaks Twilio: what is tried again, what is not, and that none goes twice."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from django.db import transaction

from accounts import sms_senders
from accounts.enums import MailStatus
from accounts.exceptions import SmsTooLate, SmsUnavailable
from accounts.marks import DOTS, open_marks
from accounts.models import AuditEntry, Notification, Sms, User
from accounts.services import sms_delivery
from accounts.services.outbox import GRACE, LEASE, MAX_ATTEMPTS, NotGivenUp, Outbox
from accounts.services.sms import queue_sms
from accounts.services.sms_delivery import SMS, deliver, resend_sms
from flashspace.base.clock import now
from tests.accounts.twilio_peer import FROM, Twilio, refuse, use
from tests.together import together

PHONE, CODE = "+919876543210", "482913"
TEXT = f"{CODE} is your FlashSpace code, good for 5 minutes."


@pytest.fixture
def peer(settings):
    peer = Twilio()
    use(peer, settings)
    yield peer
    peer.close()


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch):
    monkeypatch.setattr(sms_senders, "TIMEOUT", httpx.Timeout(0.3, connect=0.3))


def queue(**changes):
    given = {"to": PHONE, "template": "verify_phone", "context": {"minutes": 5}, "secrets": {"code": CODE}}
    return queue_sms(**{**given, "good_until": now() + timedelta(minutes=5), **changes})


def again(sms, attempts=1):
    """As if the clock had brought it round."""
    for _ in range(attempts):
        Sms.objects.filter(pk=sms.pk).update(due_at=now())
        deliver(sms.pk, now())
    sms.refresh_from_db()
    return sms


@pytest.mark.django_db
def test_an_sms_is_sent_with_its_code_and_the_row_forgets_it(peer):
    sms = queue()
    assert CODE not in sms.text
    assert CODE in open_marks(sms.text)
    assert deliver(sms.pk, now())
    assert peer.told == [{"To": PHONE, "From": FROM, "Body": peer.taken[0]["body"]}]
    assert peer.taken[0]["body"].startswith(TEXT)
    assert len(peer.taken[0]["body"]) <= 160, "more would be billed as two"
    sms.refresh_from_db()
    assert (sms.status, sms.provider_id, sms.attempts) == (MailStatus.SENT, peer.taken[0]["sid"], 1)
    assert sms.sent_at
    assert sms.handed_at
    assert sms.text.startswith(DOTS)
    assert "⟦" not in sms.text
    assert not deliver(sms.pk, now())
    assert len(peer.told) == 1


@pytest.mark.django_db
def test_a_messaging_service_sends_in_the_place_of_a_number(peer, settings):
    settings.TWILIO_FROM_NUMBER = "MG00000000000000000000000000000001"
    deliver(queue().pk, now())
    assert peer.told[0]["MessagingServiceSid"].startswith("MG")
    assert "From" not in peer.told[0]


PERMANENT = {
    "a number that is none": (400, 21211, f"The 'To' number {PHONE} is not a valid phone number."),
    "who said STOP": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "wrong keys": (401, 20003, "Authenticate"),
    "no such account": (404, 20404, "The requested resource was not found"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("why", PERMANENT)
def test_what_is_refused_for_good_is_given_up_at_once_and_staff_are_told(peer, why, caplog):
    chief = User.objects.create_superuser("chief@example.com")
    status, code, message = PERMANENT[why]
    peer.answer = lambda form: refuse(status, code, f"{message} {form['Body']}")
    sms = again(queue())
    assert (sms.status, sms.attempts, sms.handed_at) == (MailStatus.DEAD, 1, None)
    assert f"Twilio {status} {code}" in sms.last_error
    for secret in (CODE, PHONE):
        assert secret not in sms.last_error + caplog.text
    assert AuditEntry.objects.get(target_id=str(sms.pk)).action == "sms.dead"
    told = Notification.objects.get()
    assert (told.user, told.kind, told.title) == (chief, "sms.dead", "An SMS could not be sent")
    assert not deliver(sms.pk, now() + timedelta(hours=1))


SURELY_NOT = {
    "busy": lambda form: refuse(429, 20429, "Too Many Requests"),
    "moved": lambda form: (307, {}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("why", SURELY_NOT)
def test_what_was_refused_for_now_is_told_again_without_asking(peer, why):
    peer.answer = SURELY_NOT[why]
    sms = queue()
    before = now()
    again(sms)
    assert (sms.status, sms.attempts, sms.handed_at) == (MailStatus.QUEUED, 1, None)
    assert before + timedelta(seconds=8) <= sms.due_at <= now() + timedelta(seconds=12)
    peer.answer = None
    assert again(sms).status == MailStatus.SENT
    assert (len(peer.told), len(peer.taken), len(peer.asked)) == (2, 1, 0)


@pytest.mark.django_db
def test_who_is_not_reached_is_told_again_without_asking(peer, settings):
    settings.TWILIO_API_URL = "http://127.0.0.1:1"
    sms = again(queue())
    assert (sms.status, sms.handed_at) == (MailStatus.QUEUED, None)
    assert "ConnectError" in sms.last_error
    settings.TWILIO_API_URL = peer.origin
    assert again(sms).status == MailStatus.SENT
    assert peer.asked == []


def lose_the_answer(peer):
    peer.loses_answers = True


def hang(peer):
    peer.delay = 1.0


def break_after_taking(peer):
    peer.answer = lambda form: (peer.take(form), refuse(500, 20500, "Internal Server Error"))[1]


def break_before_taking(peer):
    peer.answer = lambda form: refuse(500, 20500, "Internal Server Error")


TAKEN = {"the answer was lost": lose_the_answer, "it hung": hang, "it broke afterwards": break_after_taking}


@pytest.mark.django_db
@pytest.mark.parametrize("how", TAKEN)
@pytest.mark.parametrize("before", ["", "Sent from your Twilio trial account - "])
def test_what_may_have_been_taken_is_asked_about_and_goes_out_once(peer, how, before):
    peer.puts_before = before
    TAKEN[how](peer)
    sms = again(queue())
    assert (sms.status, sms.provider_id) == (MailStatus.QUEUED, "")
    assert sms.handed_at
    peer.answer, peer.delay, peer.loses_answers = None, 0.0, False
    assert again(sms).status == MailStatus.SENT
    assert (len(peer.taken), len(peer.told), len(peer.asked)) == (1, 1, 1)
    assert sms.provider_id == peer.taken[0]["sid"]
    assert "⟦" not in sms.text


@pytest.mark.django_db
def test_control_without_asking_it_goes_out_twice(peer, monkeypatch):
    monkeypatch.setattr(sms_senders.Twilio, "find", lambda self, **said: None)
    lose_the_answer(peer)
    sms = again(queue())
    peer.loses_answers = False
    again(sms)
    assert len(peer.texts_to(PHONE)) == 2


@pytest.mark.django_db
def test_what_was_not_taken_after_all_is_told_again(peer):
    break_before_taking(peer)
    sms = again(queue())
    assert sms.handed_at
    peer.answer = None
    assert again(sms).status == MailStatus.SENT
    assert (len(peer.taken), len(peer.told), len(peer.asked)) == (1, 2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["it cannot say", "it says nonsense", "it has no words for it"])
def test_while_nobody_can_say_what_was_taken_nothing_is_told_again(peer, how):
    lose_the_answer(peer)
    sms = again(queue())
    peer.loses_answers = False
    if how == "it cannot say":
        peer.answer_asked = lambda query: refuse(503, 20503, "Service Unavailable")
    elif how == "it says nonsense":
        peer.broken = b"<html>"
    else:
        peer.answer_asked = lambda query: (200, {"messages": [{"sid": "SM1"}]})
    assert again(sms, 3).status == MailStatus.QUEUED
    assert len(peer.told) == 1
    peer.answer_asked, peer.broken = None, b""
    assert again(sms).status == MailStatus.SENT
    assert len(peer.taken) == 1


@pytest.mark.django_db
def test_where_bodies_are_hidden_whatever_went_there_in_time_counts(peer):
    peer.hides_bodies = True
    lose_the_answer(peer)
    sms = again(queue())
    peer.loses_answers = False
    assert again(sms).status == MailStatus.SENT
    assert len(peer.taken) == 1


@pytest.mark.django_db
def test_another_sms_to_the_same_number_is_not_taken_for_it(peer):
    deliver(queue(secrets={"code": "111111"}).pk, now())
    break_before_taking(peer)
    sms = again(queue())
    peer.answer = None
    again(sms)
    assert [text[:6] for text in peer.texts_to(PHONE)] == ["111111", CODE]


@pytest.mark.django_db
def test_a_taken_sms_with_an_answer_that_is_none_is_sent(peer):
    peer.broken = b"<html>"
    sms = again(queue())
    assert (sms.status, sms.provider_id) == (MailStatus.SENT, "")
    assert len(peer.taken) == 1


@pytest.mark.django_db
def test_an_sms_whose_code_has_run_out_is_given_up_and_not_sent(peer, time_machine):
    sms = queue()
    time_machine.move_to(now() + timedelta(seconds=301))
    assert again(sms).status == MailStatus.DEAD
    assert "SmsTooLate" in sms.last_error
    assert peer.told == []
    chief = User.objects.create_superuser("chief@example.com")
    with pytest.raises(SmsTooLate):
        resend_sms(sms=sms, actor=chief)


@pytest.mark.django_db
def test_what_was_taken_is_sent_although_the_code_has_run_out(peer, time_machine):
    lose_the_answer(peer)
    sms = again(queue())
    peer.loses_answers = False
    time_machine.move_to(now() + timedelta(seconds=301))
    assert again(sms).status == MailStatus.SENT


@pytest.mark.django_db
def test_twelve_attempts_are_the_most(peer, monkeypatch):
    peer.answer = SURELY_NOT["busy"]
    sms = again(queue(good_until=None), MAX_ATTEMPTS)
    assert (sms.status, sms.attempts) == (MailStatus.DEAD, MAX_ATTEMPTS)
    assert len(peer.told) == MAX_ATTEMPTS


@pytest.mark.django_db
def test_a_lost_key_gives_it_up_and_nothing_is_sent(peer, settings):
    sms = queue()
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-altogether-of-32-characters"]
    assert again(sms).status == MailStatus.DEAD
    assert peer.told == []


@pytest.mark.django_db
def test_a_dead_sms_is_sent_again_by_staff_while_it_is_good(peer):
    chief = User.objects.create_superuser("chief@example.com")
    peer.answer = lambda form: refuse(400, 21408, "Permission to send to the region has not been enabled")
    sms = again(queue())
    peer.answer = None
    assert resend_sms(sms=sms, actor=chief).status == MailStatus.QUEUED
    assert AuditEntry.objects.get(action="sms.resent").actor == chief
    assert again(sms).status == MailStatus.SENT
    with pytest.raises(NotGivenUp):
        resend_sms(sms=sms, actor=chief)


# Senders that die, and several at once


@pytest.mark.django_db
def test_a_sender_that_died_before_it_told_leaves_an_sms_that_is_sent_once(peer):
    sms = queue()
    assert SMS.claim(sms.pk, now())
    assert SMS.due(now()) == []
    assert SMS.due(now() + LEASE) == [sms.pk]
    assert deliver(sms.pk, now() + LEASE)
    assert (len(peer.taken), peer.asked) == (1, [])


@pytest.mark.django_db
def test_a_sender_that_died_after_it_told_leaves_an_sms_that_does_not_go_twice(peer, monkeypatch):
    class Killed(BaseException):
        pass

    def die(sms, provider_id):
        raise Killed

    sms = queue()
    with monkeypatch.context() as patch:
        patch.setattr(sms_delivery, "_note", die)
        with pytest.raises(Killed):
            deliver(sms.pk, now())
    assert len(peer.taken) == 1
    sms.refresh_from_db()
    assert (sms.status, sms.provider_id) == (MailStatus.QUEUED, "")
    assert again(sms).status == MailStatus.SENT
    assert (len(peer.taken), len(peer.asked)) == (1, 1)


@pytest.mark.django_db
def test_a_sender_that_died_when_it_was_taken_needs_nobody_s_answer(peer, settings):
    sms = queue()
    Sms.objects.filter(pk=sms.pk).update(handed_at=now(), provider_id="SM1")
    settings.TWILIO_API_URL = "http://127.0.0.1:1"
    assert again(sms).status == MailStatus.SENT


@pytest.mark.django_db
def test_a_sender_slower_than_its_lease_does_not_send_what_another_took(peer, monkeypatch):
    sms = queue()
    real = sms_delivery.open_marks

    def slow(text):
        monkeypatch.setattr(sms_delivery, "open_marks", real)
        Sms.objects.update(due_at=now())
        assert deliver(sms.pk, now())
        return real(text)

    monkeypatch.setattr(sms_delivery, "open_marks", slow)
    deliver(sms.pk, now())
    assert len(peer.taken) == 1
    sms.refresh_from_db()
    assert (sms.status, sms.attempts) == (MailStatus.SENT, 2)


@pytest.fixture
def without_wake_up(monkeypatch):
    monkeypatch.setattr("accounts.services.sms.enqueue", lambda task, **kwargs: None)


def send_twice_at_once(sms):
    """What two senders that begin at once say: whether the row was theirs."""
    return together(2, lambda _: deliver(sms.pk, now()))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_one_sms(peer, race_rounds, without_wake_up, monkeypatch):
    monkeypatch.setattr(sms_senders, "TIMEOUT", httpx.Timeout(8, connect=3))
    for _ in range(race_rounds):
        peer.mend()
        assert sorted(send_twice_at_once(queue())) == [False, True]
        assert len(peer.taken) == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lease_two_senders_send_two(peer, monkeypatch, without_wake_up):
    both_looked = threading.Barrier(2)

    def look_only(outbox, row_id, at):
        sms = Sms.objects.filter(pk=row_id, status=MailStatus.QUEUED, due_at__lte=at).first()
        both_looked.wait()
        return sms

    monkeypatch.setattr(Outbox, "claim", look_only)
    assert send_twice_at_once(queue()) == [True, True]
    assert len(peer.taken) == 2


# Rows, tasks, commands


@pytest.mark.django_db(transaction=True)
def test_an_sms_is_sent_after_commit_only(peer):
    with transaction.atomic():
        sms = queue()
        assert peer.told == []
    assert len(peer.taken) == 1
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert (len(peer.told), Sms.objects.get().pk) == (1, sms.pk)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_what_a_dead_broker_did_not_hear_of(peer, monkeypatch):
    from accounts import tasks

    def refuse_task(**options):
        raise ConnectionError("no broker")

    with monkeypatch.context() as broken:
        broken.setattr(tasks.deliver_sms, "apply_async", refuse_task)
        sms = queue()
    assert peer.told == []
    tasks.deliver_sms_sweep()
    assert peer.told == [], "a fresh row has its own wake-up"
    Sms.objects.filter(pk=sms.pk).update(due_at=now() - GRACE)
    tasks.deliver_sms_sweep()
    assert len(peer.taken) == 1


@pytest.mark.django_db
def test_the_command_sends_what_is_due_and_a_dry_run_does_not(peer, capsys):
    sms = queue()
    call_command("deliver_sms", "--dry-run")
    assert str(sms.pk) in capsys.readouterr().out
    assert peer.told == []
    call_command("deliver_sms")
    assert len(peer.taken) == 1


@pytest.mark.django_db
def test_one_dedupe_key_is_one_row():
    first, second = queue(dedupe_key="once"), queue(dedupe_key="once", secrets={"code": "111111"})
    assert first.pk == second.pk
    assert Sms.objects.count() == 1


@pytest.mark.django_db
def test_on_a_development_machine_an_sms_is_a_file_that_only_its_owner_reads(settings, tmp_path, caplog):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    with caplog.at_level("INFO"):
        sms = again(queue())
    assert sms.status == MailStatus.SENT
    (file,) = Path(tmp_path / "mail").glob("*.sms.txt")
    assert re.search(rf"^To: \{PHONE}\n\n{CODE} is your", file.read_text())
    assert file.stat().st_mode & 0o077 == 0
    assert str(file) in caplog.text
    assert CODE not in caplog.text
    assert PHONE not in caplog.text


@pytest.mark.django_db
def test_without_a_sender_an_sms_waits_and_says_why(settings):
    settings.SMS_SENDER = ""
    with pytest.raises(SmsUnavailable):
        sms_senders.sms_sender()
    sms = again(queue())
    assert (sms.status, sms.handed_at) == (MailStatus.QUEUED, None)
    assert "SmsUnavailable" in sms.last_error
