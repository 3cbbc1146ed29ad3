"""The hash of an invoice as it was issued."""

from dataclasses import asdict

from billing.pdf.documents import InvoiceDocument
from flashspace.base.pdf.hashing import hash_content

# what happens to an invoice later, and where it is verified, is no part of what was issued
LATER = ("paid_on", "payment_reference", "is_cancelled", "verification_url")


def content_hash(document: InvoiceDocument) -> str:
    """SHA-256 in hex. It is the same before and after payment, and printed on both papers."""
    content = asdict(document)
    for name in LATER:
        del content[name]
    return hash_content(content)
