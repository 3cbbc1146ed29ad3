"""Sending the mails that are due. None is lost; a sender that is killed can make one arrive twice, never more."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from accounts.marks import open_marks
from accounts.models import Mail, User
from accounts.services.mail import attachment_maker, wake
from accounts.services.outbox import GRACE, LEASE, MAX_ATTEMPTS, NotGivenUp, Outbox
from flashspace.base.crypto import Undecipherable

__all__ = [
    "GRACE",
    "LEASE",
    "MAILS",
    "MAX_ATTEMPTS",
    "NotGivenUp",
    "deliver",
    "deliver_due",
    "resend_mail",
    "wake_due_mails",
]


def send(mail: Mail) -> None:
    """Hand the mail to the mail server, or raise. Touches no row but the lease."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=open_marks(mail.text),
        to=[mail.to],
        # The same each time: a mailbox that gets it twice can tell.
        headers={
            "Message-ID": f"<{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.html:
        message.attach_alternative(open_marks(mail.html, as_html=True), "text/html")
    for kind, key in mail.attachments:
        message.attach(*attachment_maker(kind)(key))
    with get_connection(fail_silently=False) as connection:
        MAILS.hold(mail)  # making attachments and connecting took time
        connection.send_messages([message])


def is_permanent(error: Exception) -> bool:
    """Whether trying again is pointless: the address is refused for good, or no key opens the secrets."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    return isinstance(error, Undecipherable)


MAILS: Outbox[Mail] = Outbox(
    name="mail",
    title="A mail",
    model=Mail,
    texts=("text", "html"),
    send=send,
    is_permanent=is_permanent,
    wake=wake,
    first_pause=timedelta(minutes=1),
)

deliver = MAILS.deliver
deliver_due = MAILS.sweep
wake_due_mails = MAILS.wake_due


def resend_mail(*, mail: Mail, actor: User) -> Mail:
    """Queue a dead mail afresh. Raises NotGivenUp."""
    return MAILS.resend(mail, actor=actor)
