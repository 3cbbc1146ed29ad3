"""Who takes an SMS from us: Twilio, or a file where nobody is to be called. `settings.SMS_SENDER` names one.

A provider knows no transaction and no idempotency key. What it surely did not take raises SmsRefused; where nobody can
say, because the answer was lost on its way, SmsUnclear, and the provider is asked what it has before it is told again.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import httpx
from django.conf import settings
from django.utils.module_loading import import_string

from accounts.exceptions import SmsUnavailable
from accounts.phones import mask_phone
from flashspace.base.clock import now
from flashspace.base.models import new_id
from flashspace.base.outbound import ask

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(8, connect=3)
# Asking and telling, one after the other, end before the task that does it is stopped.
DEADLINE = 10.0
SKEW = timedelta(minutes=1)  # between the provider's clock and ours
MOST_ASKED = 50
# Nothing of the request had left when these were raised.
NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)


class SmsRefused(Exception):
    """It was surely not taken. `is_permanent`: nor will it ever be."""

    def __init__(self, words: str, *, is_permanent: bool = False) -> None:
        self.is_permanent = is_permanent
        super().__init__(words)


class SmsUnclear(Exception):
    """It may have been taken, or not."""


class SmsSender(Protocol):
    def send(self, *, to: str, text: str) -> str:
        """What the provider calls it, empty where it did not say. Raises SmsRefused, SmsUnclear."""

    def find(self, *, to: str, text: str, since: datetime) -> str | None:
        """The same of what it took since then, None for nothing. Raises SmsRefused, SmsUnclear."""


def sms_sender() -> SmsSender:
    """Raises SmsUnavailable where none is configured."""
    if not settings.SMS_SENDER:
        raise SmsUnavailable
    sender: SmsSender = import_string(settings.SMS_SENDER)()
    return sender


class Twilio:
    """Twilio's Messages resource. An account that hides bodies shows none: then whatever went there in time counts."""

    def send(self, *, to: str, text: str) -> str:
        sender = settings.TWILIO_FROM_NUMBER
        whose = "MessagingServiceSid" if sender.startswith("MG") else "From"
        return str(_ask("POST", to, form={"To": to, whose: sender, "Body": text}).get("sid") or "")

    def find(self, *, to: str, text: str, since: datetime) -> str | None:
        answer = _ask("GET", to, query={"To": to, "PageSize": str(MOST_ASKED)})
        for sid, body, made_at in _messages(answer):
            if made_at >= since - SKEW and (not body or body.endswith(text)):  # a trial account puts words before it
                return sid
        return None


def _ask(method: str, to: str, **said: Mapping[str, str]) -> dict[str, Any]:
    account = settings.TWILIO_ACCOUNT_SID
    url = f"{settings.TWILIO_API_URL}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
    auth = (account, settings.TWILIO_AUTH_TOKEN)
    largest = 1024 * 1024
    try:
        status, body = ask(method, url, timeout=TIMEOUT, deadline=DEADLINE, auth=auth, largest=largest, **said)
    except NOT_REACHED as error:
        raise SmsRefused(f"Twilio was not reached: {type(error).__name__}") from None
    except httpx.HTTPError as error:
        raise SmsUnclear(f"Twilio did not answer: {type(error).__name__}") from None
    answer = _read(body)
    if 200 <= status < 300:
        return answer
    words = f"Twilio {status} {answer.get('code', '')}: {answer.get('message', '')}".replace(to, mask_phone(to))
    if status >= 500 or status == httpx.codes.REQUEST_TIMEOUT:
        raise SmsUnclear(words)
    raise SmsRefused(words, is_permanent=400 <= status < 500 and status != httpx.codes.TOO_MANY_REQUESTS)


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _messages(answer: Mapping[str, Any]) -> Iterator[tuple[str, str, datetime]]:
    """Id, text and time of each. An answer that is none leaves open what was taken. Raises SmsUnclear."""
    try:
        for one in answer["messages"]:
            yield str(one["sid"]), str(one.get("body") or ""), parsedate_to_datetime(one["date_created"])
    except (LookupError, TypeError, ValueError, AttributeError):
        raise SmsUnclear("Twilio did not say what it has") from None


class SmsMailbox:
    """For a development machine: a file beside its mails, and a line on the console that says where."""

    def send(self, *, to: str, text: str) -> str:
        directory = Path(settings.EMAIL_FILE_PATH)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = directory / f"{now():%Y%m%d-%H%M%S}-{new_id()}.sms.txt"
        path.write_text(f"To: {to}\n\n{text}", encoding="utf-8")
        path.chmod(0o600)
        log.info("SMS for %s is in %s", mask_phone(to), path)
        return path.name

    def find(self, *, to: str, text: str, since: datetime) -> str | None:
        return None
