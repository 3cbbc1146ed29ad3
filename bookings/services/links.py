"""Short-lived links that open one paper without a token: what a browser follows from the booking's page."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

LINK_SECONDS = 5 * 60

_signer = TimestampSigner(salt="bookings.document")


def document_url(booking_id: UUID, kind: str) -> str:
    paper = f"{booking_id}:{kind}"
    token = _signer.sign(paper).removeprefix(f"{paper}:")
    return f"{settings.PUBLIC_URL}/api/user/bookings/{booking_id}/documents/{kind}?{urlencode({'token': token})}"


def is_good_link(booking_id: str, kind: str, token: str) -> bool:
    """Whether the token was given out for this paper within the last minutes."""
    try:
        _signer.unsign(f"{booking_id}:{kind}:{token}", max_age=LINK_SECONDS)
    except BadSignature:
        return False
    return True
