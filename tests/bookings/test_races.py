"""Seats under load, with real threads; each race also without its guard, where it must go wrong."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from accounts.models import User
from accounts.services import kyc_review
from accounts.services.kyc_review import approve_case
from billing.enums import Gateway, RefundStatus
from billing.exceptions import BillableLapsed
from billing.models import Payment, Refund
from billing.services import events, invoices, numbers, payments
from billing.services.payments import start_payment, verify_payment
from bookings.enums import BookingStatus
from bookings.exceptions import SpaceFull
from bookings.models import Booking
from bookings.services import billable, booking, cancellation, lifecycle, moves
from bookings.services.booking import Wish, create_booking
from bookings.services.cancellation import cancel_booking, cancel_booking_by_staff, release_hold
from flashspace.base.clock import now
from flashspace.base.errors import DomainError
from flashspace.base.locks import atomic
from flashspace.management.commands.check_integrity import load_rules
from listings.models import Space
from tests.bookings.conftest import sign_in
from tests.factories.bookings import book, make_customer, make_seller, make_space, nano_body, open_case, pay
from tests.races import unguarded
from tests.together import together

CLIENTS = 64
SEATS = 5
MODULES = (billable, booking, cancellation, lifecycle, moves, events, invoices, numbers, payments, kyc_review)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads wait longer for a row than a request may: on a busy machine they share one interpreter and one core."""
    options = connections.settings["default"]["OPTIONS"]
    if "options" in options:
        patient = "-c statement_timeout=60000 -c lock_timeout=60000"
        monkeypatch.setitem(options, "options", f"{options['options']} {patient}")


@pytest.fixture(autouse=True)
def _seller(db: None) -> None:
    make_seller()


@contextmanager
def unguarded_seats() -> Iterator[None]:
    """The space is not locked, and everything else is: numbers still run without a gap."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(booking, "lock_row", lambda rows, **lookup: rows.get(**lookup))
        if connection.vendor == "sqlite":  # where the transaction is the lock
            patch.setattr(booking, "atomic", nullcontext)
            for module in (booking, invoices):
                patch.setattr(module, "take_number", atomic(module.take_number))
        yield


@contextmanager
def slow(module: Any, name: str, seconds: float = 0.02, *, before: bool = False) -> Iterator[None]:
    """Between looking and acting there is time for others to come in, if anything lets them."""
    real = getattr(module, name)

    def slowed(*arguments: Any, **options: Any) -> Any:
        if before:
            time.sleep(seconds)
        answer = real(*arguments, **options)
        if not before:
            time.sleep(seconds)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, slowed)
        yield


def try_until(shows: Callable[[], bool], rounds: int) -> None:
    if not any(shows() for _ in range(rounds)):
        pytest.fail("the race did not show without its guard, so the test beside proves nothing")


def broken() -> dict[str, tuple[str, ...]]:
    found = {rule.id: rule.find() for rule in load_rules()}
    return {id_: one.violations for id_, one in found.items() if one.violations}


def taken(space: Space) -> int:
    live = Booking.objects.taking_seats(now()).filter(space=space)
    return sum(live.values_list("seats", flat=True))


# The last seats


def buy_together(space: Space, people: list[User]) -> list[Any]:
    wish = Wish(space_id=space.pk, plan_code="gst", tenure=12)
    with slow(booking, "check_free"):
        return together(len(people), lambda number: create_booking(wish=wish, actor=people[number]))


def test_64_clients_for_the_last_5_seats_get_exactly_5(race_rounds: int) -> None:
    people = [make_customer() for _ in range(CLIENTS)]
    for _ in range(race_rounds):
        space = make_space(total_seats=SEATS)
        answers = [type(one) for one in buy_together(space, people)]
        assert (answers.count(Booking), answers.count(SpaceFull)) == (SEATS, CLIENTS - SEATS)
        assert taken(space) == SEATS
    assert broken() == {}


def test_without_the_guard_more_seats_are_sold_than_there_are(race_rounds: int) -> None:
    people = [make_customer() for _ in range(CLIENTS)]

    def oversold() -> bool:
        space = make_space(total_seats=SEATS)
        with unguarded_seats():
            buy_together(space, people)
        return taken(space) > SEATS

    try_until(oversold, race_rounds)


# One booking, many hands


def test_50_cancels_of_one_booking_are_one(race_rounds: int) -> None:
    for _ in range(race_rounds):
        held = book()
        with slow(cancellation, "move_booking", 0.005, before=True):
            answers = together(50, lambda _, held=held: cancel_booking(booking=held, actor=held.customer))
        assert sorted({type(one).__name__ for one in answers}) == ["Booking", "IllegalTransition"]
        assert sum(isinstance(one, Booking) for one in answers) == 1
        assert held.timeline.filter(status="cancelled").count() == 1
    assert broken() == {}


def test_without_the_guard_one_booking_is_cancelled_more_than_once(race_rounds: int) -> None:
    def shows() -> bool:
        paid = pay(book())  # of an unpaid one the invoice would stop the second
        with unguarded(*MODULES), slow(cancellation, "move_booking", 0.005, before=True):
            together(50, lambda _: cancel_booking_by_staff(booking=paid, reason="why", actor=paid.customer))
        return paid.timeline.filter(status="cancelled").count() > 1

    try_until(shows, race_rounds)


# Money that comes late


def lapsed_with_money_on_the_way() -> Payment:
    """The one seat of a space was held, a payment began in time, the hold ran out and was released."""
    held = book(space=make_space(total_seats=1))
    payment = start(held)
    Booking.objects.filter(pk=held.pk).update(hold_expires_at=now() - timedelta(seconds=1))
    assert release_hold(held.pk, now())
    return payment


def start(held: Booking) -> Payment:
    assert held.invoice_id
    return start_payment(invoice_id=held.invoice_id, gateway=Gateway.SANDBOX, actor=held.customer).payment


def prove(payment: Payment) -> Payment:
    return verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=payment.user)


def prove_among_buyers(payment: Payment, buyers: list[User]) -> list[Any]:
    space_id = Booking.objects.get(invoice=payment.invoice_id).space_id

    def act(number: int) -> Any:
        if number == len(buyers) // 2:
            return prove(payment)
        return create_booking(wish=Wish(space_id=space_id, plan_code="gst", tenure=12), actor=buyers[number])

    return together(len(buyers), act)


def test_late_money_and_new_buyers_never_share_a_seat(race_rounds: int) -> None:
    buyers = [make_customer() for _ in range(16)]
    for _ in range(race_rounds):
        payment = lapsed_with_money_on_the_way()
        with slow(booking, "check_free"), slow(lifecycle, "check_free"):
            answers = prove_among_buyers(payment, buyers)
        held = Booking.objects.get(invoice=payment.invoice_id)
        won = sum(isinstance(one, Payment | Booking) for one in answers)
        assert (won, taken(held.space)) == (1, 1)
        revived = held.status == BookingStatus.PENDING_KYC
        assert Refund.objects.filter(payment=payment, status=RefundStatus.OWED).count() == (not revived)
        assert all(isinstance(one, Payment | Booking | SpaceFull | BillableLapsed) for one in answers)
    assert broken() == {}


def test_without_the_guard_late_money_and_a_buyer_share_a_seat(race_rounds: int) -> None:
    buyers = [make_customer() for _ in range(4)]

    def shows() -> bool:
        payment = lapsed_with_money_on_the_way()
        with unguarded(*MODULES), slow(booking, "check_free"), slow(lifecycle, "check_free"):
            prove_among_buyers(payment, buyers)
        return taken(Booking.objects.get(invoice=payment.invoice_id).space) > 1

    try_until(shows, race_rounds)


# Money and KYC


def paid_while_kyc_is_decided(reviewer: User) -> Booking:
    customer = make_customer()
    case = open_case(customer)
    payment = start(book(customer=customer, space=make_space(kind="coworking"), plan="seat"))
    asked, approved = threading.Event(), threading.Event()
    move = lifecycle.move_booking

    def move_after_the_approval(*arguments: Any, **changes: Any) -> None:
        asked.set()  # KYC has been looked at
        approved.wait(0.2)  # for nothing, where the approval has to wait for us
        move(*arguments, **changes)

    def approve() -> None:
        asked.wait(10)
        approve_case(case=case, actor=reviewer)
        approved.set()

    acts = [lambda: prove(payment), approve]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifecycle, "move_booking", move_after_the_approval)
        together(2, lambda number: acts[number]())
    return Booking.objects.get(invoice=payment.invoice_id)


def test_money_and_an_approval_at_once_begin_the_booking(race_rounds: int) -> None:
    reviewer = make_customer(is_staff=True, is_superuser=True)
    for _ in range(race_rounds):
        assert paid_while_kyc_is_decided(reviewer).status == BookingStatus.ACTIVE
    assert broken() == {}


def test_without_the_guard_a_paid_booking_waits_for_ever(race_rounds: int) -> None:
    reviewer = make_customer(is_staff=True, is_superuser=True)

    def shows() -> bool:
        with unguarded(*MODULES):
            return paid_while_kyc_is_decided(reviewer).status == BookingStatus.PENDING_KYC

    try_until(shows, race_rounds)


# Everything at once


def test_buyers_payers_cancellers_and_sweeps_at_once_leave_a_whole_world(race_rounds: int) -> None:
    people = [make_customer() for _ in range(16)]
    for _ in range(race_rounds):
        space = make_space(total_seats=8)
        held = [book(space=space, customer=person) for person in people[:8]]
        money = [start(one) for one in held]
        Booking.objects.filter(pk__in=[one.pk for one in held[:4]]).update(hold_expires_at=now())
        acts: list[Callable[[int], Any]] = [
            lambda number, held=held: release_hold(held[number % 8].pk, now()),
            lambda number, money=money: prove(money[number % 8]),
            lambda number, held=held: cancel_booking(booking=held[number % 8], actor=held[number % 8].customer),
            lambda number, space=space: create_booking(
                wish=Wish(space_id=space.pk, plan_code="gst", tenure=12), actor=people[number % 16]
            ),
        ]
        answers = together(CLIENTS, lambda number, acts=acts: acts[number // 8 % 4](number * 5 + number // 32))
        unforeseen = [one for one in answers if isinstance(one, Exception) and not isinstance(one, DomainError)]
        assert unforeseen == []
        assert taken(space) <= 8
        for payment in money:
            payment.refresh_from_db()
            settled = payment.invoice.status == "paid"
            assert (payment.status == "completed") == (settled or payment.refunds.exists())
    assert broken() == {}


def test_64_posts_with_one_key_make_one_booking(race_rounds: int) -> None:
    for _ in range(race_rounds):
        customer = make_customer()
        client, space = sign_in(customer), make_space()
        client.get("/api/bookings/my-bookings")  # what answers are held against is read by one thread, not by 64

        def post(_: int, space: Space = space, client: Any = client) -> Any:
            return client.post(
                "/api/bookings", nano_body(space, start_date=None), "application/json", headers={"idempotency-key": "k"}
            )

        answers = together(CLIENTS, post)
        made = {answer.content for answer in answers if answer.status_code == 201}
        assert (len(made), Booking.objects.filter(customer=customer).count()) == (1, 1)
        assert {answer.status_code for answer in answers} <= {201, 409}
