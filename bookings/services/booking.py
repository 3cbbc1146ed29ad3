"""Making a booking: seats are taken, a price is fixed and an invoice is issued, all of it or nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from accounts.models import User
from billing.models import Invoice
from billing.services.invoices import issue_invoice
from billing.services.numbers import take_number
from bookings.enums import TimelineStatus
from bookings.exceptions import PriceMismatch, SpaceNotBookable
from bookings.models import Booking
from bookings.services.capacity import check_free
from bookings.services.moves import add_timeline
from bookings.services.pricing import Term, plan_term, total_price
from bookings.services.wording import describe_booking, invoice_line
from flashspace.base.clock import now, today
from flashspace.base.errors import Invalid
from flashspace.base.locks import atomic, lock_row
from flashspace.base.models import new_id
from listings.exceptions import SpaceUnknown
from listings.models import Plan, Space

SERIES = "FS"
# kilobytes that only its own page shows
NOT_NEEDED = ("description", "features", "document", "list_document")


@dataclass(frozen=True)
class Wish:
    """What a customer asks for. Empty contact data are their own; `total_amount` is what they expect to pay."""

    space_id: UUID
    plan_code: str
    start_on: date | None = None
    end_date: date | None = None
    tenure: int | None = None
    quantity: int = 1
    total_amount: Decimal | None = None
    customer_name: str = ""
    customer_email: str = ""
    customer_phone: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Quote:
    """What it will be: the plan, the term, the price and the seats."""

    plan: Plan
    term: Term
    total: Decimal
    seats: int


def create_booking(*, wish: Wish, actor: User) -> Booking:
    """Book for `actor` and hold the seats while the invoice, `booking.invoice`, is unpaid.

    Raises SpaceUnknown, SpaceNotBookable, Invalid, PriceMismatch and SpaceFull.
    """
    with atomic():
        space = _lock_space(wish.space_id)
        at = now()  # read under the lock: a hold that ran out while we waited is over
        quote = make_quote(space, wish, today=today(at))
        check_free(space, seats=quote.seats, start_on=quote.term.start_on, end_on=quote.term.end_on, at=at)
        booking = _draft(space, wish, quote, actor=actor, at=at)
        # The counters come last: everybody who books anywhere waits for them.
        booking.number = take_number(SERIES, on=today(at), width=5)
        booking.invoice = _issue(booking, space, quote, actor=actor)
        booking.save(force_insert=True)
        add_timeline(booking, TimelineStatus.CREATED, "Booked, waiting for payment", at=at, actor=actor)
    return booking


def make_quote(space: Space, wish: Wish, *, today: date) -> Quote:
    """Read the plan and work out term and price. Raises Invalid, SpaceNotBookable and PriceMismatch."""
    plan = space.plans.filter(code=wish.plan_code).first()
    if plan is None:
        raise Invalid("This listing has no such plan", field="plan")
    if not plan.amount:
        raise SpaceNotBookable("This plan has no price yet")
    term = plan_term(
        period=plan.period, start_on=wish.start_on or today, end_date=wish.end_date, tenure=wish.tenure, today=today
    )
    total = total_price(amount=plan.amount, quantity=wish.quantity, tenure=term.tenure)
    if wish.total_amount is not None and wish.total_amount != total:
        raise PriceMismatch(extra={"total_amount": total})
    return Quote(plan, term, total, wish.quantity * plan.seats)


def _lock_space(space_id: UUID) -> Space:
    """Only what is public can be booked; it always has a state, where its rent is taxed."""
    try:
        return lock_row(Space.objects.public().defer(*NOT_NEEDED), pk=space_id)
    except Space.DoesNotExist:
        raise SpaceUnknown from None


def _draft(space: Space, wish: Wish, quote: Quote, *, actor: User, at: datetime) -> Booking:
    plan, term = quote.plan, quote.term
    return Booking(
        id=new_id(),
        customer=actor,
        space=space,
        kind=space.kind,
        plan_code=plan.code,
        plan_name=plan.name,
        unit_price=plan.amount,
        quantity=wish.quantity,
        seats=quote.seats,
        tenure=term.tenure,
        tenure_unit=term.unit,
        total_amount=quote.total,
        start_on=term.start_on,
        end_on=term.end_on,
        hold_expires_at=at + timedelta(minutes=settings.BOOKING_HOLD_MINUTES),
        snapshot=take_snapshot(space),
        customer_name=wish.customer_name or actor.full_name,
        customer_email=wish.customer_email or actor.email,
        customer_phone=wish.customer_phone or actor.phone_typed or actor.phone,
        notes=wish.notes,
    )


def take_snapshot(space: Space) -> dict[str, object]:
    """The space as it was when it was booked, in the words of the flashspace document: a booking shows it as it is."""
    has_place = space.latitude is not None and space.longitude is not None
    return {
        "_id": str(space.pk),
        "name": space.name,
        "address": space.address,
        "city": space.city,
        "area": space.area,
        "pincode": space.pincode,
        "stateCode": space.state_code,
        "image": space.image_url or _first_photo(space),
        "coordinates": {"lat": space.latitude, "lng": space.longitude} if has_place else None,
    }


def _first_photo(space: Space) -> str:
    photo = space.photos.filter(is_proposed=False).first()
    return str(photo.file.url) if photo else ""


def _issue(booking: Booking, space: Space, quote: Quote, *, actor: User) -> Invoice:
    return issue_invoice(
        customer=actor,
        source_type="booking",
        source_id=booking.pk,
        source_number=booking.number,
        description=describe_booking(space, plan_code=quote.plan.code, plan_name=quote.plan.name),
        lines=[invoice_line(space, quote.plan, quote.term, quantity=booking.quantity)],
        property_state=space.state_code,
        due_at=booking.hold_expires_at,
    )
