import pytest
from django.core import mail as outbox
from django.db import transaction

from accounts.enums import MailStatus
from accounts.marks import DOTS, mark, open_marks, strike_out
from accounts.models import Mail, User
from accounts.services.mail import NoMaker, queue_mail
from accounts.services.message_texts import UnknownName

CODE = {"code": "482913", "link": "https://example.com/verify-email?token=s3cret&next=1"}
CONTEXT = {"name": "Asha", "minutes": 10}


def queue(**changes):
    given = {"to": "asha@example.com", "template": "verify_email", "context": CONTEXT, "secrets": CODE}
    return queue_mail(**{**given, **changes})


@pytest.mark.django_db
def test_queue_mail_stores_secrets_only_as_encrypted_marks():
    mail = queue()
    mail.refresh_from_db()
    for stored in (mail.subject, mail.text, mail.html):
        assert "482913" not in stored
        assert "s3cret" not in stored
    assert "482913" in open_marks(mail.text)
    assert "https://example.com/verify-email?token=s3cret&next=1" in open_marks(mail.text)
    assert "token=s3cret&amp;next=1" in open_marks(mail.html, as_html=True)
    assert DOTS in strike_out(mail.html)


@pytest.mark.django_db
def test_queue_mail_twice_with_one_dedupe_key_is_one_row():
    first = queue(dedupe_key="invoice-paid:1")
    second = queue(dedupe_key="invoice-paid:1", context={**CONTEXT, "name": "Other"})
    assert second.pk == first.pk
    assert Mail.objects.count() == 1
    assert "Other" not in second.text


@pytest.mark.django_db
def test_queue_mail_for_an_unregistered_attachment_raises_and_writes_nothing():
    with pytest.raises(NoMaker):
        queue(attachments=[("horoscope", "1")])
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_queue_mail_with_a_name_missing_raises():
    with pytest.raises(UnknownName, match="minutes"):
        queue(context={"name": "Asha"})


@pytest.mark.django_db(transaction=True)
def test_queue_mail_in_a_transaction_is_sent_after_commit_only():
    with transaction.atomic():
        queue()
        assert outbox.outbox == []
    assert [message.to for message in outbox.outbox] == [["asha@example.com"]]


@pytest.mark.django_db(transaction=True)
def test_queue_mail_in_a_transaction_that_rolls_back_is_nowhere():
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert outbox.outbox == []
    assert not Mail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_queue_mail_without_a_broker_leaves_a_row_for_the_sweep(monkeypatch):
    from accounts.tasks import deliver_mail

    def refuse(**options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(deliver_mail, "apply_async", refuse)
    mail = queue()
    assert Mail.objects.get(pk=mail.pk).status == MailStatus.QUEUED


HOSTILE = [
    "<img src=http://evil.example/x>",
    "{{ 7|add:7 }}{% load static %}",
    "Asha\r\nBcc: all@example.com",
    "⟦gAAAAABmforged⟧",
    "\u202egnp.exe",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", HOSTILE)
def test_queue_mail_shows_what_strangers_wrote_literally(name):
    queue(template="booking_cancelled", secrets=None, context=cancelled(space_name=name, name=name))
    message = outbox.outbox[0]
    markup = message.alternatives[0].content
    assert "<img" not in markup
    assert "{% load static %}" not in name or "{% load static %}" in message.body
    assert "\n" not in message.subject
    assert message.recipients() == ["asha@example.com"]
    assert "Bcc" not in message.message()
    assert "⟦" not in message.body


@pytest.mark.django_db(transaction=True)
def test_queue_mail_with_a_mark_of_another_mail_in_a_name_does_not_open_it():
    stolen = mark("482913")
    queue(template="booking_cancelled", secrets=None, context=cancelled(name=stolen))
    assert "482913" not in outbox.outbox[0].body
    assert "482913" not in outbox.outbox[0].alternatives[0].content


@pytest.mark.django_db
def test_queue_mail_puts_no_line_break_of_a_stranger_into_the_subject():
    mail = queue(
        template="booking_cancelled", secrets=None, context=cancelled(booking_number="FS-1\r\nBcc: x@example.com")
    )
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


def cancelled(**changes):
    given = {"name": "Asha", "booking_number": "FS-2026-00001", "space_name": "Loft", "reason": "Not paid in time"}
    return {**given, **changes}


@pytest.mark.django_db
def test_queue_mail_remembers_whose_it_is():
    user = User.objects.create_user("asha@example.com")
    assert queue(user=user).user == user
