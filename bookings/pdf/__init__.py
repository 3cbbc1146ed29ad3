"""The papers of a booking: plain data in, bytes out."""

from bookings.pdf.agreement import render_agreement
from bookings.pdf.documents import AgreementDocument, NocDocument, Premises
from bookings.pdf.hashing import content_hash
from bookings.pdf.noc import render_noc

__all__ = ["AgreementDocument", "NocDocument", "Premises", "content_hash", "render_agreement", "render_noc"]
