"""Every call by which somebody comes to be signed in, made as a client makes it; and a look for one that has no row."""

import ast
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
from django.http import HttpResponse
from django.urls import get_resolver

from accounts.models import User
from consultants.models import Consultant
from flashspace.base.clock import now
from flashspace.dialects.routing import ApiResolver, Route
from tests.accounts.api import Caller
from tests.accounts.google_peer import Google
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.consultants import make_consultant
from tests.factories.organizations import add_member, make_organization
from tests.test_architecture import CODE, dotted, tree

PHONE = "+919876543210"
GOOGLE = "/api/user/auth/google"
# The names under which an answer carries what opens the calls; a `temp_token` opens nothing.
ACCESS = {"access_token", "accessToken", "token"}


class Visitor:
    """A colleague of ours, consultant and member, with a proved phone: whom any of the calls lets in. With a browser,
    which keeps cookies, and where they have a second factor with the `phone` that shows it.
    """

    def __init__(self, google: Google, *, has_factor: bool = False, **place: Any) -> None:
        self.google, self.has_factor = google, has_factor
        self.browser = Caller()
        self.place = make_organization("Inner Place", **place)
        self.become(UserFactory(phone=PHONE, phone_verified_at=now()))
        make_consultant(self.user)

    @property
    def cookie(self) -> str:
        kept = self.browser._client.cookies.get("token")
        return kept.value if kept else ""

    def become(self, user: User) -> None:
        """Also with the account that a sign-up has just made."""
        user.email_verified_at, user.is_staff, user.is_superuser = now(), True, True
        user.save()
        add_member(self.place, user=user)
        self.user = user
        self.phone = enrol(user)[0] if self.has_factor else None


Answer = Callable[[Visitor, str], HttpResponse]


class Opener(NamedTuple):
    """`open` sends a code of the second factor where it is given one and the call takes one.

    `asks_owner`, `asks_staff`: whoever has a second factor, and staff who must have one, get nothing without it.
    `only_enters`: it opens the organization or nothing, so that one may have to set a factor up first.
    """

    dialect: str
    method: str
    path: str
    open: Answer
    how: str = ""
    asks_owner: bool = False
    asks_staff: bool = False
    only_enters: bool = False

    def __str__(self) -> str:
        return f"{self.dialect} {self.path} {self.how}".strip()


def access_in(told: Any) -> str:
    """The first token of a session in an answer's body, however deep."""
    if not isinstance(told, dict):
        return ""
    mine = [value for name, value in told.items() if name in ACCESS and value]
    return next((found for found in (*mine, *map(access_in, told.values())) if found), "")


def token_in(visitor: Visitor, answer: HttpResponse) -> str:
    is_json = answer["Content-Type"].startswith("application/json")
    return (access_in(answer.json()) if is_json else "") or visitor.cookie


def by_password(path: str, *, field: str = "email", code: str = "mfa_code") -> Answer:
    def log_in(visitor: Visitor, given: str) -> HttpResponse:
        who = visitor.user.phone if field == "phone" else visitor.user.email
        name = "email" if field == "email" else "identifier"
        return visitor.browser.post(path, {name: who, "password": PASSWORD, code: given})

    return log_in


flashspace_login = by_password("/api/auth/login", code="mfaCode")


def refreshed(path: str, field: str) -> Answer:
    def refresh(visitor: Visitor, given: str) -> HttpResponse:
        token = flashspace_login(visitor, given).json()["refreshToken"]
        return visitor.browser.post(path, {field: token})

    return refresh


def by_credential(visitor: Visitor, _: str) -> HttpResponse:
    return visitor.browser.post("/api/auth/google", {"credential": visitor.google.token(email=visitor.user.email)})


def by_redirect(visitor: Visitor, _: str) -> HttpResponse:
    """There, to the consent, and back."""
    visitor.google.desk.changes = {"email": visitor.user.email}
    there = visitor.browser.get(GOOGLE)["Location"]
    back = urlsplit(httpx.get(there).headers["Location"])
    return visitor.browser.get(f"{back.path}?{back.query}")


def by_exchange(visitor: Visitor, given: str) -> HttpResponse:
    """By the code, without the cookie that signs in."""
    arrived = by_redirect(visitor, given)
    del visitor.browser._client.cookies["token"]
    code = parse_qs(urlsplit(arrived["Location"]).query)["code"][0]
    return visitor.browser.post(f"{GOOGLE}/exchange", {"code": code})


def registered(visitor: Visitor, _: str) -> HttpResponse:
    body = {"email": "new@people.example", "password": PASSWORD, "full_name": "John Doe", "role": "customer"}
    answer = visitor.browser.post("/api/auth/register", body)
    visitor.become(User.objects.get(email=body["email"]))
    return answer


def as_a_member(visitor: Visitor, given: str) -> HttpResponse:
    Consultant.objects.filter(user=visitor.user).delete()
    return by_password("/api/v1/auth/login")(visitor, given)


def as_a_consultant(visitor: Visitor, given: str) -> HttpResponse:
    visitor.user.memberships.all().delete()
    return by_password("/api/v1/auth/login")(visitor, given)


def switched(visitor: Visitor, given: str) -> HttpResponse:
    token = access_in(flashspace_login(visitor, given).json())
    return switch(Caller(token=token), visitor)


def switch(caller: Caller, visitor: Visitor) -> HttpResponse:
    return caller.put("/api/v1/organizations/switch", {"organization_id": str(visitor.place.pk)})


OPENERS = (
    Opener("flashspace", "POST", "/api/auth/login", flashspace_login),
    Opener("flashspace", "POST", "/api/auth/signin", by_password("/api/auth/signin", code="mfaCode")),
    Opener("flashspace", "POST", "/api/auth/google", by_credential),
    Opener("flashspace", "POST", "/api/auth/refresh-token", refreshed("/api/auth/refresh-token", "refreshToken")),
    Opener("rento", "POST", "/api/user/signin", by_password("/api/user/signin", code="mfaCode")),
    Opener("rento", "GET", f"{GOOGLE}/callback", by_redirect),
    Opener("rento", "POST", f"{GOOGLE}/exchange", by_exchange),
    Opener("nano", "POST", "/api/auth/register", registered),
    *(
        Opener("nano", "POST", path, by_password(path, field=field), f"by {field}", asks_owner=True, asks_staff=True)
        for path in ("/api/auth/login", "/api/auth/signin")
        for field in ("address", "phone")
    ),
    Opener("nano", "POST", "/api/auth/refresh", refreshed("/api/auth/refresh", "refresh_token")),
    # The account decides what it answers: to a consultant who is a member, too, both.
    Opener("nakksha", "POST", "/api/v1/auth/login", by_password("/api/v1/auth/login"), asks_owner=True),
    Opener("workspace", "POST", "/api/v1/auth/login", as_a_member, asks_owner=True, only_enters=True),
    Opener(
        "nakksha",
        "POST",
        "/api/v1/auth/admin/login",
        by_password("/api/v1/auth/admin/login"),
        asks_owner=True,
        asks_staff=True,
    ),
    Opener("nakksha", "POST", "/api/v1/auth/refresh", refreshed("/api/v1/auth/refresh", "refreshToken")),
    Opener("workspace", "POST", "/api/v1/auth/refresh", refreshed("/api/v1/auth/refresh", "refresh_token")),
    Opener(
        "workspace",
        "PUT",
        "/api/v1/organizations/switch",
        switched,
        asks_owner=True,
        asks_staff=True,
        only_enters=True,
    ),
)
# Lets nobody into an organization.
ALONE = Opener("nakksha", "POST", "/api/v1/auth/login", as_a_consultant, "of no organization")
# These open one for whoever shows the second factor there and then, and for nobody else.
BY_THE_FACTOR = {("workspace", "POST", "/api/v1/auth/verify-mfa"), ("workspace", "POST", "/api/v1/mfa/setup/verify")}


def documented() -> list[Route]:
    """Every route, in its own dialect; what two documents share twice."""
    resolvers = [one for one in get_resolver().url_patterns if isinstance(one, ApiResolver)]
    return [route for resolver in resolvers for route in resolver.documented]


def answers_with_token(route: Route) -> bool:
    shown = getattr(route.view, route.action).operation.response.values()
    return any(not ACCESS.isdisjoint(_names(one[0] if isinstance(one, list) else one)) for one in shown if one)


def callers_of(*names: str) -> Iterator[str]:
    """Functions of the project that call one of these, by its name."""
    for path in CODE:
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef) and not _called_in(function).isdisjoint(names):
                yield f"{dotted(path)}.{function.name}"


def _called_in(function: ast.FunctionDef) -> set[str]:
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {getattr(one, "attr", getattr(one, "id", "")) for one in called}


def _names(shown: Any) -> Iterator[str]:
    fields = getattr(shown() if isinstance(shown, type) else getattr(shown, "child", None) or shown, "fields", {})
    for name, field in fields.items():
        yield name
        yield from _names(field)
