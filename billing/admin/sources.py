from django.utils.html import format_html

from billing.billables import NoBillable, billable_of
from billing.models import Invoice


def link_to_source(invoice: Invoice) -> str:
    """What an invoice is for, as a link to its page where an app has one."""
    text = invoice.source_number or str(invoice.source_id)
    try:
        url = billable_of(invoice).admin_url(invoice.source_id)
    except NoBillable:
        return text
    return format_html('<a class="underline" href="{}">{}</a>', url, text)
