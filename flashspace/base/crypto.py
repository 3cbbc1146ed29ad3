"""Keys derived for one purpose each (HKDF), keyed hashes for what must not be readable, encryption for what must be.

Settings hold secrets newest first; the first writes, all read.
"""

import base64
import hashlib
import hmac
import re
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

CIPHERTEXT = re.compile("gAAAA[A-Za-z0-9_-]{91,}={0,2}")  # Fernet's form of an empty text and of anything longer


class Undecipherable(ValueError):
    """No key that is configured opens this value."""


@lru_cache(maxsize=64)
def derive_key(secret: str, purpose: str) -> bytes:
    """32 bytes bound to one purpose: a key for one use is useless for another."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"flashspace:{purpose}".encode()).derive(secret.encode())


@lru_cache(maxsize=8)
def _fernet(secrets_: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derive_key(s, "fields"))) for s in secrets_])


def encrypt(text: str) -> str:
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises Undecipherable."""
    try:
        return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Undecipherable("no configured key opens this value") from error


def opened_by(token: str) -> int | None:
    """Which of the configured keys opens it: 0 is the newest. None: no key does."""
    for place, key in enumerate(settings.FIELD_ENCRYPTION_KEYS):
        try:
            _fernet((key,)).decrypt(token.encode())
        except InvalidToken:
            continue
        return place
    return None


def fingerprint(secret: str) -> str:
    """What a key may be called where people read it: tells one from another and nothing of either."""
    return derive_key(secret, "fingerprint").hex()[:12]


def rotate(token: str) -> str:
    """The same value under the newest key."""
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS)).rotate(token.encode()).decode()


def keyed_hash(value: str, *, purpose: str) -> str:
    """HMAC-SHA256 in hex, under a key for `purpose`: one-time codes and tokens are stored as this."""
    key = derive_key(settings.SECRET_KEY, purpose)
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def keyed_hashes(value: str, *, purpose: str) -> list[str]:
    """The hash under every live key, newest first: look up with `__in` so that a key rotation ends nothing."""
    secrets_ = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(derive_key(s, purpose), value.encode(), hashlib.sha256).hexdigest() for s in secrets_]


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def new_digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def same(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode(), b.encode())
