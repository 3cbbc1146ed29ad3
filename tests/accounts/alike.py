"""Calls whose answers must not tell in the strict profile whether an address has an account, over all dialects."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.http import HttpResponse

from flashspace.base.clock import now
from tests.accounts.api import Caller
from tests.factories.accounts import UserFactory

PASSWORD = "Quiet river under 9 bridges!"
WRONG = "Wrong river under 9 bridges!"
# What two answers to the same call may differ in: whose they are, when, and ids made by chance.
CHANCE = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)"
    r"|(?P<address>(?:known|unknown)-\d+@people\.example)|(?P<slug>john-doe-\d{6})"
)
LASTING = ("date", "x-request-id", "content-length")

_numbers = count()


@dataclass(frozen=True)
class Call:
    """`only` names what the call is about, where not every known person will do."""

    path: str
    body: Callable[[str], dict[str, Any]]
    status: int
    who: str = "verified"

    def send(self, email: str) -> HttpResponse:
        return Caller().post(self.path, self.body(email))


def with_email(**more: Any) -> Callable[[str], dict[str, Any]]:
    return lambda email: {"email": email, **more}


def organization(email: str) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "organization_name": f"Acme {number}",
        "organization_email": f"acme-{number}@acme.example",
        "first_name": "John",
        "last_name": "Doe",
        "email": email,
        "password": PASSWORD,
    }


def identified(**more: Any) -> Callable[[str], dict[str, Any]]:
    return lambda email: {"identifier": email, **more}


NEW = {"password": PASSWORD, "fullName": "John Doe"}
CODE = {"otp": "000000"}
CALLS = {
    "flashspace signup": Call("/api/auth/signup", with_email(**NEW), 201),
    "flashspace login": Call("/api/auth/login", with_email(password=WRONG), 401),
    "flashspace verify-otp": Call("/api/auth/verify-otp", with_email(**CODE), 400, "unverified"),
    "flashspace verify-otp, verified": Call("/api/auth/verify-otp", with_email(**CODE), 400),
    "flashspace resend-otp": Call("/api/auth/resend-otp", with_email(), 200, "unverified"),
    "flashspace resend-otp, verified": Call("/api/auth/resend-otp", with_email(), 200),
    "flashspace forgot-password": Call("/api/auth/forgot-password", with_email(), 200),
    "rento signup": Call("/api/user/signup", with_email(**NEW, role="Tenant"), 201),
    "rento signin": Call("/api/user/signin", with_email(password=WRONG), 401, "unverified"),
    "rento verify-otp": Call("/api/user/verify-otp", with_email(**CODE), 400, "unverified"),
    "rento verify-otp, verified": Call("/api/user/verify-otp", with_email(**CODE), 400),
    "rento resend-otp": Call("/api/user/resend-otp", with_email(), 200, "unverified"),
    "rento resend-otp, verified": Call("/api/user/resend-otp", with_email(), 200),
    "rento forgot-password": Call("/api/user/forgot-password", with_email(), 200),
    "nano register": Call(
        "/api/auth/register", with_email(password=PASSWORD, full_name="John Doe", role="customer"), 201
    ),
    "nano login": Call("/api/auth/login", identified(password=WRONG), 401),
    "nano send-email": Call("/api/otp/send-email", with_email(), 200, "unverified"),
    "nano send-email, verified": Call("/api/otp/send-email", with_email(), 200),
    "nano resend": Call("/api/otp/resend", identified(), 200, "unverified"),
    "nano verify": Call("/api/otp/verify", identified(**CODE), 400, "unverified"),
    "nano verify, verified": Call("/api/otp/verify", identified(**CODE), 400),
    "nakksha signup": Call("/api/v1/auth/signup", with_email(name="John Doe", password=PASSWORD), 201),
    "nakksha admin login": Call("/api/v1/auth/admin/login", with_email(password=WRONG), 401),
    "shared login": Call("/api/v1/auth/login", with_email(password=WRONG), 401),
    "shared forgot-password": Call("/api/v1/auth/forgot-password", with_email(), 200),
    "workspace register": Call("/api/v1/auth/organization/register", organization, 201),
    "workspace verify-mfa": Call("/api/v1/auth/verify-mfa", with_email(password=WRONG, mfa_code="000000"), 401),
}


def known(who: str) -> str:
    email = f"known-{next(_numbers)}@people.example"
    UserFactory(email=email, email_verified_at=now() if who == "verified" else None)
    return email


def unknown() -> str:
    return f"unknown-{next(_numbers)}@people.example"


def shown(answer: HttpResponse) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, without what chance or the clock made."""
    headers = {name.lower(): value for name, value in answer.items() if name.lower() not in LASTING}
    return answer.status_code, headers, CHANCE.sub(lambda match: str(match.lastgroup), answer.content.decode())
