"""Text from strangers: what may be stored, and how identities are compared."""

import re
import unicodedata

# NUL breaks PostgreSQL, lone surrogates break UTF-8 (one stored row makes every later list fail).
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def is_storable(text: str) -> bool:
    return UNSTORABLE.search(text) is None


def normalize_email(email: str) -> str:
    """The one spelling by which an address is unique: NFKC, case-folded, trimmed."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def one_line(text: str, *, limit: int = 200) -> str:
    """Without control characters, bidirectional marks and line breaks: fit for a header, a log line or a file name."""
    return " ".join(CONTROL.sub("", text).split())[:limit]


def mask_email(email: str) -> str:
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
