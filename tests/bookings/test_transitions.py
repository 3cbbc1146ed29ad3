"""Every pair of states, and every verb in every state."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from accounts.models import User
from bookings.enums import BOOKING_TRANSITIONS, BookingStatus
from bookings.exceptions import HoldLapsed, NotCancellable, NotRenewable
from bookings.models import Booking
from bookings.services.billable import start_payment
from bookings.services.cancellation import cancel_booking, cancel_booking_by_staff, release_hold
from bookings.services.lifecycle import confirm_booking, expire_booking
from bookings.services.moves import move_booking
from bookings.services.renewal import set_auto_renew
from flashspace.base.clock import now, start_of
from flashspace.base.errors import IllegalTransition
from flashspace.base.locks import atomic
from tests.factories.bookings import make_booking

UNPAID, KYC, ACTIVE, EXPIRED, CANCELLED = (
    BookingStatus.PENDING_PAYMENT,
    BookingStatus.PENDING_KYC,
    BookingStatus.ACTIVE,
    BookingStatus.EXPIRED,
    BookingStatus.CANCELLED,
)
LEGAL = {
    (UNPAID, KYC),
    (UNPAID, ACTIVE),
    (UNPAID, CANCELLED),
    (KYC, ACTIVE),
    (KYC, CANCELLED),
    (ACTIVE, EXPIRED),
    (ACTIVE, CANCELLED),
    (CANCELLED, KYC),
    (CANCELLED, ACTIVE),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(BookingStatus, BookingStatus)))
def test_a_booking_moves_only_as_the_table_says(seller, current: BookingStatus, wanted: BookingStatus) -> None:
    booking = make_booking(current)
    if (current, wanted) in LEGAL:
        move_booking(booking, to=wanted, at=now(), confirmed_at=now())
    else:
        with pytest.raises(IllegalTransition):
            move_booking(booking, to=wanted, at=now())
    booking.refresh_from_db()
    assert booking.status == (wanted if (current, wanted) in LEGAL else current)


def test_the_table_names_every_state() -> None:
    assert set(BOOKING_TRANSITIONS) == set(BookingStatus)


def _confirm(booking: Booking, actor: User) -> object:
    with atomic():
        return confirm_booking(booking, at=now(), actor=actor)


def _after_its_end(booking: Booking, actor: User) -> object:
    return expire_booking(booking.pk, start_of(booking.end_on))


def _after_its_hold(booking: Booking, actor: User) -> object:
    return release_hold(booking.pk, booking.hold_expires_at)


def _start_payment(booking: Booking, actor: User) -> object:
    with atomic():
        return start_payment(booking.pk, now())


VERBS: dict[str, Callable[[Booking, User], object]] = {
    "pay": _confirm,
    "start payment": _start_payment,
    "cancel": lambda booking, actor: cancel_booking(booking=booking, actor=actor),
    "cancel by staff": lambda booking, actor: cancel_booking_by_staff(booking=booking, reason="why", actor=actor),
    "lapse": _after_its_hold,
    "end": _after_its_end,
    "renew": lambda booking, actor: set_auto_renew(booking=booking, auto_renew=True, actor=actor),
}
# verb -> for each state the state after it, or the error, or False for "nothing to do". KYC is not approved in any.
OUTCOMES: dict[str, dict[BookingStatus, object]] = {
    "pay": {UNPAID: KYC, KYC: False, ACTIVE: False, EXPIRED: False, CANCELLED: False},
    "start payment": {UNPAID: UNPAID, KYC: HoldLapsed, ACTIVE: HoldLapsed, EXPIRED: HoldLapsed, CANCELLED: HoldLapsed},
    "cancel": {
        UNPAID: CANCELLED,
        KYC: NotCancellable,
        ACTIVE: NotCancellable,
        EXPIRED: IllegalTransition,
        CANCELLED: IllegalTransition,
    },
    "cancel by staff": {
        UNPAID: CANCELLED,
        KYC: CANCELLED,
        ACTIVE: CANCELLED,
        EXPIRED: IllegalTransition,
        CANCELLED: IllegalTransition,
    },
    "lapse": {UNPAID: CANCELLED, KYC: False, ACTIVE: False, EXPIRED: False, CANCELLED: False},
    "end": {UNPAID: False, KYC: False, ACTIVE: EXPIRED, EXPIRED: False, CANCELLED: False},
    "renew": {UNPAID: UNPAID, KYC: KYC, ACTIVE: ACTIVE, EXPIRED: NotRenewable, CANCELLED: NotRenewable},
}


@pytest.mark.parametrize(("verb", "current"), list(product(VERBS, BookingStatus)))
def test_every_verb_in_every_state(seller, staff: User, verb: str, current: BookingStatus) -> None:
    booking = make_booking(current)
    stories = booking.timeline.count()
    outcome = OUTCOMES[verb][current]
    if isinstance(outcome, type):
        with pytest.raises(outcome):
            VERBS[verb](booking, staff)
    else:
        answer = VERBS[verb](booking, staff)
        assert (answer is False) == (outcome is False)
    booking.refresh_from_db()
    assert booking.status == (outcome if isinstance(outcome, BookingStatus) else current)
    assert (booking.timeline.count() > stories) == (isinstance(outcome, BookingStatus) and verb != "start payment")


def test_a_cancelled_booking_is_not_cancelled_by_a_later_hold(seller, customer: User) -> None:
    booking = make_booking(CANCELLED, customer=customer)
    assert release_hold(booking.pk, booking.hold_expires_at + timedelta(days=1)) is False
