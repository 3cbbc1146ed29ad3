"""A caller of the API, with an address and a program of its own, and the mails that it can read."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.marks import open_marks
from accounts.models import Mail, Sms

CODE = re.compile(r"^ {4}(\d{6})$", re.MULTILINE)
LINK = re.compile(r"https?://\S+\?token=(\S+)")


class Caller:
    def __init__(self, address: str = "198.51.100.7", agent: str = "tests", token: str = "") -> None:
        self.token = token
        self._client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent, raise_request_exception=True)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self._client.post(path, {} if body is None else body, "application/json", headers=self._headers(headers))

    def put(self, path: str, body: Any) -> HttpResponse:
        return self._client.put(path, body, "application/json", headers=self._headers({}))

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self._client.get(path, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**bearer, **{name.replace("_", "-"): value for name, value in more.items()}}


def forged_addresses(number: int) -> dict[str, str]:
    """Headers by which a client would be somebody else with each number, if it were believed."""
    address = f"198.18.{number // 250}.{number % 250 + 1}"
    names = ("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP")
    return {**dict.fromkeys(names, address), "Forwarded": f"for={address}"}


def mails_to(email: str, template: str) -> list[Mail]:
    return list(Mail.objects.filter(to=email, template=template).order_by("created_at", "pk"))


def code_of(email: str) -> str:
    return CODE.search(_newest(email, "verify_email"))[1]


def link_token_of(email: str, template: str = "verify_email") -> str:
    return LINK.search(_newest(email, template))[1]


def _newest(email: str, template: str) -> str:
    return open_marks(mails_to(email, template)[-1].text)


def sms_code_of(phone: str) -> str:
    """From the newest SMS, which is not sent yet."""
    return open_marks(Sms.objects.filter(to=phone).latest("created_at", "pk").text)[:6]
