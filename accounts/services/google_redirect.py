"""Signing in with Google by redirect: the authorization code flow, with PKCE and a nonce (docs/decisions/0007).

allauth's provider and client say what Google is asked. The flow is kept by the browser that began it, sealed, for ten
minutes. A row says that it has come back, so it does once. What the front end gets in its address is a code for this
one sign-in, never a token.
"""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

import httpx
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from django.conf import settings
from django.db import transaction

from accounts.clients import Client
from accounts.enums import TokenPurpose
from accounts.exceptions import GoogleRefused, GoogleUnavailable, TokenInvalid
from accounts.models import Session
from accounts.services import budgets, google, one_time_tokens, sessions
from accounts.services.google import Identity
from accounts.services.sessions import SignIn
from flashspace.base.clock import now
from flashspace.base.crypto import Undecipherable, decrypt, encrypt, new_token, same
from flashspace.base.outbound import ask

CALLBACK = "/api/user/auth/google/callback"
LIFE = timedelta(minutes=10)
TIMEOUT = httpx.Timeout(5, connect=3)
DEADLINE = 10.0


@dataclass(frozen=True, slots=True)
class Flow:
    """What must fit together when the browser comes back."""

    state: str
    nonce: str
    verifier: str
    ends: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """`code` opens the sign-in to the front end, once, in the browser that keeps `kept`: whoever sends somebody else to
    the address of their own arrival does not sign them in.
    """

    opened: SignIn
    code: str
    kept: str


def begin() -> tuple[str, str]:
    """Where to send the browser, and what it must keep meanwhile. Raises GoogleUnavailable."""
    if not settings.GOOGLE_CLIENT_SECRET:
        raise GoogleUnavailable("Google sign-in is not configured")
    provider = google.provider()
    pkce = provider.get_pkce_params()
    verifier = pkce.pop("code_verifier")
    flow = Flow(state=new_token(), nonce=new_token(), verifier=verifier, ends=(now() + LIFE).timestamp())
    app = provider.app
    client = OAuth2Client(None, app.client_id, app.secret, "POST", settings.GOOGLE_TOKEN_URL, _redirect_uri())
    client.state = flow.state
    more = {**provider.get_auth_params(), **pkce, "nonce": flow.nonce}
    address = client.get_redirect_url(settings.GOOGLE_AUTHORIZE_URL, provider.get_scope(), more)
    return address, encrypt(json.dumps(asdict(flow)))


def resume(*, kept: str, state: str) -> Flow:
    """The flow that this browser began, which is over with this. Raises GoogleRefused."""
    try:
        flow = Flow(**json.loads(decrypt(kept)))
    except (Undecipherable, ValueError, TypeError):
        raise GoogleRefused from None
    if flow.ends <= now().timestamp() or not same(flow.state, state):
        raise GoogleRefused
    if not budgets.take("google.flows", flow.state, 1, int(LIFE.total_seconds())).allowed:
        raise GoogleRefused
    return flow


def arrive(*, flow: Flow, code: str, client: Client) -> Arrival:
    """Raises GoogleRefused, GoogleUnavailable, EmailNotVerified, AddressUnproven, AccountDisabled."""
    credential = _credential(code, flow.verifier)
    return _enter(google.identify(credential, nonce=flow.nonce), client)


@transaction.atomic
def _enter(identity: Identity, client: Client) -> Arrival:
    opened = google.open_session_of(identity, client)
    secret = one_time_tokens.issue_token(user=opened.user, purpose=TokenPurpose.EXCHANGE, session=opened.session)
    return Arrival(opened, secret[: len(secret) // 2], secret[len(secret) // 2 :])


@transaction.atomic
def redeem(*, code: str, kept: str) -> Session:
    """The sign-in that both halves of a secret stand for, with its user. Raises TokenInvalid for what was used, is over
    or unknown.
    """
    session = one_time_tokens.spend_token(secret=code + kept, purpose=TokenPurpose.EXCHANGE).session
    if session is None or not sessions.is_live(session):
        raise TokenInvalid
    return session


def _redirect_uri() -> str:
    return f"{settings.PUBLIC_URL}{CALLBACK}"


def _credential(code: str, verifier: str) -> str:
    """The ID token that Google hands out for the code."""
    form = {
        "code": code,
        "client_id": settings.GOOGLE_CLIENT_ID,
        "client_secret": settings.GOOGLE_CLIENT_SECRET,
        "redirect_uri": _redirect_uri(),
        "grant_type": "authorization_code",
        "code_verifier": verifier,
    }
    try:
        status, body = ask("POST", settings.GOOGLE_TOKEN_URL, form=form, timeout=TIMEOUT, deadline=DEADLINE)
        answer = json.loads(body) if status == httpx.codes.OK else {}
        credential = answer["id_token"] if status == httpx.codes.OK else ""
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError, RecursionError):
        raise GoogleUnavailable from None
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise GoogleUnavailable
    if not isinstance(credential, str) or not credential:
        raise GoogleRefused  # the code is not Google's, was used, or belongs to another flow
    return credential
