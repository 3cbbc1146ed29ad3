"""Rows as the figures count them, put down at a moment of one's choice."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from accounts.enums import KycStatus, MailStatus
from accounts.models import KycProfile, Mail, User
from billing.enums import EventMeaning, EventOutcome, EventSource, Gateway, InvoiceStatus, PaymentStatus, RefundCause
from billing.models import GatewayEvent, Invoice, Payment, Refund
from bookings.enums import BookingStatus, CancelReason
from bookings.models import Booking
from listings.enums import RevisionStatus, SpaceStatus
from listings.models import Space, SpaceRevision
from tests.factories.billing import make_seller
from tests.factories.listings import SpaceFactory


def put_person(at: datetime, **fields: Any) -> User:
    values = {"email": f"{uuid4().hex}@example.com", "created_at": at, **fields}
    return User.objects.create(**values)


def put_invoice(
    at: datetime, net: str = "1000.00", gst: str = "180.00", status: str = "paid", **fields: Any
) -> Invoice:
    """Paid at `at`, unless another status says otherwise."""
    amounts = {"subtotal": Decimal(net), "tax_amount": Decimal(gst), "igst": Decimal(gst)}
    values = {
        "number": uuid4().hex[:16],
        "status": status,
        "customer": fields.pop("customer", None) or put_person(at),
        "source_type": "test",
        "source_id": uuid4(),
        "description": "A desk",
        "seller": make_seller(),
        "billing_name": "Anshu Prasad",
        "place_of_supply": "27",
        "total": Decimal(net) + Decimal(gst),
        "issued_at": at,
        "due_at": at,
        "paid_at": at if status == InvoiceStatus.PAID else None,
        "verification_code": uuid4().hex,
        **amounts,
        **fields,
    }
    return Invoice.objects.create(**values)


def put_refund(at: datetime, **fields: Any) -> Refund:
    invoice = put_invoice(at)
    payment = Payment.objects.create(
        invoice=invoice,
        user=invoice.customer,
        gateway=Gateway.SANDBOX,
        transaction_id=uuid4().hex,
        amount=invoice.total,
        status=PaymentStatus.COMPLETED,
        completed_at=at,
    )
    values = {"payment": payment, "amount": 10, "cause": RefundCause.SURPLUS, "reason": "Twice", "created_at": at}
    return Refund.objects.create(**{**values, **fields})


def put_event(at: datetime, **fields: Any) -> GatewayEvent:
    values = {
        "gateway": Gateway.SANDBOX,
        "event_id": uuid4().hex,
        "source": EventSource.WEBHOOK,
        "kind": "payment.captured",
        "meaning": EventMeaning.CAPTURED,
        "outcome": EventOutcome.FAILED,
        "created_at": at,
    }
    return GatewayEvent.objects.create(**{**values, **fields})


def put_mail(at: datetime, **fields: Any) -> Mail:
    values = {"to": "a@example.com", "subject": "S", "text": "T", "template": "x", "due_at": at, "created_at": at}
    return Mail.objects.create(**{**values, "status": MailStatus.DEAD, **fields})


def put_case(at: datetime, **fields: Any) -> KycProfile:
    user = fields.pop("user", None) or put_person(at)
    return KycProfile.objects.create(user=user, **{"status": KycStatus.PENDING, "submitted_at": at, **fields})


def put_space(at: datetime, **fields: Any) -> Space:
    return SpaceFactory(**{"status": SpaceStatus.PENDING, "submitted_at": at, "plans": (), **fields})


def put_revision(at: datetime, **fields: Any) -> SpaceRevision:
    space = SpaceFactory(plans=())
    values = {"space": space, "changes": {"name": "New"}, "status": RevisionStatus.PENDING, "created_at": at}
    return SpaceRevision.objects.create(**{**values, **fields})


TIMES: Mapping[str, tuple[str, ...]] = {
    BookingStatus.PENDING_PAYMENT: (),
    BookingStatus.PENDING_KYC: ("confirmed_at",),
    BookingStatus.ACTIVE: ("confirmed_at", "activated_at"),
    BookingStatus.EXPIRED: ("confirmed_at", "activated_at", "expired_at"),
    BookingStatus.CANCELLED: ("cancelled_at",),
}


def put_booking(at: datetime, status: str = BookingStatus.ACTIVE, **fields: Any) -> Booking:
    """From the day of `at`, for thirty days."""
    space = fields.pop("space", None) or SpaceFactory(plans=())
    first: date = fields.pop("start_on", None) or at.date()
    values = {
        "number": uuid4().hex[:16],
        "customer": fields.pop("customer", None) or put_person(at),
        "space": space,
        "kind": space.kind,
        "status": status,
        "plan_code": "seat",
        "plan_name": "Seat",
        "unit_price": 1000,
        "seats": 1,
        "tenure": 1,
        "total_amount": 1000,
        "start_on": first,
        "end_on": first + timedelta(days=30),
        "hold_expires_at": at + timedelta(minutes=30),
        "snapshot": {"name": space.name, "address": space.address, "city": space.city, "pincode": ""},
        "created_at": at,
        **dict.fromkeys(TIMES[status], at),
    }
    if status == BookingStatus.CANCELLED:
        values["cancel_reason"] = CancelReason.STAFF
    return Booking.objects.create(**{**values, **fields})
