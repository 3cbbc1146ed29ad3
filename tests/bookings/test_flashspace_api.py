"""Sections 6.1 and 6.2 of the flashspace document."""

import hashlib
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from bookings.enums import BookingStatus
from bookings.models import Booking, BookingDocument
from listings.enums import SpaceKind
from listings.models import Space
from tests.bookings.conftest import sign_in
from tests.contract.shapes import assert_documented, example_of
from tests.factories.bookings import approve_kyc, book, make_booking, make_customer, make_space, pay

LIST = "/api/user/bookings"


@pytest.fixture
def active(january, space: Space, customer: User, django_capture_on_commit_callbacks) -> Booking:
    """The document's own booking: paid, verified, with its papers."""
    booking = book(space=space, customer=customer, start_on=date(2026, 1, 10))
    approve_kyc(customer, company_name="Talenode Analytics Pvt Ltd", gstin="27AABCT1234F1ZH", pan="AABCT1234F")
    with django_capture_on_commit_callbacks(execute=True):
        pay(booking)
    return booking


def patch(client: Client, booking: Booking, body: Any) -> Any:
    return client.patch(f"{LIST}/{booking.pk}/auto-renew", body, content_type="application/json")


def test_the_list_is_as_documented(active: Booking, customer: User) -> None:
    answer = sign_in(customer).get(LIST).json()
    assert_documented(answer, example_of("GET", "/api/user/bookings")[1])
    assert answer["pagination"] == {"total": 1, "page": 1, "pages": 1}
    (row,) = answer["data"]
    row.pop("spaceSnapshot")
    assert row == {
        "_id": str(active.pk),
        "bookingNumber": "FS-2026-00001",
        "type": "virtual_office",
        "status": "active",
        "plan": {"name": "GST Registration Plan", "price": 15000, "tenure": 12, "tenureUnit": "months"},
        "startDate": "2026-01-10T00:00:00.000Z",
        "endDate": "2027-01-10T00:00:00.000Z",
        "daysRemaining": 367,
        "createdAt": "2026-01-08T10:00:00.000Z",
    }


def test_one_booking_is_as_documented(active: Booking, customer: User) -> None:
    answer = sign_in(customer).get(f"{LIST}/{active.pk}").json()
    assert_documented(answer, example_of("GET", "/api/user/bookings/:bookingId")[1])
    assert answer["data"]["timeline"] == [
        {"status": "created", "date": "2026-01-08", "note": "Booked, waiting for payment"},
        {"status": "payment_received", "date": "2026-01-08", "note": "Payment confirmed"},
        {"status": "kyc_approved", "date": "2026-01-08", "note": "Already verified"},
        {"status": "active", "date": "2026-01-08", "note": "Service activated"},
    ]
    assert [(paper["name"], paper["type"]) for paper in answer["data"]["documents"]] == [
        ("Client Agreement", "agreement"),
        ("NOC Certificate", "noc"),
    ]
    assert answer["data"]["autoRenew"] is False


def test_auto_renew_is_as_documented(active: Booking, customer: User) -> None:
    client = sign_in(customer)
    body, documented = example_of("PATCH", "/api/user/bookings/:bookingId/auto-renew")
    on = patch(client, active, {"autoRenew": True})
    off = patch(client, active, body)
    assert (on.status_code, on.json()) == (200, {"success": True, "message": "Auto-renewal enabled"})
    assert (off.status_code, off.json()) == (200, documented)
    active.refresh_from_db()
    assert active.auto_renew is False
    assert [entry.status for entry in active.timeline.all()][-2:] == ["auto_renew_on", "auto_renew_off"]


def test_auto_renew_said_twice_is_told_once(active: Booking, customer: User) -> None:
    client = sign_in(customer)
    told = [patch(client, active, {"autoRenew": True}).status_code for _ in range(2)]
    assert (told, active.timeline.filter(status="auto_renew_on").count()) == ([200, 200], 1)


@pytest.mark.parametrize("body", [{}, {"autoRenew": None}, {"autoRenew": "false"}, {"autoRenew": 0}])
def test_auto_renew_takes_a_boolean_only(active: Booking, customer: User, body: Any) -> None:
    answer = patch(sign_in(customer), active, body)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, "autoRenew")


@pytest.mark.parametrize("status", [BookingStatus.EXPIRED, BookingStatus.CANCELLED])
def test_what_is_over_cannot_be_renewed(space: Space, customer: User, status: str) -> None:
    booking = make_booking(status, space=space, customer=customer)
    answer = patch(sign_in(customer), booking, {"autoRenew": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "BOOKING_NOT_RENEWABLE")


def test_the_list_filters_by_type_and_status(seller, customer: User) -> None:
    desk = make_space(kind=SpaceKind.COWORKING)
    office = make_space()
    wanted = book(space=desk, customer=customer, plan="seat")
    cancelled = make_booking(BookingStatus.CANCELLED, space=office, customer=customer)
    client = sign_in(customer)

    def ids(query: str) -> list[str]:
        return [row["_id"] for row in client.get(f"{LIST}?{query}").json()["data"]]

    assert ids("type=coworking_space") == [str(wanted.pk)]
    assert ids("type=virtual_office") == [str(cancelled.pk)]
    assert ids("status=pending_payment") == [str(wanted.pk)]
    assert ids("type=coworking_space&status=cancelled") == []
    assert ids("type=coliving") == []


@pytest.mark.parametrize(
    "query", ["type=meeting_room", "type=coworking", "status=paid", "page=0", "limit=abc", "limit=101"]
)
def test_the_list_refuses_other_words(space: Space, customer: User, query: str) -> None:
    answer = sign_in(customer).get(f"{LIST}?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["error"]["details"]["field"] == query.partition("=")[0]


def test_the_list_pages(space: Space, customer: User) -> None:
    bookings = [book(space=space, customer=customer) for _ in range(3)]
    answer = sign_in(customer).get(f"{LIST}?page=2&limit=2").json()
    assert [row["_id"] for row in answer["data"]] == [str(bookings[0].pk)]
    assert answer["pagination"] == {"total": 3, "page": 2, "pages": 2}


def test_the_list_costs_the_same_for_one_and_for_three(space: Space, customer: User, django_assert_num_queries) -> None:
    client = sign_in(customer)
    for count in (1, 2):
        for _ in range(count):
            book(space=space, customer=customer)
        with django_assert_num_queries(2):  # session with its user, page
            client.get(LIST)
    with django_assert_num_queries(2):  # the count of a full page comes along
        client.get(f"{LIST}?limit=2")


def test_one_booking_costs_the_same_with_one_and_with_many_entries(
    active: Booking, customer: User, django_assert_num_queries
) -> None:
    client = sign_in(customer)
    for _ in range(2):
        with django_assert_num_queries(4):  # session, booking, timeline, documents
            client.get(f"{LIST}/{active.pk}")
        patch(client, active, {"autoRenew": True})
        patch(client, active, {"autoRenew": False})


def test_documents_open_by_their_link_for_five_minutes(active: Booking, customer: User, time_machine) -> None:
    papers = sign_in(customer).get(f"{LIST}/{active.pk}").json()["data"]["documents"]
    for paper in papers:
        path = urlsplit(paper["url"])._replace(scheme="", netloc="").geturl()
        opened = Client().get(path)
        assert (opened.status_code, opened["Content-Type"], opened["Cache-Control"]) == (
            200,
            "application/pdf",
            "no-store",
        )
        assert opened["Content-Disposition"] == f'inline; filename="{paper["type"]}-FS-2026-00001.pdf"'
        document = BookingDocument.objects.get(booking=active, kind=paper["type"])
        assert hashlib.sha256(opened.content).hexdigest() == document.sha256
        wrong = path.replace(f"documents/{paper['type']}", "documents/other")
        assert Client().get(wrong).status_code == 401
    time_machine.shift(timedelta(minutes=5, seconds=1))
    late = Client().get(path)
    assert (late.status_code, late.json()["error"]["code"]) == (401, "UNAUTHORIZED")


def test_documents_open_for_their_owner_only(active: Booking, customer: User, stranger: User) -> None:
    path = f"{LIST}/{active.pk}/documents/agreement"
    assert sign_in(customer).get(path).content.startswith(b"%PDF")
    unknown = sign_in(stranger).get(f"{LIST}/{uuid4()}/documents/agreement")
    foreign = sign_in(stranger).get(path)
    assert (foreign.status_code, foreign.json()["error"]["message"]) == (404, unknown.json()["error"]["message"])
    assert Client().get(path).status_code == 401
    assert Client().get(f"{path}?token=forged").status_code == 401
    assert sign_in(customer).get(f"{LIST}/{active.pk}/documents/invoice").status_code == 404


def test_a_damaged_document_is_gone_and_not_shown(active: Booking, customer: User) -> None:
    document = BookingDocument.objects.get(booking=active, kind="noc")
    with document.file.storage.open(document.file.name, "wb") as file:
        file.write(b"%PDF something else")
    answer = sign_in(customer).get(f"{LIST}/{active.pk}/documents/noc")
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "DOCUMENT_DAMAGED")
    document.file.storage.delete(document.file.name)
    assert sign_in(customer).get(f"{LIST}/{active.pk}/documents/noc").status_code == 410


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("patch", "/auto-renew")])
def test_a_strangers_booking_is_as_unknown_as_none(
    space: Space, customer: User, stranger: User, staff: User, method: str, path: str
) -> None:
    booking = book(space=space, customer=customer)
    for person in (stranger, staff):
        client = sign_in(person)
        answers = [
            client.generic(method.upper(), f"{LIST}/{pk}{path}", '{"autoRenew": true}', content_type="application/json")
            for pk in (booking.pk, uuid4())
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        foreign, unknown = (answer.json()["error"] for answer in answers)
        foreign.pop("path"), unknown.pop("path")
        assert foreign | {"timestamp": 0} == unknown | {"timestamp": 0}
        assert client.get(f"{LIST}/abc").status_code == 400
    booking.refresh_from_db()
    assert booking.auto_renew is False


@pytest.mark.parametrize("path", ["/api/user/dashboard", LIST, f"{LIST}/0190163d-8694-739b-aea5-966c26f8ad91"])
def test_an_unverified_address_sees_nothing(db: None, path: str) -> None:
    assert Client().get(path).status_code == 401
    answer = sign_in(make_customer(email_verified_at=None)).get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "EMAIL_NOT_VERIFIED")
