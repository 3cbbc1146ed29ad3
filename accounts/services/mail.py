"""Writing a mail: a row in the transaction that promises it. Sending is `accounts.services.delivery`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from accounts.marks import strike_out
from accounts.models import Mail, User
from accounts.services.message_texts import marks_of, render
from accounts.services.outbox import put
from flashspace.base.queue import enqueue
from flashspace.base.text import one_line

Attachment = tuple[str, bytes, str]
Maker = Callable[[str], Attachment]

_makers: dict[str, Maker] = {}


class NoMaker(LookupError):
    """Nobody registered how to make this kind of attachment."""


def register_attachment(kind: str, maker: Maker) -> None:
    """`maker(key)` gives file name, bytes and media type; it runs when the mail is sent, outside any transaction."""
    _makers[kind] = maker


def attachment_maker(kind: str) -> Maker:
    """Raises NoMaker."""
    if kind not in _makers:
        raise NoMaker(f"no maker is registered for attachments of kind {kind!r}")
    return _makers[kind]


def queue_mail(
    *,
    to: str,
    template: str,
    context: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    attachments: Iterable[tuple[str, str]] = (),
    dedupe_key: str | None = None,
    user: User | None = None,
) -> Mail:
    """A mail of `templates/mail/<template>.{txt,html}` in the current transaction, and a wake-up after it commits.

    `secrets` (codes, links with tokens) are names of the template too; they are stored encrypted and opened only when
    the mail is sent. `attachments` are (kind, key) pairs of registered makers. A second call with the same `dedupe_key`
    returns the first mail. Raises NoMaker.
    """
    wanted = [[kind, key] for kind, key in attachments]
    for kind, _ in wanted:
        attachment_maker(kind)  # a missing one must fail here, not at night
    subject, text, html = render_mail(template, context, marks_of(secrets))
    fields = {
        "user": user,
        "to": to,
        "template": template,
        "subject": subject,
        "text": text,
        "html": html,
        "attachments": wanted,
    }
    mail, is_new = put(Mail, fields, dedupe_key=dedupe_key)
    if is_new:
        wake(mail)
    return mail


def wake(mail: Mail) -> None:
    """Have it sent after commit; where no broker hears it, the sweep finds the row."""
    from accounts.tasks import deliver_mail  # the task calls the service beside this one

    enqueue(deliver_mail, mail_id=str(mail.pk))


def render_mail(template: str, context: Mapping[str, Any], marks: Mapping[str, str]) -> tuple[str, str, str]:
    """Subject (the first line of the .txt), text and HTML. The subject is shown in lists, so it holds no secret."""
    plain = render(f"mail/{template}.txt", context, marks)
    markup = render(f"mail/{template}.html", context, marks, markup=True)
    subject, _, text = plain.strip().partition("\n")
    return one_line(strike_out(subject)), text.strip() + "\n", markup
