"""Invoices and payments as the services make them, for a thing that stands for whatever is billed."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from accounts.models import Budget, User
from billing.billables import Billable
from billing.enums import Gateway
from billing.gateways.sandbox import Sandbox, sign
from billing.models import Invoice, Payment, SellerEntity
from billing.services.invoices import issue_invoice
from billing.services.payments import StartedPayment, start_payment
from billing.tax import LineIn, ServiceKind
from flashspace.base.clock import now
from flashspace.base.errors import Conflict
from flashspace.base.locks import atomic, lock_row
from tests.factories.accounts import UserFactory

THING = "test thing"
MAHARASHTRA, KARNATAKA = "27", "29"


def make_seller(**fields: Any) -> SellerEntity:
    """The default entity, in Maharashtra; the one there is when there is one with its prefix."""
    values = {
        "legal_name": "FlashSpace Workspaces Private Limited",
        "address": "4th Floor, Business Park\nAndheri East, Mumbai - 400069",
        "state_code": MAHARASHTRA,
        "gstin": "27AAFCF1234K1Z4",
        "pan": "AAFCF1234K",
        "invoice_prefix": "INV",
        "is_default": True,
        **fields,
    }
    return SellerEntity.objects.get_or_create(invoice_prefix=values["invoice_prefix"], defaults=values)[0]


def make_branch(state_code: str = KARNATAKA, prefix: str = "I29", **fields: Any) -> SellerEntity:
    """A registration beside the default one."""
    return make_seller(
        state_code=state_code,
        gstin=f"{state_code}AAFCF1234K1Z0",
        invoice_prefix=prefix,
        is_default=False,
        **fields,
    )


def make_line(price: int = 15000, **fields: Any) -> LineIn:
    """The document's line: 15,000 with GST, 12,712 without."""
    values = {
        "description": "GST Registration Plan - 1 Year",
        "service": ServiceKind.VIRTUAL_OFFICE_REGISTRATION,
        "unit_price": Decimal(price),
        **fields,
    }
    return LineIn(**values)


def make_invoice(
    *, customer: User | None = None, lines: Sequence[LineIn] | None = None, source_id: UUID | None = None, **fields: Any
) -> Invoice:
    """An unpaid invoice of a thing that can be delivered."""
    make_seller()
    values = {
        "description": "Virtual Office - GST Plan (Andheri)",
        "property_state": MAHARASHTRA,
        "source_number": "FS-2026-00042",
        **fields,
    }
    with atomic():
        return issue_invoice(
            customer=customer or UserFactory(full_name="Anshu Prasad"),
            source_type="test",
            source_id=source_id or make_thing(),
            lines=lines or [make_line()],
            **values,
        )


def start(invoice: Invoice, *, actor: User | None = None) -> StartedPayment:
    return start_payment(invoice_id=invoice.pk, gateway=Gateway.SANDBOX, actor=actor or invoice.customer)


def make_payment(invoice: Invoice | None = None) -> Payment:
    """A payment that is open at the sandbox."""
    return start(invoice or make_invoice()).payment


def make_event(payment: Payment, kind: str = "payment.captured", **changes: Any) -> dict[str, Any]:
    """An event of the sandbox as it stands in a webhook's body. `changes` go into its data."""
    captured = {"reference": f"money_{payment.pk.hex}", "amount": int(payment.amount * 100), "currency": "INR"}
    data = {"transaction_id": payment.transaction_id, **(captured if kind == "payment.captured" else {}), **changes}
    return {"id": f"evt_{uuid4().hex}", "type": kind, "data": data}


def signed(body: bytes) -> dict[str, str]:
    """The headers of a webhook with this body."""
    return {"X-Sandbox-Signature": sign(body)}


SANDBOX = Sandbox()


def make_thing() -> UUID:
    """Something to bill. It is a row that can be locked; its count says how often it was delivered."""
    thing_id = uuid4()
    Budget.objects.create(name=THING, key=str(thing_id), resets_at=now())
    return thing_id


def deliveries(id: UUID) -> int:
    return Budget.objects.get(name=THING, key=str(id)).count


class Things:
    """The owner of things, as bookings are one. `gone`: cannot be delivered; `slow`: seconds a delivery takes."""

    def __init__(self) -> None:
        self.gone: set[UUID] = set()
        self.lapsed: list[UUID] = []
        self.started: list[UUID] = []
        self.refuses_payment = False
        self.breaks = False
        self.slow = 0.0

    @property
    def billable(self) -> Billable:
        return Billable(
            lock=self._lock,
            on_payment_started=self._start,
            on_paid=self._deliver,
            on_lapsed=self._lapse,
            admin_url="/admin/things/{}".format,
            find_known=self._known,
        )

    def _known(self, ids: Collection[UUID]) -> set[UUID]:
        kept = Budget.objects.filter(name=THING, key__in=map(str, ids)).values_list("key", flat=True)
        return set(map(UUID, kept))

    def _lock(self, id: UUID) -> Budget:
        return lock_row(Budget.objects.all(), name=THING, key=str(id))

    def _start(self, id: UUID, at: datetime) -> None:
        if self.refuses_payment:
            raise Conflict("The hold ran out")
        self.started.append(id)

    def _deliver(self, invoice: Invoice, payment: Payment, at: datetime) -> bool:
        if self.breaks:
            raise RuntimeError("the owner of the thing failed")
        if invoice.source_id in self.gone:
            return False
        thing = Budget.objects.get(name=THING, key=str(invoice.source_id))
        time.sleep(self.slow)
        thing.count += 1
        thing.save(update_fields=["count"])
        return True

    def _lapse(self, invoice: Invoice, payment: Payment, at: datetime) -> None:
        self.lapsed.append(invoice.source_id)
