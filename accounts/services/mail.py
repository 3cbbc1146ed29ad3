"""Writing a mail: a row in the transaction that promises it. Sending is `accounts.services.delivery`."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.backends.django import DjangoTemplates

from accounts.marks import keep_only, mark, strike_out
from accounts.models import Mail, User
from flashspace.base.clock import now
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
    marks = {name: mark(value) for name, value in (secrets or {}).items()}
    subject, text, html = render_mail(template, context, marks)
    fields = {
        "user": user,
        "to": to,
        "template": template,
        "subject": subject,
        "text": text,
        "html": html,
        "attachments": wanted,
        "due_at": now(),
    }
    if dedupe_key is None:
        mail = Mail.objects.create(**fields)
    else:
        mail, created = Mail.objects.get_or_create(dedupe_key=dedupe_key, defaults=fields)
        if not created:
            return mail
    wake(mail)
    return mail


def wake(mail: Mail) -> None:
    """Have it sent after commit; where no broker hears it, the sweep finds the row."""
    from accounts.tasks import deliver_mail  # the task calls the service beside this one

    enqueue(deliver_mail, mail_id=str(mail.pk))


def render_mail(template: str, context: Mapping[str, Any], marks: Mapping[str, str]) -> tuple[str, str, str]:
    """Subject (the first line of the .txt), text and HTML. The subject is shown in lists, so it holds no secret.

    A name that a template shows and nobody gave raises UnknownName: better here than a mail with a hole.
    """
    names = {**context, **marks, "site": _site()}
    plain = _engine(markup=False).get_template(f"mail/{template}.txt").render(names)
    markup = _engine(markup=True).get_template(f"mail/{template}.html").render(names)
    kept = set(marks.values())
    subject, _, text = keep_only(plain, kept).strip().partition("\n")
    return one_line(strike_out(subject)), text.strip() + "\n", keep_only(markup, kept)


def _site() -> dict[str, str]:
    url = settings.PUBLIC_URL
    return {"name": "FlashSpace", "url": url, "host": urlsplit(url).netloc, "frontend": settings.FRONTEND_URL}


class UnknownName(LookupError):
    """A template shows a name that its context does not have."""


class _Strict(str):
    """Django formats `string_if_invalid` with the name it did not find; this one complains instead."""

    __slots__ = ()

    def __contains__(self, _: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise UnknownName(str(name))


@cache
def _engine(*, markup: bool) -> DjangoTemplates:
    """HTML escapes everything; plain text nothing, because nothing in it is markup."""
    options = {"autoescape": markup, "string_if_invalid": _Strict("strict")}
    return DjangoTemplates({"NAME": "mail", "DIRS": [], "APP_DIRS": True, "OPTIONS": options})
