from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings

from accounts.models import User
from bookings.enums import BookingStatus, TenureUnit, TimelineStatus
from bookings.exceptions import PriceMismatch, SpaceFull, SpaceNotBookable
from bookings.models import Booking
from bookings.services.booking import Wish, create_booking
from flashspace.base.clock import now, pretend
from flashspace.base.errors import Invalid
from listings.enums import SpaceStatus
from listings.exceptions import SpaceUnknown
from listings.models import Space, SpacePhoto
from tests.factories.bookings import book, make_booking, make_customer, make_space


def test_create_booking_holds_seats_and_issues_the_invoice(january, space: Space, customer: User) -> None:
    booking = book(space=space, customer=customer, start_on=date(2026, 1, 10), total_amount=Decimal(15000))
    booking.refresh_from_db()
    assert (booking.number, booking.status) == ("FS-2026-00001", BookingStatus.PENDING_PAYMENT)
    assert (booking.start_on, booking.end_on) == (date(2026, 1, 10), date(2027, 1, 10))
    assert (booking.tenure, booking.tenure_unit, booking.total_amount) == (12, TenureUnit.MONTHS, Decimal(15000))
    assert booking.hold_expires_at == january + timedelta(minutes=settings.BOOKING_HOLD_MINUTES)
    assert booking.snapshot == {
        "_id": str(space.pk),
        "name": "Premium Virtual Office - Andheri",
        "address": "123, Business Park, Andheri East, Mumbai",
        "city": "Mumbai",
        "area": "Andheri",
        "pincode": "400069",
        "stateCode": "27",
        "image": "https://example.com/office-image.jpg",
        "coordinates": {"lat": 19.1136, "lng": 72.8697},
    }
    invoice = booking.invoice
    assert invoice is not None
    assert (invoice.number, invoice.status, invoice.source_number) == ("INV-2026-0001", "pending", "FS-2026-00001")
    assert (invoice.subtotal, invoice.tax_amount, invoice.total) == (Decimal(12712), Decimal(2288), Decimal(15000))
    assert invoice.description == "Virtual Office - GST Plan (Andheri)"
    assert [(line.description, line.quantity) for line in invoice.lines.all()] == [
        ("GST Registration Plan - 1 Year", 1)
    ]
    assert invoice.due_at == booking.hold_expires_at
    assert [(e.status, e.note) for e in booking.timeline.all()] == [
        (TimelineStatus.CREATED, "Booked, waiting for payment")
    ]


def test_create_booking_takes_contact_data_from_the_customer_unless_told(space: Space) -> None:
    customer = make_customer(email="me@example.com", full_name="Me", phone="+919876543210", phone_typed="98765 43210")
    own = book(space=space, customer=customer)
    told = book(
        space=space, customer=customer, customer_name="You", customer_email="you@example.com", customer_phone="1"
    )
    assert (own.customer_name, own.customer_email, own.customer_phone) == ("Me", "me@example.com", "98765 43210")
    assert (told.customer_name, told.customer_email, told.customer_phone) == ("You", "you@example.com", "1")


def test_create_booking_of_seats_multiplies_price_and_seats(seller, customer: User) -> None:
    space = make_space(total_seats=10)
    space.plans.filter(code="seat").update(seats=2)
    booking = book(space=space, customer=customer, plan="seat", quantity=3, tenure=2)
    assert (booking.seats, booking.total_amount) == (6, Decimal(30000))


def test_create_booking_refuses_a_wrong_price_with_the_right_one(space: Space, customer: User) -> None:
    with pytest.raises(PriceMismatch) as refused:
        book(space=space, customer=customer, total_amount=Decimal("14999.99"))
    assert refused.value.extra == {"total_amount": Decimal(15000)}
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "hidden",
    [{"status": SpaceStatus.PENDING}, {"status": SpaceStatus.DRAFT}, {"deleted_at": now()}],
)
def test_create_booking_of_what_is_not_public_is_unknown(space: Space, customer: User, hidden: dict) -> None:
    Space.objects.filter(pk=space.pk).update(**hidden)
    with pytest.raises(SpaceUnknown):
        book(space=space, customer=customer)


def test_create_booking_of_a_plan_without_a_price_is_refused(space: Space, customer: User) -> None:
    space.plans.update(amount=0)
    with pytest.raises(SpaceNotBookable):
        book(space=space, customer=customer)


def test_create_booking_of_a_plan_the_listing_lacks_is_invalid(space: Space, customer: User) -> None:
    with pytest.raises(Invalid) as refused:
        book(space=space, customer=customer, plan="cabin")
    assert refused.value.field == "plan"


def test_create_booking_fills_a_space_to_the_last_seat_and_no_further(seller, customer: User) -> None:
    space = make_space(total_seats=3)
    book(space=space, customer=customer, quantity=2)
    book(space=space, customer=customer)
    with pytest.raises(SpaceFull):
        book(space=space, customer=customer)


@pytest.mark.parametrize("status", [BookingStatus.PENDING_KYC, BookingStatus.ACTIVE])
def test_paid_bookings_keep_their_seats(seller, customer: User, status: str) -> None:
    space = make_space(total_seats=1)
    make_booking(status, space=space)
    with pytest.raises(SpaceFull), pretend(now() + timedelta(days=1)):
        book(space=space, customer=customer)


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.EXPIRED])
def test_bookings_that_are_over_hold_nothing(seller, customer: User, status: str) -> None:
    space = make_space(total_seats=1)
    make_booking(status, space=space)
    assert book(space=space, customer=customer)


def test_a_hold_that_ran_out_holds_nothing_even_before_its_sweep(seller, customer: User) -> None:
    space = make_space(total_seats=1)
    held = book(space=space, customer=customer)
    with pretend(held.hold_expires_at - timedelta(seconds=1)), pytest.raises(SpaceFull):
        book(space=space, customer=customer)
    with pretend(held.hold_expires_at):
        assert book(space=space, customer=customer)


def test_terms_that_only_touch_share_a_seat(seller, customer: User) -> None:
    space = make_space(total_seats=1)
    start = now().date() + timedelta(days=40)
    first = book(space=space, customer=customer, start_on=start, tenure=1)
    assert book(space=space, customer=customer, start_on=first.end_on, tenure=1)


def test_create_booking_of_days_shows_its_last_day(space: Space, customer: User) -> None:
    start = now().date() + timedelta(days=3)
    booking = book(space=space, customer=customer, plan="day", start_on=start, end_date=start + timedelta(days=1))
    assert (booking.tenure, booking.tenure_unit, booking.total_amount) == (2, TenureUnit.DAYS, Decimal(800))
    assert booking.end_on == start + timedelta(days=2)


def test_create_booking_needs_few_statements(space: Space, customer: User, django_assert_max_num_queries) -> None:
    Space.objects.filter(pk=space.pk).update(total_seats=5)
    book(space=space, customer=customer)
    wish = Wish(space_id=space.pk, plan_code="gst", tenure=12)
    with django_assert_max_num_queries(18):
        create_booking(wish=wish, actor=customer)


def test_a_space_without_a_picture_of_its_own_shows_its_first_photo(seller) -> None:
    space = make_space(image_url="")
    assert book(space=space).snapshot["image"] == ""
    SpacePhoto.objects.create(space=space, file="uploads/proposed.png", position=0, is_proposed=True)
    SpacePhoto.objects.create(space=space, file="uploads/second.png", position=2)
    SpacePhoto.objects.create(space=space, file="uploads/first.png", position=1)
    assert book(space=space).snapshot["image"] == "/uploads/uploads/first.png"
