"""Figures against rows that were put down by hand; days are India's."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.enums import KycStatus, MailStatus
from accounts.journey import Step, known_steps
from accounts.models import User
from accounts.selectors import figures as people
from billing.models import Invoice
from billing.selectors.figures import Takings, list_queues, list_takings
from bookings.selectors.figures import CityOccupancy, measure_occupancy
from flashspace.base.periods import Span
from flashspace.base.queues import Waiting, count_waiting
from listings.enums import SpaceStatus
from tests.dashboard.desk import NOON
from tests.dashboard.rows import (
    put_booking,
    put_case,
    put_event,
    put_invoice,
    put_mail,
    put_person,
    put_refund,
    put_revision,
    put_space,
)
from tests.factories.listings import SpaceFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
OCTOBER = Span(date(2026, 10, 1), date(2026, 10, 31))
BEGINS = datetime(2026, 9, 30, 18, 30, tzinfo=UTC)  # midnight in India
ENDS = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def test_takings_are_those_paid_on_indian_days_with_gst_apart() -> None:
    put_invoice(BEGINS, "100.10", "18.02")
    put_invoice(ENDS - MOMENT, "200.20", "36.04")
    put_invoice(BEGINS - MOMENT)
    put_invoice(ENDS)
    for status in ("pending", "overdue", "cancelled"):
        put_invoice(BEGINS + HOUR, status=status)

    months = list_takings(Span(date(2026, 8, 1), date(2026, 11, 21)))
    assert [(one.span.first_on, one.net, one.gst, one.total, one.count) for one in months if one.count] == [
        (date(2026, 9, 28), Decimal("1100.10"), Decimal("198.02"), Decimal("1298.12"), 2),
        (date(2026, 10, 26), Decimal("1200.20"), Decimal("216.04"), Decimal("1416.24"), 2),
    ]
    october = list_takings(OCTOBER)
    assert len(october) == 31
    assert [(one.span.first_on.day, one.net, one.gst) for one in october if one.count] == [
        (1, Decimal("100.10"), Decimal("18.02")),
        (31, Decimal("200.20"), Decimal("36.04")),
    ]


def test_takings_of_days_without_an_invoice_are_nothing() -> None:
    day = Span(date(2026, 10, 5), date(2026, 10, 5))
    assert list_takings(day) == (Takings(day, Decimal("0.00"), Decimal("0.00"), 0),)


def test_queues_count_what_waits_and_since_when() -> None:
    day = timedelta(days=1)
    for put in (put_case, put_mail, put_space, put_revision, put_refund, put_event):
        put(NOON - day)
        put(NOON - 2 * day)
    put_case(NOON - 9 * day, status=KycStatus.APPROVED)
    put_mail(NOON - 9 * day, status=MailStatus.SENT)
    put_space(NOON - 9 * day, deleted_at=NOON)
    put_space(NOON - 9 * day, status=SpaceStatus.REJECTED)
    put_invoice(NOON - 3 * day, status="overdue")
    put_invoice(NOON - 9 * day, status="pending")

    from flashspace.dashboard.figures import SOURCES

    queues = [queue for source in SOURCES for queue in source.list_queues()]
    two = Waiting(2, NOON - 2 * day)
    assert count_waiting(queues) == {
        "kyc": two,
        "mails": two,
        "sms": Waiting(0, None),
        "spaces": two,
        "revisions": two,
        "refunds": two,
        "events": two,
        "overdue": Waiting(1, NOON - 3 * day),
        "unverified": Waiting(0, None),
        "papers": Waiting(0, None),
        "consultants": Waiting(0, None),
    }


def test_one_queue_alone_and_none_are_counted() -> None:
    put_invoice(NOON, status="overdue")
    assert count_waiting(list_queues()[:1]) == {"overdue": Waiting(1, NOON)}
    assert count_waiting([]) == {}


def test_new_customers_are_customers_by_the_indian_day_they_signed_up() -> None:
    put_person(BEGINS)
    put_person(BEGINS, role="enterprise")
    put_person(ENDS - MOMENT)
    put_person(BEGINS - MOMENT)
    put_person(ENDS)
    put_person(BEGINS, role="owner")
    put_person(BEGINS, is_staff=True)

    cohorts = people.list_cohorts(OCTOBER, [Step.SIGNED_UP])
    assert {one.span.first_on.day: one.counts[Step.SIGNED_UP] for one in cohorts if one.counts[Step.SIGNED_UP]} == {
        1: 2,
        31: 1,
    }


def test_funnel_counts_who_came_all_the_way() -> None:
    def walk(step: Step, **fields: object) -> User:
        is_verified = step is not Step.SIGNED_UP
        return put_person(BEGINS, email_verified_at=BEGINS if is_verified else None, **fields)

    walk(Step.SIGNED_UP)
    walk(Step.VERIFIED)
    put_person(BEGINS, phone_verified_at=BEGINS)
    put_booking(BEGINS, "cancelled", customer=walk(Step.BOOKED))
    put_booking(BEGINS, "pending_kyc", customer=walk(Step.PAID))
    approved = walk(Step.KYC_APPROVED)
    put_booking(BEGINS, "pending_kyc", customer=approved)
    put_case(BEGINS, user=approved, status=KycStatus.APPROVED)
    active = walk(Step.ACTIVE)
    for _ in range(2):
        put_booking(BEGINS, "expired", customer=active)
    put_case(BEGINS, user=active, status=KycStatus.APPROVED)
    put_case(BEGINS, user=walk(Step.VERIFIED), status=KycStatus.APPROVED)  # who has not booked is not further

    first, *rest = people.list_cohorts(OCTOBER, known_steps())
    assert first.counts == {
        Step.SIGNED_UP: 8,
        Step.VERIFIED: 7,
        Step.BOOKED: 4,
        Step.PAID: 3,
        Step.KYC_APPROVED: 2,
        Step.ACTIVE: 1,
    }
    assert not any(sum(one.counts.values()) for one in rest)


def test_occupancy_counts_the_seats_that_are_taken_today() -> None:
    full = SpaceFactory(total_seats=4, plans=())
    half = SpaceFactory(total_seats=4, plans=())
    endless = SpaceFactory(plans=())
    away = SpaceFactory(city="Pune", total_seats=10, plans=())
    put_booking(NOON, space=full, seats=3)
    put_booking(NOON, "pending_payment", space=full, seats=1)  # its hold runs still
    put_booking(NOON, "pending_kyc", space=half, seats=2)
    put_booking(NOON, "cancelled", space=half, seats=2)
    put_booking(NOON, space=half, seats=2, start_on=date(2026, 11, 22))
    put_booking(NOON, space=half, seats=2, start_on=date(2026, 10, 22))  # its first day after is today
    put_booking(NOON - HOUR, "pending_payment", space=half, seats=2)  # lapsed
    put_booking(NOON, space=endless)
    SpaceFactory(total_seats=100, status=SpaceStatus.PENDING, plans=())

    occupancy = measure_occupancy()
    assert occupancy.cities == (
        CityOccupancy("mumbai", "Mumbai", 4, 8, 6),
        CityOccupancy("pune", "Pune", 0, 10, 0),
    )
    assert [(one.id, one.taken, one.seats, one.bookings) for one in occupancy.fullest] == [
        (full.pk, 4, 4, 2),
        (half.pk, 2, 4, 1),
    ]
    assert [(one.id, one.taken) for one in occupancy.emptiest] == [(away.pk, 0)]


def test_occupancy_without_a_space_is_empty() -> None:
    occupancy = measure_occupancy()
    assert (occupancy.cities, occupancy.fullest, occupancy.emptiest) == ((), (), ())


MOMENTS = st.integers(0, 400 * 24 * 60).map(
    lambda minutes: datetime(2025, 10, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS = st.dates(date(2025, 10, 1), date(2026, 11, 21))


class TestSums(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(MOMENTS, st.integers(1, 10**7)), max_size=12), DAYS, DAYS)
    def test_parts_sum_up_to_the_range_whatever_its_length(
        self, paid: list[tuple[datetime, int]], one: date, other: date
    ) -> None:
        span = Span(min(one, other), max(one, other))
        payer = put_person(NOON)
        for at, paise in paid:
            put_invoice(at, str(Decimal(paise) / 100), "0.00", customer=payer)
        inside = [at for at, _ in paid if span.begins_at <= at < span.ends_at]
        expected = sum((Decimal(paise) / 100 for at, paise in paid if at in inside), Decimal(0))
        takings = list_takings(span)
        assert sum((part.total for part in takings), Decimal(0)) == expected
        assert sum(part.count for part in takings) == len(inside)
        assert Invoice.objects.count() == len(paid)
