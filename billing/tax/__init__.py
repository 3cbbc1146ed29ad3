"""GST: pure functions over a dated table. No models, no clock, no settings."""

from billing.tax.amounts import split_inclusive
from billing.tax.compute import LineIn, RateTotal, TaxedInvoice, TaxedLine, compute_invoice
from billing.tax.kinds import SAC_CODES, BuyerKind, ServiceKind, Treatment, buyer_kind
from billing.tax.rules import NoTaxRule, TaxRule, place_of_supply, tax_rule
from billing.tax.stays import Stay

__all__ = [
    "SAC_CODES",
    "BuyerKind",
    "LineIn",
    "NoTaxRule",
    "RateTotal",
    "ServiceKind",
    "Stay",
    "TaxRule",
    "TaxedInvoice",
    "TaxedLine",
    "Treatment",
    "buyer_kind",
    "compute_invoice",
    "place_of_supply",
    "split_inclusive",
    "tax_rule",
]
