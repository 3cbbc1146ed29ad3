"""An older code does not come after a newer one, and a sweep told of a later time breaks no lease."""

from datetime import timedelta

import httpx
import pytest
from django.core.management import call_command

from accounts import gauges, sms_senders
from accounts.clients import Client
from accounts.enums import MailStatus
from accounts.exceptions import SmsTooLate
from accounts.integrity import mail as integrity
from accounts.models import AuditEntry, Mail, Notification, OtpChallenge, Sms, User
from accounts.services import phone_verification, sms_delivery
from accounts.services.delivery import MAILS
from accounts.services.mail import queue_mail
from accounts.services.outbox import LEASE
from accounts.services.sms import queue_sms, withdraw_sms
from accounts.services.sms_delivery import SMS, deliver, resend_sms
from flashspace.base.clock import now
from tests.accounts.api import sms_code_of
from tests.accounts.test_sms_delivery import SURELY_NOT, break_before_taking, lose_the_answer
from tests.accounts.twilio_peer import Twilio, refuse, use
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PHONE, OTHER = "+919876543210", "+919876543211"
CLIENT = Client(network="192.0.2.1")


@pytest.fixture
def peer(settings):
    peer = Twilio()
    use(peer, settings)
    yield peer
    peer.close()


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch, settings):
    settings.RATE_LIMITS = "off"
    monkeypatch.setattr(sms_senders, "TIMEOUT", httpx.Timeout(0.3, connect=0.3))


@pytest.fixture
def chief():
    return User.objects.create_superuser("chief@example.com")


@pytest.fixture
def user():
    return UserFactory(phone=PHONE)


def ask(user):
    """The next code, as if the pause were over."""
    OtpChallenge.objects.update(sent_at=None)
    phone_verification.send_code(phone=user.phone, asker=user, client=CLIENT)
    return Sms.objects.filter(to=user.phone).latest("created_at", "pk"), sms_code_of(user.phone)


def bring_round(sms):
    Sms.objects.filter(pk=sms.pk).update(due_at=now())
    return deliver(sms.pk, now())


def codes_at(peer):
    return [one["body"][:6] for one in peer.taken]


def nobody_was_alarmed():
    is_sound = not list(integrity._stuck_sms()) and gauges.sms_given_up() == 0
    return is_sound and not AuditEntry.objects.filter(action="sms.dead").exists() and not Notification.objects.exists()


def retried_after_the_newer(peer, user, why):
    """The provider is busy for the first, the person asks for another, and then the first comes round again."""
    why(peer)
    first, _ = ask(user)
    bring_round(first)
    peer.answer, peer.loses_answers = None, False
    second, code = ask(user)
    bring_round(second)
    bring_round(first)
    return first, code


def busy(peer):
    peer.answer = SURELY_NOT["busy"]


@pytest.mark.parametrize("why", [busy, break_before_taking])
def test_a_retried_older_code_does_not_come_after_the_newer(peer, user, chief, why):
    first, code = retried_after_the_newer(peer, user, why)
    assert codes_at(peer) == [code]
    assert not Sms.objects.filter(pk=first.pk).exists(), "dropped without a word"
    assert nobody_was_alarmed()


@pytest.mark.parametrize("why", [busy, break_before_taking])
def test_control_without_withdrawing_it_comes_after(peer, user, monkeypatch, why):
    monkeypatch.setattr(phone_verification, "withdraw_sms", lambda **which: None)
    _, code = retried_after_the_newer(peer, user, why)
    assert [len(codes_at(peer)), codes_at(peer)[0]] == [2, code]


def test_what_the_provider_took_of_the_older_is_still_noted_as_sent(peer, user):
    first, code = retried_after_the_newer(peer, user, lose_the_answer)
    first.refresh_from_db()
    assert (first.status, first.provider_id) == (MailStatus.SENT, peer.taken[0]["sid"])
    assert (len(peer.taken), codes_at(peer)[1]) == (2, code)


def test_one_withdrawn_between_claim_and_call_is_not_sent(peer, user, monkeypatch):
    first, _ = ask(user)
    real = sms_delivery.open_marks

    def slow(text):
        monkeypatch.setattr(sms_delivery, "open_marks", real)
        ask(user)
        return real(text)

    monkeypatch.setattr(sms_delivery, "open_marks", slow)
    bring_round(first)
    assert peer.told == []
    bring_round(first)
    assert (peer.told, Sms.objects.filter(pk=first.pk).exists()) == ([], False)
    assert nobody_was_alarmed()


def test_control_held_whatever_became_of_it_it_is_sent(peer, user, monkeypatch):
    monkeypatch.setattr(sms_delivery, "_is_good", lambda: None)
    test = test_one_withdrawn_between_claim_and_call_is_not_sent
    with pytest.raises(AssertionError):
        test(peer, user, monkeypatch)
    assert len(peer.taken) == 1


def test_a_given_up_older_code_is_not_sent_again_by_staff(peer, user, chief):
    peer.answer = lambda form: refuse(400, 21408, "Permission to send to the region has not been enabled")
    first, _ = ask(user)
    bring_round(first)
    peer.answer = None
    ask(user)
    first.refresh_from_db()
    assert first.status == MailStatus.DEAD, "that it failed stays written down"
    with pytest.raises(SmsTooLate):
        resend_sms(sms=first, actor=chief)
    assert peer.taken == []


def test_other_numbers_other_texts_and_what_was_sent_are_left_alone(peer, user):
    sent, _ = ask(user)
    bring_round(sent)
    ask(UserFactory(phone=OTHER))
    until = {row.pk: row.good_until for row in Sms.objects.all()}
    withdraw_sms(to=PHONE, template="another")
    withdraw_sms(to=PHONE, template="verify_phone")
    assert {row.pk: row.good_until for row in Sms.objects.all()} == until


def test_a_request_that_sends_nothing_withdraws_nothing(peer, user):
    UserFactory(phone=PHONE)
    first, code = ask(user)
    OtpChallenge.objects.update(sent_at=None)
    phone_verification.send_code(phone=PHONE, asker=None, client=CLIENT)
    bring_round(first)
    assert codes_at(peer) == [code]


def test_one_that_has_run_out_by_itself_is_still_a_failure(peer, user, chief, time_machine):
    first, _ = ask(user)
    time_machine.move_to(now() + timedelta(seconds=601))
    bring_round(first)
    first.refresh_from_db()
    assert (first.status, Notification.objects.get().user) == (MailStatus.DEAD, chief)


# As if it were later


def queue(kind):
    if kind == "sms":
        context, secrets = {"minutes": 5}, {"code": "482913"}
        return SMS, Sms, queue_sms(to=PHONE, template="verify_phone", context=context, secrets=secrets)
    context, secrets = {"name": "Asha", "minutes": 10}, {"code": "482913", "link": "https://flashspace.example/x"}
    return MAILS, Mail, queue_mail(to="asha@example.com", template="verify_email", context=context, secrets=secrets)


@pytest.mark.parametrize("kind", ["sms", "mail"])
def test_a_sweep_of_a_later_time_breaks_no_lease(kind, capsys, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    outbox, rows, row = queue(kind)
    assert outbox.claim(row.pk, now())
    later = (now() + timedelta(hours=1)).isoformat()
    call_command(f"deliver_{kind}", "--at", later, "--dry-run")
    assert str(row.pk) in capsys.readouterr().out, "it is listed"
    call_command(f"deliver_{kind}", "--at", later)
    assert "0 done, 1 no longer due" in capsys.readouterr().out
    assert rows.objects.values_list("status", "attempts").get() == (MailStatus.QUEUED, 1)
    time_machine.shift(LEASE)
    call_command(f"deliver_{kind}", "--at", later)
    assert rows.objects.values_list("status", "attempts").get() == (MailStatus.SENT, 2)


def test_control_taken_at_its_word_it_does(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    outbox, rows, row = queue("sms")
    assert outbox.claim(row.pk, now())
    assert outbox.deliver(row.pk, now() + timedelta(hours=1))
    assert rows.objects.values_list("status", "attempts").get() == (MailStatus.SENT, 2)
