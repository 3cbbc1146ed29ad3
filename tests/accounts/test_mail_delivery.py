import threading
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command

from accounts.enums import MailStatus
from accounts.marks import DOTS
from accounts.models import AuditEntry, Mail, Notification, User
from accounts.services import delivery
from accounts.services.delivery import GRACE, LEASE, MAILS, MAX_ATTEMPTS, deliver, resend_mail
from accounts.services.mail import queue_mail, register_attachment
from accounts.services.outbox import NotGivenUp, Outbox
from flashspace.base.clock import now
from tests.accounts.smtp_peer import Peer, port_of, start_peer
from tests.together import together

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def peer(settings):
    peer = Peer()
    controller = start_peer(peer)
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port_of(controller)
    yield peer
    controller.stop()


@pytest.fixture
def nobody_listens(settings):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def queue(**changes):
    given = {
        "to": "asha@example.com",
        "template": "verify_email",
        "context": {"name": "Asha", "minutes": 10},
        "secrets": {"code": "482913", "link": "https://example.com/verify-email?token=s3cret"},
    }
    return queue_mail(**{**given, **changes})


def try_until(mail, attempts):
    """As if the clock had brought it round `attempts` times."""
    for _ in range(attempts):
        Mail.objects.filter(pk=mail.pk).update(due_at=now())
        deliver(mail.pk, now())
    mail.refresh_from_db()


@pytest.mark.django_db
def test_deliver_over_smtp_sends_both_forms_with_secrets_open_and_strikes_them_out(peer):
    mail = queue()
    assert deliver(mail.pk, now())
    message = peer.messages[0]
    assert message["To"] == "asha@example.com"
    assert message["Subject"] == "Verify your e-mail address"
    assert message["From"] == "FlashSpace <noreply@flashspace.ai>"
    assert "482913" in message.get_body(("plain",)).get_content()
    assert "token=s3cret" in message.get_body(("html",)).get_content()
    mail.refresh_from_db()
    assert mail.status == MailStatus.SENT
    assert mail.sent_at is not None
    assert "⟦" not in mail.text + mail.html
    assert DOTS in mail.text
    assert DOTS in mail.html


@pytest.mark.django_db
def test_deliver_makes_attachments_when_it_sends(peer):
    register_attachment("note", lambda key: (f"note-{key}.pdf", b"%PDF-1.4 " + key.encode(), "application/pdf"))
    mail = queue(attachments=[("note", "7")])
    deliver(mail.pk, now())
    attached = list(peer.messages[0].iter_attachments())
    assert [part.get_filename() for part in attached] == ["note-7.pdf"]
    assert attached[0].get_content() == b"%PDF-1.4 7"
    assert attached[0].get_content_type() == "application/pdf"


@pytest.mark.django_db
def test_deliver_twice_sends_once(peer):
    mail = queue()
    assert deliver(mail.pk, now())
    assert not deliver(mail.pk, now())
    assert len(peer.messages) == 1


@pytest.mark.django_db
def test_deliver_before_it_is_due_does_nothing(peer):
    mail = queue()
    Mail.objects.filter(pk=mail.pk).update(due_at=now() + timedelta(seconds=5))
    assert not deliver(mail.pk, now())
    assert peer.messages == []


@pytest.mark.django_db
def test_deliver_to_a_server_that_is_away_tries_again_later(nobody_listens):
    mail = queue()
    before = now()
    assert deliver(mail.pk, now())
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 1)
    assert "ConnectionRefusedError" in mail.last_error
    assert before + timedelta(seconds=48) <= mail.due_at <= now() + timedelta(seconds=72)


def test_pause_after_grows_from_a_minute_to_six_hours():
    minutes = [MAILS.pause_after(attempts) / timedelta(minutes=1) for attempts in range(1, MAX_ATTEMPTS + 1)]
    for attempts, pause in enumerate(minutes):
        whole = min(2**attempts, 360)
        assert 0.8 * whole <= pause <= 1.2 * whole


@pytest.mark.django_db
def test_deliver_gives_up_after_twelve_attempts_and_tells_staff_once(nobody_listens):
    staff = User.objects.create_superuser("chief@example.com")
    User.objects.create_user("asha@example.com")
    for mail in (queue(), queue()):
        try_until(mail, MAX_ATTEMPTS - 1)
        assert mail.status == MailStatus.QUEUED
        try_until(mail, 1)
        assert (mail.status, mail.attempts) == (MailStatus.DEAD, MAX_ATTEMPTS)
        entry = AuditEntry.objects.get(target_id=str(mail.pk))
        assert (entry.action, entry.actor) == ("mail.dead", None)
        assert not deliver(mail.pk, now() + timedelta(days=1))
    told = Notification.objects.get()
    assert (told.user, told.kind) == (staff, "mail.dead")


@pytest.mark.django_db
def test_deliver_to_an_address_refused_for_good_gives_up_at_once(peer):
    peer.answer_rcpt = lambda address: "550 5.1.1 no such user"
    mail = queue()
    deliver(mail.pk, now())
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.DEAD, 1)
    assert "no such user" in mail.last_error


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["answer_rcpt", "answer_data"])
def test_deliver_to_a_server_that_refuses_for_now_tries_again(peer, where):
    setattr(peer, where, lambda *address: "451 4.3.0 come back later")
    mail = queue()
    deliver(mail.pk, now())
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 1)
    peer.answer_rcpt = peer.answer_data = lambda *address: "250 OK"
    try_until(mail, 1)
    assert mail.status == MailStatus.SENT
    assert mail.last_error == ""


@pytest.mark.django_db
def test_deliver_with_a_server_that_quotes_the_code_keeps_it_out_of_row_and_log(peer, caplog):
    peer.answer_data = lambda: "451 4.3.0 spam: 'your code is 482913'"
    mail = queue()
    deliver(mail.pk, now())
    mail.refresh_from_db()
    assert "482913" not in mail.last_error
    assert "482913" not in caplog.text
    assert "asha@example.com" not in caplog.text


@pytest.mark.django_db
def test_deliver_with_a_lost_key_gives_up_at_once(peer, settings):
    mail = queue()
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-altogether-of-32-characters"]
    deliver(mail.pk, now())
    mail.refresh_from_db()
    assert mail.status == MailStatus.DEAD
    assert peer.messages == []


@pytest.mark.django_db
def test_deliver_with_an_attachment_that_cannot_be_made_leaves_the_others_alone(peer):
    def fail(key):
        raise ValueError("no such invoice")

    register_attachment("broken", fail)
    poison = queue(attachments=[("broken", "1")])
    others = [queue() for _ in range(3)]
    for mail_id in MAILS.due(now()):
        deliver(mail_id, now())
    assert sorted(peer.ids()) == sorted(str(mail.pk) for mail in others)
    poison.refresh_from_db()
    assert "no such invoice" in poison.last_error


@pytest.mark.django_db
def test_a_mail_over_which_every_sender_died_is_given_up_and_not_sent_again(peer):
    mail = queue()
    Mail.objects.filter(pk=mail.pk).update(attempts=MAX_ATTEMPTS, due_at=now())
    assert not deliver(mail.pk, now())
    mail.refresh_from_db()
    assert mail.status == MailStatus.DEAD
    assert peer.messages == []


@pytest.mark.django_db
def test_a_sender_that_died_leaves_a_lease_that_ends(peer):
    mail = queue()
    assert MAILS.claim(mail.pk, now())
    assert MAILS.due(now()) == []
    assert MAILS.due(now() + LEASE) == [mail.pk]
    assert deliver(mail.pk, now() + LEASE)
    assert len(peer.messages) == 1


@pytest.mark.django_db
def test_a_sender_slower_than_its_lease_does_not_send_what_another_took(peer):
    def slow(key):
        Mail.objects.update(due_at=now())
        assert MAILS.claim(mail.pk, now())
        return "slow.txt", b"", "text/plain"

    register_attachment("slow", slow)
    mail = queue(attachments=[("slow", "1")])
    deliver(mail.pk, now())
    assert peer.messages == []
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.last_error) == (MailStatus.QUEUED, 2, "")


def send_twice_at_once(mail):
    """What two senders that begin at once say: whether the row was theirs."""
    return together(2, lambda _: deliver(mail.pk, now()))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_one_mail(peer, race_rounds, without_wake_up):
    for _ in range(race_rounds):
        peer.messages.clear()
        assert sorted(send_twice_at_once(queue())) == [False, True]
        assert len(peer.messages) == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_without_the_lease_send_two(peer, monkeypatch, without_wake_up):
    """The control: what the conditional update is there for."""
    both_looked = threading.Barrier(2)

    def look_only(outbox, mail_id, at):
        mail = Mail.objects.filter(pk=mail_id, status=MailStatus.QUEUED, due_at__lte=at).first()
        both_looked.wait()
        return mail

    monkeypatch.setattr(Outbox, "claim", look_only)
    assert send_twice_at_once(queue()) == [True, True]
    assert len(peer.messages) == 2


@pytest.fixture
def without_wake_up(monkeypatch):
    monkeypatch.setattr("accounts.services.mail.enqueue", lambda task, **kwargs: None)


@pytest.mark.django_db(transaction=True)
def test_sweep_wakes_what_nobody_woke(without_wake_up, settings):
    mail = queue()
    assert delivery.wake_due_mails() == 0
    Mail.objects.filter(pk=mail.pk).update(due_at=now() - GRACE)
    assert delivery.wake_due_mails() == 1


@pytest.mark.django_db(transaction=True)
def test_sweep_task_sends_what_a_dead_broker_did_not_hear_of(monkeypatch):
    from accounts import tasks

    with monkeypatch.context() as broken:
        broken.setattr(tasks.deliver_mail, "apply_async", refuse)
        mail = queue()
    Mail.objects.filter(pk=mail.pk).update(due_at=now() - GRACE)
    tasks.deliver_mail_sweep()
    assert [message.to for message in outbox.outbox] == [["asha@example.com"]]


def refuse(**options):
    raise ConnectionError("no broker")


@pytest.mark.django_db
def test_resend_of_a_dead_mail_starts_over_and_is_recorded(peer):
    chief = User.objects.create_superuser("chief@example.com")
    peer.answer_rcpt = lambda address: "550 5.1.1 no such user"
    mail = queue()
    deliver(mail.pk, now())
    mail = resend_mail(mail=mail, actor=chief)
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 0)
    entry = AuditEntry.objects.get(action="mail.resent")
    assert (entry.actor, entry.target_id) == (chief, str(mail.pk))
    peer.answer_rcpt = lambda address: "250 OK"
    deliver(mail.pk, now())
    assert "482913" in peer.messages[0].get_body(("plain",)).get_content()


@pytest.mark.django_db
def test_resend_of_a_mail_that_is_not_dead_is_refused():
    mail = queue()
    with pytest.raises(NotGivenUp):
        resend_mail(mail=mail, actor=User.objects.create_superuser("chief@example.com"))
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_deliver_mail_command_with_dry_run_sends_nothing(peer, capsys):
    mail = queue()
    call_command("deliver_mail", "--dry-run")
    assert str(mail.pk) in capsys.readouterr().out
    assert peer.messages == []
    call_command("deliver_mail")
    assert peer.ids() == [str(mail.pk)]


@pytest.mark.django_db(transaction=True)
def test_test_email_command_says_what_became_of_it(settings, tmp_path, capsys):
    settings.EMAIL_BACKEND = "flashspace.mailbox.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    call_command("test_email", "ops@example.com")
    assert "sent to ops@example.com" in capsys.readouterr().out
    assert "Mail works" in next((tmp_path / "mail").glob("*.eml")).read_text()


@pytest.mark.django_db(transaction=True)
def test_test_email_command_without_a_mail_server_fails_with_the_reason(nobody_listens):
    with pytest.raises(CommandError, match="ConnectionRefusedError"):
        call_command("test_email", "ops@example.com")
