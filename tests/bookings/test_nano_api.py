"""POST /api/bookings as CONTRACT.md has it, and nano's three other calls."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from bookings.enums import BookingStatus
from bookings.models import Booking
from flashspace.base.clock import now
from listings.models import Space
from tests.bookings.conftest import sign_in
from tests.factories.bookings import book, make_booking, make_customer, make_space, nano_body


def post(client: Client, body: Any, **headers: str) -> Any:
    return client.post("/api/bookings", body, content_type="application/json", headers=headers)


def test_create_answers_booking_and_invoice(january, space: Space, customer: User) -> None:
    answer = post(sign_in(customer), nano_body(space, total_amount=15000, notes="First floor, please"))
    booking = Booking.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "message": "Booking created successfully",
            "booking": {
                "id": str(booking.pk),
                "booking_number": "FS-2026-00001",
                "customer_id": str(customer.pk),
                "property_id": str(space.pk),
                "property_name": "Premium Virtual Office - Andheri",
                "booking_type": "gst",
                "plan": "GST Registration Plan",
                "quantity": 1,
                "start_date": "2026-01-10",
                "end_date": "2027-01-10",
                "tenure": 12,
                "tenure_unit": "months",
                "total_amount": 15000,
                "status": "pending",
                "hold_expires_at": "2026-01-08T10:15:00.000Z",
                "customer_name": "Anshu Prasad",
                "customer_email": "anshu@example.com",
                "customer_phone": "",
                "notes": "First floor, please",
                "created_at": "2026-01-08T10:00:00.000Z",
                "confirmed_at": None,
                "cancelled_at": None,
            },
            "invoice": {
                "id": str(booking.invoice_id),
                "invoice_number": "INV-2026-0001",
                "description": "Virtual Office - GST Plan (Andheri)",
                "subtotal": 12712,
                "tax_amount": 2288,
                "total": 15000,
                "currency": "INR",
                "status": "pending",
                "due_at": "2026-01-08T10:15:00.000Z",
            },
        },
    )


def test_create_takes_booking_type_for_plan_and_shows_the_last_day(january, space: Space, customer: User) -> None:
    body = {
        "property_id": str(space.pk),
        "booking_type": "day",
        "start_date": "2026-01-10T00:00:00.000Z",
        "end_date": "2026-01-12",
    }
    booking = post(sign_in(customer), body).json()["booking"]
    shown = {key: booking[key] for key in ("start_date", "end_date", "tenure", "tenure_unit", "total_amount")}
    assert shown == {
        "start_date": "2026-01-10",
        "end_date": "2026-01-12",
        "tenure": 3,
        "tenure_unit": "days",
        "total_amount": 1200,
    }


def test_create_takes_null_for_what_is_optional(january, space: Space, customer: User) -> None:
    empty = dict.fromkeys(
        ("booking_type", "end_date", "total_amount", "notes", "customer_name", "customer_email", "customer_phone")
    )
    assert post(sign_in(customer), nano_body(space, **empty)).status_code == 201


def test_create_with_a_wrong_price_tells_the_right_one_and_books_nothing(january, space: Space, customer: User) -> None:
    answer = post(sign_in(customer), nano_body(space, total_amount=1))
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "error": "The amount is not the price of this booking",
            "code": "PRICE_MISMATCH",
            "total_amount": 15000,
        },
    )
    assert not Booking.objects.exists()


@pytest.mark.parametrize("amount", [0, -1, 0.01, 14999.99, 15000.01, 1e11])
def test_create_with_no_other_price_books(january, space: Space, customer: User, amount: float) -> None:
    assert post(sign_in(customer), nano_body(space, total_amount=amount)).status_code == 409
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"plan": None}, "plan"),
        ({"plan": "room"}, "plan"),
        ({"plan": "cabin"}, "plan"),
        ({"plan": ["gst"]}, "plan"),
        ({"booking_type": "mailing"}, "booking_type"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": "30 "}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": 10**9}, "quantity"),
        ({"tenure": 0}, "tenure"),
        ({"tenure": 10**9}, "tenure"),
        ({"tenure": "12"}, "tenure"),
        ({"tenure": None, "end_date": "2026-01-10"}, "end_date"),
        ({"tenure": None, "end_date": "2026-02-30"}, "end_date"),
        ({"start_date": "0001-01-01"}, "start_date"),
        ({"start_date": "9999-12-31"}, "start_date"),
        ({"start_date": 20260110}, "start_date"),
        ({"total_amount": "15000"}, "total_amount"),
        ({"total_amount": 1e-9}, "total_amount"),
        ({"customer_email": "no address"}, "customer_email"),
        ({"notes": "x" * 2001}, "notes"),
    ],
)
def test_create_refuses_what_is_no_booking(january, space: Space, customer: User, fields: dict, field: str) -> None:
    answer = post(sign_in(customer), nano_body(space, **fields))
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert list(answer.json()["errors"]) == [field]
    assert not Booking.objects.exists()


@pytest.mark.parametrize("id", ["abc", "0190163d-8694-739b-aea5-966c26f8ad91", "1"])
def test_create_for_an_unknown_listing_is_404(january, space: Space, customer: User, id: str) -> None:
    answer = post(sign_in(customer), nano_body(space, property_id=id))
    assert (answer.status_code, answer.json()["code"]) == (404, "RESOURCE_NOT_FOUND")


def test_create_beyond_the_last_seat_is_409(january, seller, customer: User) -> None:
    space = make_space(total_seats=1)
    client = sign_in(customer)
    assert post(client, nano_body(space)).status_code == 201
    answer = post(client, nano_body(space))
    assert (answer.status_code, answer.json()) == (
        409,
        {"error": "Not enough seats are free on these days", "code": "SPACE_FULL"},
    )


def test_create_needs_a_token_and_a_verified_address(january, space: Space) -> None:
    assert post(Client(), nano_body(space)).status_code == 401
    unverified = make_customer(email_verified_at=None)
    answer = post(sign_in(unverified), nano_body(space))
    assert (answer.status_code, answer.json()["code"]) == (403, "EMAIL_NOT_VERIFIED")
    by_phone = make_customer(email_verified_at=None, phone="+919876543210", phone_verified_at=now())
    assert post(sign_in(by_phone), nano_body(space)).status_code == 201


def test_create_again_with_the_same_key_is_the_same_booking(january, space: Space, customer: User) -> None:
    client = sign_in(customer)
    first = post(client, nano_body(space), **{"idempotency-key": "k1"})
    again = post(client, nano_body(space), **{"idempotency-key": "k1"})
    other = post(client, nano_body(space, quantity=2), **{"idempotency-key": "k1"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert again.json() == first.json()
    assert Booking.objects.count() == 1


def test_mine_lists_one_s_own_newest_first(space: Space, customer: User, stranger: User) -> None:
    older, newer = book(space=space, customer=customer), book(space=space, customer=customer)
    book(space=space, customer=stranger)
    answer = sign_in(customer).get("/api/bookings/my-bookings")
    assert [row["id"] for row in answer.json()["bookings"]] == [str(newer.pk), str(older.pk)]
    assert list(answer.json()) == ["bookings"]


def test_mine_pages_when_asked(space: Space, customer: User) -> None:
    for _ in range(3):
        book(space=space, customer=customer)
    body = sign_in(customer).get("/api/bookings/my-bookings?page=2&per_page=2").json()
    assert len(body.pop("bookings")) == 1
    assert body == {"total": 3, "page": 2, "per_page": 2, "pages": 2}


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (BookingStatus.PENDING_PAYMENT, "pending"),
        (BookingStatus.PENDING_KYC, "confirmed"),
        (BookingStatus.ACTIVE, "confirmed"),
        (BookingStatus.EXPIRED, "confirmed"),
        (BookingStatus.CANCELLED, "cancelled"),
    ],
)
def test_one_says_its_status_in_nano_s_words(space: Space, customer: User, status: str, word: str) -> None:
    booking = make_booking(status, space=space, customer=customer)
    shown = sign_in(customer).get(f"/api/bookings/{booking.pk}").json()["booking"]
    assert shown["status"] == word
    assert (shown["hold_expires_at"] is None) == (word != "pending")
    assert (shown["confirmed_at"] is None) == (word != "confirmed")
    assert (shown["cancelled_at"] is None) == (word != "cancelled")


def test_cancel_frees_the_seats_and_cancels_the_invoice_once(seller, customer: User, stranger: User) -> None:
    space = make_space(total_seats=1)
    booking = book(space=space, customer=customer)
    client = sign_in(customer)
    answer = client.put(f"/api/bookings/{booking.pk}/cancel")
    assert (answer.status_code, answer.json()["message"]) == (200, "Booking cancelled successfully")
    assert answer.json()["booking"]["status"] == "cancelled"
    booking.invoice.refresh_from_db()
    assert (booking.invoice.status, booking.invoice.number) == ("cancelled", booking.invoice.number)
    assert book(space=space, customer=stranger)
    again = client.put(f"/api/bookings/{booking.pk}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "ILLEGAL_TRANSITION")


@pytest.mark.parametrize("status", [BookingStatus.PENDING_KYC, BookingStatus.ACTIVE])
def test_cancel_of_a_paid_booking_is_for_support(space: Space, customer: User, status: str) -> None:
    booking = make_booking(status, space=space, customer=customer)
    answer = sign_in(customer).put(f"/api/bookings/{booking.pk}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "BOOKING_NOT_CANCELLABLE")


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("put", "/cancel")])
def test_strangers_bookings_are_as_unknown_as_none(
    space: Space, customer: User, stranger: User, staff: User, method: str, path: str
) -> None:
    booking = book(space=space, customer=customer)
    for person in (stranger, staff):
        call = getattr(sign_in(person), method)
        answers = [call(f"/api/bookings/{pk}{path}") for pk in (booking.pk, uuid4(), "abc")]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[0].content == answers[1].content
    assert getattr(Client(), method)(f"/api/bookings/{booking.pk}{path}").status_code == 401
    booking.refresh_from_db()
    assert booking.status == BookingStatus.PENDING_PAYMENT


def test_mine_costs_the_same_for_one_and_for_three(space: Space, customer: User, django_assert_max_num_queries) -> None:
    client = sign_in(customer)
    for count in (1, 2):
        for _ in range(count):
            book(space=space, customer=customer)
        with django_assert_max_num_queries(2):
            assert client.get("/api/bookings/my-bookings").status_code == 200


def test_start_defaults_to_today(january, space: Space, customer: User) -> None:
    body = nano_body(space)
    del body["start_date"]
    assert post(sign_in(customer), body).json()["booking"]["start_date"] == "2026-01-08"


def test_hold_is_over_after_fifteen_minutes(january, space: Space, customer: User) -> None:
    booking = book(space=space, customer=customer)
    assert booking.hold_expires_at - booking.created_at == timedelta(minutes=15)
