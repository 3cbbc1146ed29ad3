"""TOTP (RFC 6238) by allauth, whose modules of that part are called internal: they are imported here only."""

import base64
import re
from collections.abc import Iterator

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

from accounts.models import User
from flashspace.base import crypto
from flashspace.base.clock import now

__all__ = ["Authenticator", "MfaAdapter", "clean_code", "matching_step", "new_secret", "qr_image", "totp_address"]

PERIOD = 30
TOLERANCE = 1  # steps before and after, for clocks that are wrong; a step that was used, or an older one, is refused
SPACING = str.maketrans("", "", " -")  # apps show "123 456", and backup codes are written with a dash


class MfaAdapter(DefaultMFAAdapter):
    """allauth's own would keep secrets in the clear."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)


def new_secret() -> str:
    """160 random bits in base 32."""
    secret: str = generate_totp_secret()
    return secret


def clean_code(code: str, *, digits: int) -> str:
    """A code without the spacing people type; empty when it is not exactly `digits` ASCII digits."""
    bare = code.translate(SPACING)
    return bare if re.fullmatch(rf"[0-9]{{{digits}}}", bare) else ""


def matching_step(secret: str, code: str, *, after: int) -> int | None:
    """The time step that `code` belongs to, if it is a live one later than `after`."""
    bare = clean_code(code, digits=6)
    found = [step for step in _live_steps() if step > after and crypto.same(code_of_step(secret, step), bare)]
    return found[0] if bare and found else None


def code_of_step(secret: str, step: int) -> str:
    code: str = format_hotp_value(hotp_value(secret, step))
    return code


def current_step() -> int:
    return int(now().timestamp()) // PERIOD


def _live_steps() -> Iterator[int]:
    yield from range(current_step() - TOLERANCE, current_step() + TOLERANCE + 1)


def totp_address(user: User, secret: str) -> str:
    """`otpauth://totp/…`, which every authenticator app reads."""
    address: str = MfaAdapter().build_totp_url(user, secret)
    return address


def qr_image(address: str) -> str:
    """As the address of an SVG picture that needs no request."""
    svg: str = MfaAdapter().build_totp_svg(address)
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
