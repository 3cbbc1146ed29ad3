"""The secrets that the platform itself hands out, each asked for as people ask, and planted beside those they send."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from allauth.socialaccount.providers.google import views as google_views
from django.core import mail
from django.test import override_settings

from accounts.api.rento_google import FLOW
from accounts.mfa_totp import code_of_step, current_step
from accounts.social import certificates
from accounts.system_roles import ADMIN_ID
from tests.accounts.api import LINK
from tests.accounts.google_peer import CLIENT_SECRET, Google
from tests.nets.canaries import OWN, Person, Sent

GIVEN = {
    "access_token", "accessToken", "refresh_token", "refreshToken", "token", "temp_token", "temp_setup_token",
    "secret", "manual_key", "backup_codes",
}  # fmt: skip
OWNER, OFFICE, MEMBER = "canary-owner@people.example", "canary-office@firm.example", "canary-member@people.example"
NEXT, EVERYWHERE = "canary-moved@people.example", "canary-everywhere@people.example"
PASSWORD = "Canary-issued-passw0rd-51!"


class Remembering(Google):
    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []

    def token(self, **options: Any) -> str:
        self.tokens.append(super().token(**options))
        return self.tokens[-1]


class Recipient(Person):
    """A sender who keeps whatever an answer gives them: it is theirs, and nobody else's."""

    def __init__(self, sent: Sent, name: str) -> None:
        super().__init__(sent)
        self.name = name

    def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self(method, path, body)
        assert answer.status_code == status, answer.content
        told = answer.json()
        for key, value in leaves(told):
            if key in GIVEN:
                self.sent.canary(f"{key} of {self.name} by {path} ({len(self.sent.values)})", value, OWN)
        return told

    def link_to(self, address: str) -> str:
        """The token of the newest mailed link."""
        texts = [str(one.body) for one in reversed(mail.outbox) if address in one.to]
        token = next(found[1] for text in texts if (found := LINK.search(text)))
        return self.sent.canary(f"link to {address} ({len(self.sent.values)})", token)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in an answer, with the key that it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    elif isinstance(value, str):
        yield key, value


def receive_all(sent: Sent) -> None:
    sent.canary("password of those who receive", PASSWORD)
    owner = Recipient(sent, "owner")
    _found_an_organization(owner)
    _ask_everybody_for_a_second_factor(owner)
    member = Recipient(sent, "member")
    _join(owner, member)
    _move(member)
    _sign_in_everywhere(Recipient(sent, "everywhere"))
    _come_from_google(Recipient(sent, "google"))


def _found_an_organization(owner: Recipient) -> None:
    names = {"organization_name": "Canary Firm", "first_name": "Canary", "last_name": "Owner"}
    body = {**names, "organization_email": OFFICE, "email": OWNER, "password": PASSWORD}
    owner.ask("POST", "/api/v1/auth/organization/register", body, 201)
    for address in (OWNER, OFFICE):
        owner.ask("GET", f"/api/v1/auth/verify-email?token={owner.link_to(address)}")
    owner.token = owner.ask("POST", "/api/v1/auth/login", {"email": OWNER, "password": PASSWORD})["access_token"]


def _ask_everybody_for_a_second_factor(owner: Recipient) -> None:
    """The owner is the first: by the token of the set-up, then at a sign-in."""
    told = owner.ask("PUT", "/api/v1/organizations/me/settings", {"settings": {"mfa_enabled": True}})
    given = dict(leaves(told))
    owner.token = given["temp_setup_token"]
    _set_up(owner)
    step = owner.ask("POST", "/api/v1/auth/login", {"email": OWNER, "password": PASSWORD})
    backup = owner.ask("POST", "/api/v1/mfa/backup-codes/regenerate")["data"]["backup_codes"][0]
    told = owner.ask("POST", "/api/v1/auth/verify-mfa", {"temp_token": step["temp_token"], "mfa_code": backup})
    owner.token = told["access_token"]
    owner.ask("POST", "/api/v1/auth/refresh", {"refresh_token": told["refresh_token"]})


def _set_up(person: Recipient) -> None:
    offer = person.ask("POST", "/api/v1/mfa/setup/initialize")["data"]
    done = person.ask("POST", "/api/v1/mfa/setup/verify", {"code": code_of_step(offer["secret"], current_step())})
    person.token = done["data"]["access_token"]


def _join(owner: Recipient, member: Recipient) -> None:
    owner.ask("POST", "/api/v1/invitations", {"email": MEMBER, "role_id": ADMIN_ID}, 201)
    token = owner.link_to(MEMBER)
    member.ask("GET", f"/api/v1/invitations/token/{token}")
    who = {"first_name": "Canary", "last_name": "Member", "password": PASSWORD}
    member.ask("POST", f"/api/v1/invitations/accept/{token}", who)
    member("POST", f"/api/v1/invitations/accept/{token}", who)  # a second time it is refused, in words of its own
    step = member.ask("POST", "/api/v1/auth/login", {"email": MEMBER, "password": PASSWORD})
    member.token = step["temp_setup_token"]
    _set_up(member)


def _move(member: Recipient) -> None:
    """Another address, which the old mailbox stops; and once more, confirmed."""
    change = {"newEmail": NEXT, "password": PASSWORD}
    member.ask("POST", "/api/auth/change-email", change)
    member.ask("POST", "/api/auth/keep-email", {"token": member.link_to(MEMBER)})
    member.ask("POST", "/api/auth/change-email", change)
    member.ask("GET", f"/api/auth/confirm-email?token={member.link_to(NEXT)}")


def _sign_in_everywhere(person: Recipient) -> None:
    who = {"email": EVERYWHERE, "password": PASSWORD}
    person.ask("POST", "/api/v1/auth/signup", {**who, "name": "Canary Everywhere"}, 201)
    person.ask("GET", f"/api/v1/auth/verify-email/{person.link_to(EVERYWHERE)}")
    told = person.ask("POST", "/api/v1/auth/login", who)["data"]["tokens"]
    person.ask("POST", "/api/v1/auth/refresh", {"refreshToken": told["refreshToken"]})
    told = person.ask("POST", "/api/auth/login", {"identifier": EVERYWHERE, "password": PASSWORD})
    person.ask("POST", "/api/auth/refresh", {"refresh_token": told["refresh_token"]})
    person.ask("POST", "/api/user/signin", who)
    person.sent.canary("cookie of rento", person.client.cookies["token"].value, OWN)
    person.ask("POST", "/api/user/forgot-password", {"email": EVERYWHERE})
    person.link_to(EVERYWHERE)


def _come_from_google(person: Recipient) -> None:
    sent = person.sent
    sent.canary("our secret at Google", CLIENT_SECRET)
    with in_googles_place() as peer:
        away = person("GET", "/api/user/auth/google").headers["Location"]
        sent.canary("flow of Google", person.client.cookies[FLOW].value)
        back = urlsplit(peer.desk.consent(dict(parse_qsl(urlsplit(away).query))))
        sent.canary("code of Google", dict(parse_qsl(back.query))["code"])
        end = person("GET", f"{back.path}?{back.query}").headers["Location"]
        code = sent.canary("code of the exchange", dict(parse_qsl(urlsplit(end).query))["code"], OWN)
        person.ask("POST", "/api/user/auth/google/exchange", {"code": code})
        sent.canary("cookie of rento by Google", person.client.cookies["token"].value, OWN)
        sent.canary("state of Google", peer.desk.asked[0]["state"], OWN)
        sent.canary("nonce of Google", peer.desk.asked[0]["nonce"], OWN)
        sent.canary("verifier of Google", peer.desk.forms[0]["code_verifier"])
        sent.canary("access token of Google", "ya29.the-access-token-of-google")
        sent.canary("ID token of Google", peer.tokens[0])


@contextmanager
def in_googles_place() -> Iterator[Remembering]:
    peer = Remembering()
    urls = {"GOOGLE_AUTHORIZE_URL": f"{peer.origin}/o/oauth2/v2/auth", "GOOGLE_TOKEN_URL": f"{peer.origin}/token"}
    with override_settings(**urls), patch.object(google_views, "CERTS_URL", peer.url):
        certificates.forget()
        yield peer
        certificates.forget()
    peer.close()
