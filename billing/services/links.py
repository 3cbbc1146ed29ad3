"""Where an invoice's PDF is, with a token that opens it for some minutes: what a browser follows from an answer."""

from urllib.parse import urlencode

from django.conf import settings

from billing.models import Invoice
from flashspace.base.links import LinkSigner

PDF_LINK = LinkSigner("billing.invoice")


def invoice_pdf_url(invoice: Invoice) -> str:
    token = PDF_LINK.token(str(invoice.pk))
    return f"{settings.PUBLIC_URL}/api/user/invoices/{invoice.pk}/pdf?{urlencode({'token': token})}"
