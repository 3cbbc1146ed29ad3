"""Bookings of the demo in every state, lived through at the times they tell of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from billing.models import Invoice
from billing.services.payments import start_payment, verify_payment
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.services.booking import Wish, create_booking
from bookings.services.cancellation import cancel_booking, release_hold
from bookings.services.lifecycle import expire_booking
from bookings.services.renewal import set_auto_renew
from flashspace.base import clock
from flashspace.base.clock import today
from listings.models import Space


@dataclass(frozen=True)
class Story:
    """`began` days ago, somebody books `space` (a position in the city); `end` is what became of it."""

    email: str
    city: str
    space: int
    plan: str
    began: int
    tenure: int
    end: str
    quantity: int = 1
    auto_renew: bool = False


ENDS = {
    "unpaid": BookingStatus.PENDING_PAYMENT,
    "paid": BookingStatus.ACTIVE,
    "waiting": BookingStatus.PENDING_KYC,
    "expired": BookingStatus.EXPIRED,
    "cancelled": BookingStatus.CANCELLED,
    "lapsed": BookingStatus.CANCELLED,
}
STORIES = (
    Story("asha@example.com", "Mumbai", 0, "gst", 210, 12, "paid", auto_renew=True),
    Story("asha@example.com", "Mumbai", 6, "standard", 150, 3, "expired", quantity=2),
    Story("asha@example.com", "Delhi", 1, "br", 40, 24, "paid"),
    Story("asha@example.com", "Pune", 0, "mailing", 0, 6, "unpaid"),
    Story("rohan@example.com", "Pune", 1, "gst", 120, 12, "paid", auto_renew=True),
    Story("rohan@example.com", "Pune", 6, "seat", 75, 6, "paid", quantity=4),
    Story("rohan@example.com", "Mumbai", 3, "mailing", 20, 12, "cancelled"),
    Story("farah@example.com", "Bengaluru", 7, "seat", 95, 6, "paid", quantity=3),
    Story("farah@example.com", "Bengaluru", 0, "gst", 60, 12, "paid"),
    Story("farah@example.com", "Chennai", 9, "month", 30, 4, "paid"),
    Story("farah@example.com", "Hyderabad", 4, "standard", 9, 12, "lapsed"),
    Story("vikram@example.com", "Delhi", 0, "gst", 6, 12, "waiting"),
    Story("divya@example.com", "Chennai", 0, "gst", 3, 24, "waiting"),
    Story("divya@example.com", "Chennai", 5, "br", 2, 12, "waiting"),
    Story("kabir@example.com", "Hyderabad", 0, "gst", 12, 12, "waiting"),
    Story("leela@example.com", "Bengaluru", 4, "mailing", 15, 12, "waiting"),
    Story("nikhil@example.com", "Mumbai", 8, "seat", 0, 1, "unpaid", quantity=2),
    Story("farah@example.com", "Hyderabad", 8, "day", 33, 1, "expired"),
)


def seed_bookings(*, people: dict[str, User], spaces: dict[str, list[Space]]) -> Iterator[Booking]:
    """Every story, for people who have none yet."""
    told = set(Booking.objects.filter(customer__in=people.values()).values_list("customer__email", flat=True))
    for story in sorted(STORIES, key=lambda story: -story.began):
        if story.email not in told:
            yield _live(story, people[story.email], spaces[story.city][story.space])


def _live(story: Story, customer: User, space: Space) -> Booking:
    at = clock.now() - timedelta(days=story.began)
    with clock.pretend(at):
        booking = create_booking(wish=_wish(story, space, today(at)), actor=customer)
    with clock.pretend(at + timedelta(minutes=4)):
        if story.end in ("paid", "waiting", "expired"):
            _pay(booking, customer)
        elif story.end == "cancelled":
            cancel_booking(booking=booking, actor=customer)
    if story.auto_renew:
        set_auto_renew(booking=booking, auto_renew=True, actor=customer)
    _end(story, booking)
    booking.refresh_from_db()
    return booking


def _wish(story: Story, space: Space, on: date) -> Wish:
    tenure = None if story.plan == "day" else story.tenure
    return Wish(space_id=space.pk, plan_code=story.plan, start_on=on, tenure=tenure, quantity=story.quantity)


def _pay(booking: Booking, customer: User) -> None:
    invoice = Invoice.objects.get(source_type="booking", source_id=booking.pk)
    payment = start_payment(invoice_id=invoice.pk, gateway="sandbox", actor=customer).payment
    verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=customer)


def _end(story: Story, booking: Booking) -> None:
    if story.end == "lapsed":
        at = booking.hold_expires_at + timedelta(minutes=1)
        with clock.pretend(at):
            release_hold(booking.pk, at)
    if story.end == "expired":
        at = clock.start_of(booking.end_on) + timedelta(hours=1)
        with clock.pretend(at):
            expire_booking(booking.pk, at)
