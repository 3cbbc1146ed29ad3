"""Calls whose answers must not tell in the strict profile whether an address or a phone has an account, over all
dialects, and those of them that the documents let tell.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.http import HttpResponse

from accounts.models import User
from accounts.services import otp
from flashspace.base.clock import now
from tests.accounts.api import Caller
from tests.factories import accounts
from tests.factories.accounts import UserFactory, sign_in_as
from tests.factories.organizations import make_organization

PASSWORD = "Quiet river under 9 bridges!"
WRONG = "Wrong river under 9 bridges!"
# What two answers to the same call may differ in: whose they are, when, and ids made by chance.
CHANCE = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)"
    r"|(?P<address>(?:known|unknown|caller)-\d+@people\.example)|(?P<phone>\+9198\d{8})|(?P<slug>john-doe-\d{6})"
)
LASTING = ("date", "x-request-id", "content-length")

_numbers = count()


@dataclass(frozen=True)
class Call:
    """`status` is the answer that tells nothing, `who` whom the call is about, `caller` makes whoever calls."""

    path: str
    body: Callable[[str], dict[str, Any]]
    status: int
    who: str = "verified"
    method: str = "POST"
    caller: Callable[[], Caller] = Caller

    def send(self, target: str, caller: Caller) -> HttpResponse:
        send = {"POST": caller.post, "PUT": caller.put}[self.method]
        return send(self.path, self.body(target))


def somebody() -> Caller:
    return Caller(token=sign_in_as(_caller()).tokens.access)


def owner() -> Caller:
    user = _caller()
    opened = sign_in_as(user, organization=make_organization(owner=user))
    return Caller(token=opened.tokens.access)


def _caller() -> User:
    return UserFactory(email=f"caller-{next(_numbers)}@people.example")


def with_phone(phone: str) -> dict[str, Any]:
    return {"phone": phone}


def newcomer(**more: Any) -> Callable[[str], dict[str, Any]]:
    """Somebody whom nobody knows, with a phone that perhaps somebody has."""
    return lambda phone: {"email": unknown(), "phone": phone, "phoneNumber": phone, **more}


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
REGISTERED = {"password": PASSWORD, "full_name": "John Doe", "role": "customer"}
CODE = {"otp": "000000"}
CALLS = {
    "flashspace signup": Call("/api/auth/signup", with_email(**NEW), 201),
    "flashspace signup, phone": Call("/api/auth/signup", newcomer(**NEW), 201, "phone"),
    "flashspace login": Call("/api/auth/login", with_email(password=WRONG), 401),
    "flashspace verify-otp": Call("/api/auth/verify-otp", with_email(**CODE), 400, "unverified asked"),
    "flashspace verify-otp, verified": Call("/api/auth/verify-otp", with_email(**CODE), 400, "verified asked"),
    "flashspace resend-otp": Call("/api/auth/resend-otp", with_email(), 200, "unverified"),
    "flashspace resend-otp, verified": Call("/api/auth/resend-otp", with_email(), 200),
    "flashspace forgot-password": Call("/api/auth/forgot-password", with_email(), 200),
    "flashspace change-email": Call(
        "/api/auth/change-email",
        lambda email: {"newEmail": email, "password": accounts.PASSWORD},
        200,
        caller=somebody,
    ),
    "rento signup": Call("/api/user/signup", with_email(**NEW, role="Tenant"), 201),
    "rento signin": Call("/api/user/signin", with_email(password=WRONG), 401, "unverified"),
    "rento verify-otp": Call("/api/user/verify-otp", with_email(**CODE), 400, "unverified asked"),
    "rento verify-otp, verified": Call("/api/user/verify-otp", with_email(**CODE), 400, "verified asked"),
    "rento resend-otp": Call("/api/user/resend-otp", with_email(), 200, "unverified"),
    "rento resend-otp, verified": Call("/api/user/resend-otp", with_email(), 200),
    "rento forgot-password": Call("/api/user/forgot-password", with_email(), 200),
    "nano register": Call("/api/auth/register", with_email(**REGISTERED), 201),
    "nano register, phone": Call("/api/auth/register", newcomer(**REGISTERED), 201, "phone"),
    "nano login": Call("/api/auth/login", identified(password=WRONG), 401),
    "nano login, phone": Call("/api/auth/login", identified(password=WRONG), 401, "phone"),
    "nano signin": Call("/api/auth/signin", identified(password=WRONG), 401),
    "nano send-email": Call("/api/otp/send-email", with_email(), 200, "unverified"),
    "nano send-email, verified": Call("/api/otp/send-email", with_email(), 200),
    "nano resend": Call("/api/otp/resend", identified(), 200, "unverified"),
    "nano send-sms": Call("/api/otp/send-sms", with_phone, 200, "unverified phone"),
    "nano send-sms, verified": Call("/api/otp/send-sms", with_phone, 200, "phone"),
    "nano resend, phone": Call("/api/otp/resend", identified(), 200, "unverified phone"),
    "nano verify": Call("/api/otp/verify", identified(**CODE), 400, "unverified asked"),
    "nano verify, verified": Call("/api/otp/verify", identified(**CODE), 400, "verified asked"),
    "nano verify, phone": Call("/api/otp/verify", identified(**CODE), 400, "unverified asked phone"),
    "nano update-profile, address": Call(
        "/api/auth/update-profile", with_email(password=accounts.PASSWORD), 200, method="PUT", caller=somebody
    ),
    "nano update-profile, phone": Call("/api/auth/update-profile", with_phone, 200, "phone", "PUT", somebody),
    "nakksha signup": Call("/api/v1/auth/signup", with_email(name="John Doe", password=PASSWORD), 201),
    "nakksha admin login": Call("/api/v1/auth/admin/login", with_email(password=WRONG), 401),
    "shared login": Call("/api/v1/auth/login", with_email(password=WRONG), 401),
    "shared forgot-password": Call("/api/v1/auth/forgot-password", with_email(), 200),
    "workspace register": Call("/api/v1/auth/organization/register", organization, 201),
    "workspace me, phone": Call("/api/v1/users/me", with_phone, 200, "phone", "PUT", somebody),
    "workspace invitation": Call("/api/v1/invitations", with_email(role_id=2), 201, caller=owner),
    "workspace verify-mfa": Call("/api/v1/auth/verify-mfa", with_email(password=WRONG, mfa_code="000000"), 401),
}


# By the documents' own statuses: 409 for what is taken, rento's 404 for who is unknown, nano's for who never asked.
TELLING = (
    "flashspace signup",
    "flashspace change-email",
    "rento signup",
    "rento verify-otp",
    "rento verify-otp, verified",
    "rento resend-otp",
    "rento resend-otp, verified",
    "nano register",
    "nano register, phone",
    "nano update-profile, address",
    "nano update-profile, phone",
    "nano verify",
    "nano verify, verified",
    "nano verify, phone",
    "nakksha signup",
    "workspace register",
)


def known(who: str) -> str:
    """The address of somebody's account, or the phone; whether it is verified, and whether a code was asked for."""
    number, words = next(_numbers), who.split()
    verified_at = None if "unverified" in words else now()
    email, phone = f"known-{number}@people.example", _phone(number)
    if "phone" in words:
        user = UserFactory(email=email, phone=phone, phone_verified_at=verified_at)
    else:
        user = UserFactory(email=email, email_verified_at=verified_at)
    target = phone if "phone" in words else email
    if "asked" in words:
        otp.issue_code(identifier=target, user=user)
    return target


def unknown(who: str = "verified") -> str:
    number = next(_numbers)
    return _phone(number) if "phone" in who else f"unknown-{number}@people.example"


def _phone(number: int) -> str:
    return f"+9198{number:08}"


def shown(answer: HttpResponse) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, without what chance or the clock made."""
    headers = {name.lower(): value for name, value in answer.items() if name.lower() not in LASTING}
    return answer.status_code, headers, CHANCE.sub(lambda match: str(match.lastgroup), answer.content.decode())
