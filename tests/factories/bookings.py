"""Bookings as the services make them: through every step that their status implies."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from accounts.enums import DocumentType, KycStatus
from accounts.models import KycDocument, KycProfile, User
from accounts.services.kyc_review import approve_case
from billing.enums import Gateway
from billing.models import SellerEntity
from billing.services.payments import start_payment, verify_payment
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.services.booking import Wish, create_booking
from bookings.services.cancellation import cancel_booking_by_staff
from bookings.services.lifecycle import expire_booking
from flashspace.base.clock import now, pretend, start_of
from listings.models import Space
from tests.factories.listings import SpaceFactory


def make_seller(**fields: Any) -> SellerEntity:
    """The default entity, in Maharashtra; the one there is when there is one."""
    values = {
        "legal_name": "FlashSpace Workspaces Private Limited",
        "address": "4th Floor, Business Park\nAndheri East, Mumbai - 400069",
        "state_code": "27",
        "gstin": "27AAFCF1234K1Z4",
        "pan": "AAFCF1234K",
        "invoice_prefix": "INV",
        "is_default": True,
        **fields,
    }
    return SellerEntity.objects.get_or_create(invoice_prefix=values["invoice_prefix"], defaults=values)[0]


def make_customer(**fields: Any) -> User:
    values = {"full_name": "Anshu Prasad", "email_verified_at": now(), **fields}
    return User.objects.create_user(values.pop("email", f"{uuid4().hex[:12]}@example.com"), None, **values)


def open_case(user: User, **fields: Any) -> KycProfile:
    """A KYC case that waits for review, with a PAN card."""
    waiting = {"status": KycStatus.PENDING, "submitted_at": now(), **fields}
    case = KycProfile.objects.update_or_create(user=user, defaults=waiting)[0]
    KycDocument.objects.create(
        profile=case,
        type=DocumentType.PAN_CARD,
        name="PAN Card",
        file_url="https://example.com/pan.pdf",
        uploaded_at=now(),
    )
    return case


def approve_kyc(user: User, **fields: Any) -> KycProfile:
    """An approved case, as a reviewer approves it: paid bookings begin."""
    known = KycProfile.objects.filter(user=user, status=KycStatus.APPROVED).first()
    reviewer = User.objects.filter(email="kyc-desk@example.com").first() or make_customer(
        email="kyc-desk@example.com", is_staff=True, is_superuser=True
    )
    return known or approve_case(case=open_case(user, **fields), actor=reviewer)


def make_space(**fields: Any) -> Space:
    """Premium Virtual Office - Andheri, whose `gst` plan costs the document's 15,000 a year."""
    values = {
        "name": "Premium Virtual Office - Andheri",
        "address": "123, Business Park, Andheri East, Mumbai",
        "area": "Andheri",
        "plans": {"gst": 1250, "mailing": 500, "day": 400, "seat": 5000},
        **fields,
    }
    return SpaceFactory(**values)


def book(
    *,
    customer: User | None = None,
    space: Space | None = None,
    plan: str = "gst",
    start_on: date | None = None,
    **wish: Any,
) -> Booking:
    """An unpaid booking, made now."""
    make_seller()
    asked = {"tenure": None if plan == "day" else 12, **wish}
    return create_booking(
        wish=Wish(space_id=(space or make_space()).pk, plan_code=plan, start_on=start_on, **asked),
        actor=customer or make_customer(),
    )


def pay(booking: Booking) -> Booking:
    """Pay it in the sandbox, as a customer does."""
    assert booking.invoice_id
    payment = start_payment(invoice_id=booking.invoice_id, gateway=Gateway.SANDBOX, actor=booking.customer).payment
    verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=booking.customer)
    return Booking.objects.get(pk=booking.pk)


def make_booking(status: str = BookingStatus.PENDING_PAYMENT, **options: Any) -> Booking:
    """A booking in any status, by the steps that lead there."""
    customer = options.pop("customer", None) or make_customer()
    booking = book(customer=customer, **options)
    if status == BookingStatus.CANCELLED:
        return cancel_booking_by_staff(booking=booking, reason="Asked by phone", actor=customer)
    if status == BookingStatus.PENDING_PAYMENT:
        return booking
    if status != BookingStatus.PENDING_KYC:
        approve_kyc(customer)
    pay(booking)
    if status == BookingStatus.EXPIRED:
        end = start_of(booking.end_on) + timedelta(hours=1)
        with pretend(end):
            assert expire_booking(booking.pk, end)
    booking.refresh_from_db()
    return booking


def nano_body(space: Space, **fields: Any) -> Mapping[str, Any]:
    """CONTRACT's request: the GST plan for a year from 10 January."""
    return {"property_id": str(space.pk), "plan": "gst", "start_date": "2026-01-10", "tenure": 12, **fields}
