from billing.selectors.invoices import (
    InvoiceSummary,
    Proof,
    find_invoice_by_code,
    get_invoice,
    get_invoice_by_link,
    get_payment,
    list_invoices,
    list_payments,
    prove_invoice,
    summarize_invoices,
)

__all__ = [
    "InvoiceSummary",
    "Proof",
    "find_invoice_by_code",
    "get_invoice",
    "get_invoice_by_link",
    "get_payment",
    "list_invoices",
    "list_payments",
    "prove_invoice",
    "summarize_invoices",
]
