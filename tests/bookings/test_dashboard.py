from datetime import UTC, date, datetime

import pytest

from accounts.enums import KycStatus
from accounts.models import KycProfile, User
from bookings.api.words import percentages
from bookings.enums import BookingStatus
from flashspace.base.clock import pretend
from listings.enums import SpaceKind
from tests.bookings.conftest import sign_in
from tests.contract.shapes import assert_documented, example_of
from tests.factories.bookings import approve_kyc, book, make_booking, make_space

PATH = "/api/user/dashboard"
MONTHS = [("Aug", 0), ("Sep", 0), ("Oct", 0), ("Nov", 0), ("Dec", 0), ("Jan", 0)]


def test_the_dashboard_is_as_documented_and_adds_up(january, seller, customer: User, stranger: User) -> None:
    office, desk = make_space(), make_space(name="Desks", kind=SpaceKind.COWORKING)
    make_booking(BookingStatus.ACTIVE, space=office, customer=customer, start_on=date(2026, 1, 10))
    make_booking(BookingStatus.ACTIVE, space=office, customer=customer, start_on=date(2026, 2, 5))
    make_booking(BookingStatus.ACTIVE, space=desk, customer=customer, plan="seat", start_on=date(2026, 3, 1))
    book(space=desk, customer=customer, plan="day", start_on=date(2026, 1, 9))
    make_booking(BookingStatus.CANCELLED, space=office, customer=customer)
    make_booking(BookingStatus.ACTIVE, space=office, customer=stranger)
    answer = sign_in(customer).get(PATH).json()
    assert_documented(answer, example_of("GET", PATH)[1])
    assert answer["data"] == {
        "activeServices": 3,
        "pendingInvoices": 400,
        "nextBookingDate": "2026-01-10T00:00:00.000Z",
        "kycStatus": "verified",
        "recentActivity": [
            {"type": "booking", "message": f"{name} - {status}", "date": "2026-01-08T10:00:00.000Z"}
            for name, status in [
                ("Premium Virtual Office - Andheri", "cancelled"),
                ("Desks", "pending_payment"),
                ("Desks", "active"),
                ("Premium Virtual Office - Andheri", "active"),
                ("Premium Virtual Office - Andheri", "active"),
            ]
        ],
        "usageBreakdown": {"virtualOffice": 67, "coworkingSpace": 33, "coliving": 0, "rental": 0},
        "monthlyBookings": [{"month": month, "count": 4 if month == "Jan" else 0} for month, _ in MONTHS],
    }


def test_the_dashboard_of_nobody_s_bookings_is_empty(january, customer: User) -> None:
    assert sign_in(customer).get(PATH).json()["data"] == {
        "activeServices": 0,
        "pendingInvoices": 0,
        "nextBookingDate": None,
        "kycStatus": "not_started",
        "recentActivity": [],
        "usageBreakdown": {"virtualOffice": 0, "coworkingSpace": 0, "coliving": 0, "rental": 0},
        "monthlyBookings": [{"month": month, "count": count} for month, count in MONTHS],
    }


def test_months_are_indian(january, space, customer: User) -> None:
    last_of_december = datetime(2025, 12, 31, 18, 29, tzinfo=UTC)
    first_of_january = datetime(2025, 12, 31, 18, 30, tzinfo=UTC)
    for at in (last_of_december, first_of_january, first_of_january):
        with pretend(at):
            book(space=space, customer=customer)
    counts = {row["month"]: row["count"] for row in sign_in(customer).get(PATH).json()["data"]["monthlyBookings"]}
    assert (counts["Dec"], counts["Jan"]) == (1, 2)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (KycStatus.PENDING, "pending"),
        (KycStatus.APPROVED, "verified"),
        (KycStatus.REJECTED, "rejected"),
        (KycStatus.RESUBMIT, "resubmit"),
        (KycStatus.NOT_STARTED, "not_started"),
    ],
)
def test_kyc_status_is_said_as_documented(customer: User, status: str, word: str) -> None:
    KycProfile.objects.create(user=customer, status=status)
    assert sign_in(customer).get(PATH).json()["data"]["kycStatus"] == word


def test_activity_is_bounded_and_the_cost_is_constant(space, customer: User, django_assert_num_queries) -> None:
    client = sign_in(customer)
    for count in (1, 2, 4):
        for _ in range(count):
            book(space=space, customer=customer)
        with django_assert_num_queries(3):  # session with its user, figures, activity
            answer = client.get(PATH)
    assert len(answer.json()["data"]["recentActivity"]) == 5


def test_a_booking_that_begins_today_is_the_next_one(january, space, customer: User) -> None:
    approve_kyc(customer)
    make_booking(BookingStatus.ACTIVE, space=space, customer=customer, start_on=date(2026, 1, 8))
    make_booking(BookingStatus.ACTIVE, space=space, customer=customer, start_on=date(2026, 1, 7))
    assert sign_in(customer).get(PATH).json()["data"]["nextBookingDate"] == "2026-01-08T00:00:00.000Z"


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([0, 0], [0, 0]), ([1, 0], [100, 0]), ([13, 7], [65, 35]), ([1, 1, 1], [34, 33, 33]), ([1, 2], [33, 67])],
)
def test_percentages_add_up(counts: list[int], shown: list[int]) -> None:
    assert percentages(counts) == shown
