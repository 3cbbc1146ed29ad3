from billing.models.invoices import Invoice, InvoiceLine
from billing.models.payments import GatewayEvent, Payment, Refund
from billing.models.sellers import NumberSeries, SellerEntity

__all__ = ["GatewayEvent", "Invoice", "InvoiceLine", "NumberSeries", "Payment", "Refund", "SellerEntity"]
