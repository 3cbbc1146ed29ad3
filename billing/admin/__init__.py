from billing.admin.events import GatewayEventAdmin
from billing.admin.invoices import InvoiceAdmin
from billing.admin.numbers import NumberSeriesAdmin
from billing.admin.organizations import PackagedOrganizationAdmin
from billing.admin.payments import PaymentAdmin
from billing.admin.refunds import RefundAdmin
from billing.admin.sellers import SellerEntityAdmin

__all__ = [
    "GatewayEventAdmin",
    "InvoiceAdmin",
    "NumberSeriesAdmin",
    "PackagedOrganizationAdmin",
    "PaymentAdmin",
    "RefundAdmin",
    "SellerEntityAdmin",
]
