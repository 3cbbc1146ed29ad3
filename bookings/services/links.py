"""Where a paper's PDF is, with a token that opens it for some minutes: what a browser follows from an answer."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from flashspace.base.links import LinkSigner

DOCUMENT_LINK = LinkSigner("bookings.document")


def document_url(booking_id: UUID, kind: str) -> str:
    token = DOCUMENT_LINK.token(f"{booking_id}:{kind}")
    return f"{settings.PUBLIC_URL}/api/user/bookings/{booking_id}/documents/{kind}?{urlencode({'token': token})}"


def is_good_link(booking_id: str, kind: str, token: str) -> bool:
    return DOCUMENT_LINK.is_good(f"{booking_id}:{kind}", token)
