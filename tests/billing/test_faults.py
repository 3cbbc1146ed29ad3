"""The database gives up at any statement of a payment: then all of it happened or nothing, and a retry ends well."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection

from accounts.models import Mail
from billing import integrity  # noqa: F401  registers its rules
from billing.enums import InvoiceStatus
from billing.models import Invoice, Payment
from billing.services.events import APPLY_EVENTS, GRACE
from billing.services.payments import start_payment, verify_payment
from flashspace.base.clock import now
from flashspace.base.integrity import rules
from flashspace.base.sweeps import run_sweep
from tests.factories.billing import Things, deliveries, make_invoice

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

MOST_STATEMENTS = 80


class Outage:
    """Lets `after` statements through and refuses one."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.happened = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left == -1:
            self.happened = True
            raise OperationalError("canceling statement due to statement timeout")
        return execute(sql, params, many, context)


def start_and_verify(invoice: Invoice) -> Payment:
    payment = start_payment(invoice_id=invoice.pk, gateway="sandbox", actor=invoice.customer).payment
    return verify_payment(
        payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=invoice.customer
    )


def broken() -> list[str]:
    own = [one for one in rules() if one.find.__module__ == "billing.integrity"]
    return [line for one in own for line in one.find().violations]


def test_an_outage_at_any_statement_leaves_no_half_payment(things: Things) -> None:
    for after in range(MOST_STATEMENTS):
        invoice = make_invoice()
        outage = Outage(after)
        with suppress(OperationalError), connection.execute_wrapper(outage):
            start_and_verify(invoice)
        assert broken() == [], f"after {after} statements"
        run_sweep(APPLY_EVENTS, at=now() + GRACE)
        invoice.refresh_from_db()
        if invoice.status != InvoiceStatus.PAID:
            start_and_verify(invoice)
        invoice.refresh_from_db()
        paid = (invoice.status, invoice.payments.count(), deliveries(invoice.source_id))
        assert paid == (InvoiceStatus.PAID, 1, 1), f"after {after} statements"
        assert Mail.objects.filter(dedupe_key=f"invoice_paid:{invoice.pk}").count() == 1
        assert broken() == []
        if not outage.happened:
            assert after > 20
            return
    pytest.fail("a payment takes more statements than were tried")
