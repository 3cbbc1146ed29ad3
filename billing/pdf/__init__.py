"""Invoices on paper: plain data in, bytes out."""

from billing.pdf.documents import InvoiceDocument, PrintedLine
from billing.pdf.hashing import content_hash
from billing.pdf.invoice import render_invoice

__all__ = ["InvoiceDocument", "PrintedLine", "content_hash", "render_invoice"]
