"""What must not stand in an answer, a log line or an audit entry: by the name of its key, and by its shape."""

import re
from functools import lru_cache

MASK = "***"
# Words of a key that make its value secret, however the key is spelled (otpCode, refresh_token, X-Authorization).
SECRET_WORDS = frozenset({
    "password", "passwd", "pwd", "passphrase", "pin", "otp", "code", "token", "secret", "credential", "credentials",
    "authorization", "cookie", "signature", "cvv", "cvc", "card", "aadhaar", "pan",
})  # fmt: skip
HARMLESS_CODES = frozenset({"status", "error", "exit", "country", "state", "plan", "package", "postal", "language"})
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
IN_TEXT = re.compile(
    r"(?P<key>\b[\w-]*(?:password|passwd|otp|token|secret|api_?key|signature|authorization|cookie|\bcode|\bpan|"
    r"aadhaar))"
    r"(?P<sign>[\"']?\s*[:=]\s*)(?P<value>\"[^\"]*\"|'[^']*'|(?:Bearer\s+|Basic\s+)?[^\s,;&}\])]+)",
    re.IGNORECASE,
)
SHAPES = re.compile(
    r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"  # a JWT
    r"|\b[A-Z]{5}\d{4}[A-Z]\b"  # a PAN
    r"|\b[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}\b"  # an Aadhaar number
    r"|(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{40,}"  # random: what crypto.new_token makes
)
# Links carry one-time secrets in their path; with whatever follows, which is no path of ours.
LINKS = re.compile(
    r"(/(?:accept|tokens?|verify-email|confirm-email|keep-email|reset-password)/+)[^\s?#\"'<>]+", re.IGNORECASE
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def mask_text(text: str) -> str:
    """Free text without secrets of keys and links, tokens, PAN and Aadhaar numbers; control characters are escaped."""
    text = SHAPES.sub(MASK, IN_TEXT.sub(rf"\g<key>\g<sign>{MASK}", mask_path(text)))
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def mask_path(path: str) -> str:
    """The path of a request without the secret of a mailed link: an error body repeats it."""
    return LINKS.sub(rf"\1{MASK}", path)


@lru_cache(maxsize=2048)
def is_secret(key: str) -> bool:
    """Whether a value under this name may not be shown: newPassword, mfa_code, HTTP_COOKIE; not status_code."""
    words = {word.lower() for word in WORDS.findall(key)}
    if "code" in words and words & HARMLESS_CODES:
        words.remove("code")
    return not SECRET_WORDS.isdisjoint(words)
