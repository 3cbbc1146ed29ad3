"""The ledger catches what it is there for: into a world where all is well, one hole after the other."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.chaos.ledger import BOOK, RESEND, START, VERIFY, Call, State, problems

pytestmark = [pytest.mark.chaos, pytest.mark.embedded]

PERSON, BOOKING, INVOICE, PAYMENT = "asha@example.com", "booking-1", "invoice-1", "payment-1"
RECEIPT, CODE = "mail-1", "mail-2"


@dataclass
class Ledger:
    calls: list[Call]
    state: State


def sound() -> Ledger:
    """One booking, paid, its receipt sent, and a code sent again."""
    payment = {"data": {"payment": {"id": PAYMENT}}}
    return Ledger(
        calls=[
            Call(BOOK, PERSON, 503, key="k1", retry_after="1", phase="fault"),
            Call(BOOK, PERSON, 201, key="k1", body={"booking": {"id": BOOKING}, "invoice": {"id": INVOICE}}),
            Call(START, PERSON, 201, key="k2", body=payment),
            Call(VERIFY, PERSON, 200, key="k3", body=payment),
            Call(RESEND, PERSON, 200),
        ],
        state=State(
            bookings=[{"id": BOOKING, "person": PERSON, "status": "pending_kyc", "invoice": INVOICE}],
            stories={BOOKING: 2},
            invoices=[{"id": INVOICE, "status": "paid", "source": BOOKING}],
            payments=[{"id": PAYMENT, "status": "completed", "invoice": INVOICE}],
            mails=[
                {"id": RECEIPT, "to": PERSON, "dedupe_key": f"invoice_paid:{INVOICE}", "status": "sent"},
                {"id": CODE, "to": PERSON, "dedupe_key": None, "status": "sent"},
            ],
            delivered=[RECEIPT, CODE],
        ),
    )


def answers(ledger: Ledger, at: int, **changed: Any) -> None:
    ledger.calls[at] = replace(ledger.calls[at], **changed)


def lose_the_booking(ledger: Ledger) -> None:
    ledger.state.bookings.clear()
    ledger.state.stories.clear()


def double_the_booking(ledger: Ledger) -> None:
    ledger.state.bookings.append({**ledger.state.bookings[0], "id": "booking-2"})
    ledger.state.stories["booking-2"] = 1


def answer_a_retry_with_another(ledger: Ledger) -> None:
    double_the_booking(ledger)
    ledger.calls.append(replace(ledger.calls[1], body={"booking": {"id": "booking-2"}}))


def double_the_payment(ledger: Ledger) -> None:
    ledger.state.payments.append({**ledger.state.payments[0], "id": "payment-2"})


def lose_the_payment(ledger: Ledger) -> None:
    ledger.state.payments.clear()


def undo_what_was_proved(ledger: Ledger) -> None:
    ledger.state.payments[0]["status"] = "pending"


def bill_no_booking(ledger: Ledger) -> None:
    ledger.state.invoices.append({"id": "invoice-2", "status": "pending", "source": "booking-9"})


def tear_booking_and_invoice_apart(ledger: Ledger) -> None:
    ledger.state.bookings[0]["status"] = "pending_payment"


def lose_the_timeline(ledger: Ledger) -> None:
    ledger.state.stories.clear()


def lose_the_receipt(ledger: Ledger) -> None:
    del ledger.state.mails[0]
    ledger.state.delivered.remove(RECEIPT)


def write_two_receipts(ledger: Ledger) -> None:
    ledger.state.mails.append({**ledger.state.mails[0], "id": "mail-3"})
    ledger.state.delivered.append("mail-3")


def lose_the_code(ledger: Ledger) -> None:
    del ledger.state.mails[1]
    ledger.state.delivered.remove(CODE)


def leave_a_mail_lying(ledger: Ledger) -> None:
    ledger.state.mails[0]["status"] = "queued"
    ledger.state.delivered.remove(RECEIPT)


def call_a_mail_sent(ledger: Ledger) -> None:
    ledger.state.delivered.remove(RECEIPT)


def send_a_mail_twice(ledger: Ledger) -> None:
    ledger.state.delivered.append(RECEIPT)


HOLES: dict[str, tuple[Callable[[Ledger], object], str]] = {
    "a booking lost": (lose_the_booking, "was told of bookings that are not there"),
    "a booking doubled": (double_the_booking, "asked for 1 bookings and has 2"),
    "one key, two bookings": (answer_a_retry_with_another, "2 bookings for the key k1"),
    "a payment doubled": (double_the_payment, "has 2 payments"),
    "a payment lost": (lose_the_payment, "which is not there"),
    "a proof undone": (undo_what_was_proved, "is paid; it is pending"),
    "an invoice without a booking": (bill_no_booking, "bills no booking"),
    "a booking that does not know it is paid": (tear_booking_and_invoice_apart, "is pending_payment, its invoice paid"),
    "a booking without a timeline": (lose_the_timeline, "has no timeline"),
    "a receipt lost": (lose_the_receipt, "0 receipts"),
    "a receipt doubled": (write_two_receipts, "2 receipts"),
    "a code lost": (lose_the_code, "was promised 1 codes, 0 were written"),
    "a mail that nobody sends": (leave_a_mail_lying, "is queued"),
    "a mail called sent": (call_a_mail_sent, "is called sent and never came"),
    "a mail sent twice": (send_a_mail_twice, "1 mails came again"),
    "a 500": (lambda it: answers(it, 0, status=500), "book by asha@example.com in fault: 500"),
    "a 503 that does not say when": (lambda it: answers(it, 0, retry_after=""), "503 without Retry-After"),
    "a broken connection": (lambda it: answers(it, 0, status=None, error="ReadError: reset"), "no answer, ReadError"),
    "a fault in the log": (lambda it: it.state.faults.append("Traceback"), "logged as a fault"),
}


def test_sound_world_has_no_problems() -> None:
    ledger = sound()
    assert problems(ledger.calls, ledger.state) == []


@pytest.mark.parametrize("hole", HOLES)
def test_planted_hole_is_found(hole: str) -> None:
    dig, complaint = HOLES[hole]
    ledger = deepcopy(sound())
    dig(ledger)
    found = problems(ledger.calls, ledger.state)
    assert any(complaint in line for line in found), found


def test_connection_may_break_where_its_server_was_killed() -> None:
    ledger = sound()
    answers(ledger, 0, status=None, error="ReadError: reset")
    assert problems(ledger.calls, ledger.state, may_break=["fault"]) == []
