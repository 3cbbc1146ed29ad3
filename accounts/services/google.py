"""Signing in with Google's ID token. allauth finds the key that signed it; whose account it opens is decided here."""

import time
from dataclasses import dataclass
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.google import views
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.db import IntegrityError, transaction

from accounts.clients import Client
from accounts.exceptions import AddressUnproven, EmailNotVerified, GoogleRefused, GoogleUnavailable
from accounts.models import User
from accounts.services import audit, budgets, sessions
from accounts.services.sessions import SignIn
from accounts.social import certificates
from flashspace.base.clock import now
from flashspace.base.locks import lock_row
from flashspace.base.text import is_storable, normalize_email, one_line

PROVIDER = "google"
ALGORITHM = "RS256"
LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Identity:
    """What Google vouches for. `subject` is the person, whatever the address is today."""

    subject: str
    email: str
    is_email_verified: bool
    name: str
    picture: str


def sign_in_with_google(*, credential: str, client: Client) -> SignIn:
    """Raises GoogleRefused, GoogleUnavailable, EmailNotVerified, AddressUnproven, AccountDisabled."""
    return open_session_of(identify(credential), client)


def open_session_of(identity: Identity, client: Client) -> SignIn:
    """Raises EmailNotVerified, AddressUnproven, AccountDisabled."""
    try:
        user = _account_of(identity)
    except IntegrityError:
        user = _account_of(identity)  # the same person came twice at once, and the other call made the account
    return sessions.open_session(user=user, client=client)


def identify(credential: str, *, nonce: str = "") -> Identity:
    """Whom a live ID token names that Google made for us, for this `nonce` where there is one, once.

    Raises GoogleRefused, GoogleUnavailable.
    """
    certificates.expect(_key_id(credential))
    try:
        claims = _verified(credential)
        identity = _identity(claims)
    except (jwt.InvalidTokenError, OAuth2Error, LookupError, TypeError, ValueError):
        raise GoogleRefused from None
    if nonce and claims.get("nonce") != nonce:
        raise GoogleRefused
    _use_up(credential, int(claims["exp"]))
    return identity


def provider() -> GoogleProvider:
    """Google as it is configured here. Raises GoogleUnavailable."""
    try:
        return get_adapter().get_provider(None, PROVIDER)
    except SocialApp.DoesNotExist:
        raise GoogleUnavailable("Google sign-in is not configured") from None


def _verified(credential: str) -> dict[str, Any]:
    audience = provider().app.client_id
    _, key = jwtkit.fetch_key(credential, views.CERTS_URL, jwtkit.lookup_kid_pem_x509_certificate)
    claims: dict[str, Any] = jwt.decode(
        credential,
        key,
        algorithms=[ALGORITHM],
        audience=audience,
        issuer=views.ID_TOKEN_ISSUER,
        options={"require": ["exp", "iat", "iss", "aud", "sub", "email"]},
    )
    return claims


def _use_up(credential: str, ends: int) -> None:
    """A row and not a cache remembers it. What is signed names the token: its signature can be spelled in many ways."""
    signed = credential.rpartition(".")[0]
    if not budgets.take("google.tokens", signed, 1, max(1, ends - int(time.time()) + 1)).allowed:
        raise GoogleRefused


def _key_id(credential: str) -> str:
    """The header decides how allauth checks, so it must not say anything but what Google's says."""
    try:
        header = jwt.get_unverified_header(credential) if len(credential) <= LONGEST else {}
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        header = {}
    key_id = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise GoogleRefused
    return key_id


def _identity(claims: dict[str, Any]) -> Identity:
    email = normalize_email(claims["email"])
    if email != claims["email"].strip().lower():
        raise ValueError("an address whose folded spelling is somebody else's: straße.de is not strasse.de")
    name, picture = str(claims.get("name") or ""), str(claims.get("picture") or "")
    is_shown = picture.startswith("https://") and len(picture) <= 500 and is_storable(picture)
    return Identity(
        subject=claims["sub"],
        email=email,
        is_email_verified=claims.get("email_verified") is True,
        name=one_line(name if is_storable(name) else "", limit=150),
        picture=picture if is_shown else "",
    )


@transaction.atomic
def _account_of(identity: Identity) -> User:
    """The account linked with the person; else the one of the address, if both sides have proved it; else a new one.

    An account whose address nobody proved may be a trap that somebody else set for its owner: it is not handed over.
    The owner claims it with a reset link, which replaces the password and ends what is signed in.
    """
    linked = SocialAccount.objects.select_related("user").filter(provider=PROVIDER, uid=identity.subject).first()
    if linked is not None:
        user: User = linked.user
        return user
    if not identity.is_email_verified:
        raise EmailNotVerified("Google has not verified your e-mail address")
    try:
        user = lock_row(User.objects.all(), email=identity.email)
    except User.DoesNotExist:
        user = _new_user(identity)
    if not user.is_email_verified:
        raise AddressUnproven
    SocialAccount.objects.create(
        user=user, provider=PROVIDER, uid=identity.subject, extra_data={"email": identity.email}
    )
    audit.record(action="user.google_linked", actor=user, target=user)
    return user


def _new_user(identity: Identity) -> User:
    return User.objects.create_user(
        identity.email,
        full_name=identity.name,
        picture_url=identity.picture,
        email_verified_at=now(),
        is_role_open=True,
    )
