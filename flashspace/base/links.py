"""Links that open one thing for a few minutes without a sign-in: what a browser follows from an answer."""

from django.core.signing import BadSignature, TimestampSigner

LINK_SECONDS = 5 * 60


class LinkSigner:
    """Tokens bound to one purpose and one thing."""

    def __init__(self, purpose: str, *, seconds: int = LINK_SECONDS) -> None:
        self._signer = TimestampSigner(salt=f"flashspace.link.{purpose}")
        self._seconds = seconds

    def token(self, thing: str) -> str:
        return self._signer.sign(thing).removeprefix(f"{thing}:")

    def is_good(self, thing: str, token: str) -> bool:
        """Whether the token was given out for this thing within the last minutes."""
        try:
            return self._signer.unsign(f"{thing}:{token}", max_age=self._seconds) == thing
        except BadSignature:
            return False
