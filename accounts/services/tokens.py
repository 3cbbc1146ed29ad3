"""JSON web tokens: who signed in, under which session. What they say of role and permission is for the client to show;
nothing here believes it.

simplejwt makes and checks them. Our backend adds what it lacks: several keys, each with an id in the header.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import Token

from accounts.enums import Role
from accounts.exceptions import TokenRefused
from accounts.models import Session, User
from flashspace.base.crypto import derive_key

ALGORITHM = "HS256"
ISSUER = "flashspace"
AUDIENCE = "flashspace-api"
LONGEST = 4096
REQUIRED = ["exp", "iat", "iss", "aud", "jti", "typ", "sid", "userId"]

ROLE_WORDS = {Role.CUSTOMER: "user", Role.ENTERPRISE: "user", Role.OWNER: "partner"}


@lru_cache(maxsize=4)
def _keys(secrets: tuple[str, ...]) -> dict[str, bytes]:
    """Signing keys by their id, newest first."""
    keys = [derive_key(secret, "jwt") for secret in secrets]
    return {hashlib.sha256(b"kid" + key).hexdigest()[:12]: key for key in keys}


def signing_key_id() -> str:
    """The `kid` of what is signed now."""
    return next(iter(_keys(tuple(settings.JWT_KEYS))))


class KeyedTokenBackend(TokenBackend):
    """Signs with the newest key and names it in `kid`; checks with the one that is named, if it is still ours."""

    def __init__(self) -> None:
        super().__init__(ALGORITHM, audience=AUDIENCE, issuer=ISSUER)

    def encode(self, payload: dict[str, Any]) -> str:
        kid, key = next(iter(_keys(tuple(settings.JWT_KEYS)).items()))
        claims = {**payload, "aud": self.audience, "iss": self.issuer}
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """Always verifies. Raises TokenBackendError."""
        try:
            key = _keys(tuple(settings.JWT_KEYS))[jwt.get_unverified_header(token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options={"require": REQUIRED}
            )
        except (jwt.InvalidTokenError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise TokenBackendError("Token is invalid") from error
        return claims


_backend = KeyedTokenBackend()


class _SessionToken(Token):
    def get_token_backend(self) -> KeyedTokenBackend:
        return _backend


class AccessToken(_SessionToken):
    token_type = "access"

    @property
    def lifetime(self) -> timedelta:  # type: ignore[override]  # simplejwt only reads it
        life: timedelta = settings.JWT_EXPIRES_IN
        return life


class RefreshToken(_SessionToken):
    token_type = "refresh"
    lifetime = timedelta(0)  # it lives as long as its session


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says of whom to look up. `id` is the token's own."""

    id: str
    user_id: UUID
    session_id: UUID


def access_token(*, user: User, session: Session) -> str:
    token = AccessToken()
    return _access_until(min(int(token["exp"]), _end_of(session)), token, user, session)


def session_token(*, user: User, session: Session) -> str:
    """An access token for as long as its session, in a dialect that has no call to refresh it."""
    return _access_until(_end_of(session), AccessToken(), user, session)


def _end_of(session: Session) -> int:
    return int(session.expires_at.timestamp())


def _access_until(ends: int, token: AccessToken, user: User, session: Session) -> str:
    token["exp"] = ends
    token["userId"] = str(user.pk)
    token["sid"] = str(session.pk)
    token["email"] = user.email
    token["role"] = role_word(user)
    token["permissions"] = permission_words(user)
    if session.organization_id is not None:
        token["organizationId"] = str(session.organization_id)
    return str(token)


def refresh_token(*, user_id: UUID, session_id: UUID, token_id: str, expires_at: datetime) -> str:
    token = RefreshToken()
    token["exp"] = int(expires_at.timestamp())
    token["jti"] = token_id
    token["userId"] = str(user_id)
    token["sid"] = str(session_id)
    return str(token)


def read_access(text: str) -> Claims:
    """Raises TokenRefused for anything but a live access token of ours."""
    return _read(AccessToken, text)


def read_refresh(text: str) -> Claims:
    """Raises TokenRefused for anything but a live refresh token of ours."""
    return _read(RefreshToken, text)


def _read(kind: type[Token], text: str) -> Claims:
    if len(text) > LONGEST:
        raise TokenRefused
    try:
        token = kind(text)  # type: ignore[arg-type]  # simplejwt calls the text a Token
        return Claims(id=str(token["jti"]), user_id=UUID(token["userId"]), session_id=UUID(token["sid"]))
    except (TokenError, AttributeError, TypeError, ValueError):
        raise TokenRefused from None


def role_word(user: User) -> str:
    """The account's role in the words of the tokens: user, partner or admin."""
    return "admin" if user.is_staff else ROLE_WORDS[Role(user.role)]


def permission_words(user: User) -> list[str]:
    words = ["read", "write"] if user.is_verified else ["read"]
    return [*words, "admin"] if user.is_staff else words
