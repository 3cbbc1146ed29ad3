"""Each rule finds the row that breaks it, and no other rule mistakes it for its own."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import KycProfile
from billing.models import Invoice, NumberSeries
from bookings.enums import BookingStatus, TimelineStatus
from bookings.models import Booking, BookingDocument, TimelineEntry
from bookings.services.documents import issue_documents
from flashspace.base.clock import now, today
from flashspace.management.commands.check_integrity import load_rules
from listings.models import Space
from listings.services.documents import store_documents
from tests.factories.bookings import book, make_booking, make_customer, make_space


@pytest.fixture
def world(seller) -> dict[str, Booking]:
    """A booking in every state, the running one with its papers, in a space with seats to spare for each."""
    space = make_space(total_seats=5)
    bookings = {status: make_booking(status, space=space) for status in BookingStatus}
    issue_documents(booking_id=bookings[BookingStatus.ACTIVE].pk)
    book(space=make_space(total_seats=None), customer=make_customer())
    return bookings


def broken() -> dict[str, tuple[str, ...]]:
    found = {rule.id: rule.find() for rule in load_rules()}
    return {id_: one.violations for id_, one in found.items() if one.violations}


def test_a_healthy_world_breaks_no_rule(world: dict[str, Booking]) -> None:
    assert broken() == {}


def test_every_rule_looks_at_something(world: dict[str, Booking]) -> None:
    checked = {rule.id: rule.find().checked for rule in load_rules()}
    mine = [f"I-B{number}" for number in range(1, 10)] + ["I-S1", "I-S2", "I-N2"]
    assert {id_: checked[id_] for id_ in mine if not checked[id_]} == {}


def update(of: str, **changes: object) -> Callable[[dict[str, Booking]], object]:
    return lambda world: Booking.objects.filter(pk=world[of].pk).update(**changes)


def entry(status: str, word: str) -> Callable[[dict[str, Booking]], TimelineEntry]:
    return lambda world: TimelineEntry.objects.get(booking=world[status], status=word)


def take_seats_away(world: dict[str, Booking]) -> None:
    Space.objects.filter(total_seats=5).update(total_seats=2)
    for space in Space.objects.all():
        store_documents(space)


def damage(world: dict[str, Booking]) -> None:
    document = BookingDocument.objects.get(booking=world[BookingStatus.ACTIVE], kind="noc")
    with document.file.storage.open(document.file.name, "ab") as file:
        file.write(b"!")


ACTIVE, KYC, CANCELLED, EXPIRED, UNPAID = (
    BookingStatus.ACTIVE,
    BookingStatus.PENDING_KYC,
    BookingStatus.CANCELLED,
    BookingStatus.EXPIRED,
    BookingStatus.PENDING_PAYMENT,
)


def forget(world: dict[str, Booking]) -> None:
    """As if the payment and the approval had not seen one another."""
    entries = world[ACTIVE].timeline.filter(status__in=(TimelineStatus.KYC_APPROVED, TimelineStatus.ACTIVE))
    entries.delete()
    update(ACTIVE, status=KYC, activated_at=None)(world)


BREAKS: dict[str, list[Callable[[dict[str, Booking]], object]]] = {
    "I-S1": [take_seats_away],
    "I-S2": [
        update(UNPAID, hold_expires_at=now() - timedelta(hours=3)),
        update(ACTIVE, start_on=today() - timedelta(days=9), end_on=today() - timedelta(days=2)),
    ],
    "I-B1": [
        lambda world: entry(ACTIVE, TimelineStatus.KYC_APPROVED)(world).delete(),
        lambda world: KycProfile.objects.filter(user=world[ACTIVE].customer).delete(),
    ],
    "I-B2": [
        lambda world: TimelineEntry.objects.filter(pk=entry(ACTIVE, TimelineStatus.ACTIVE)(world).pk).update(
            at=now() - timedelta(days=1)
        ),
        lambda world: entry(EXPIRED, TimelineStatus.EXPIRED)(world).delete(),
        lambda world: entry(CANCELLED, TimelineStatus.CREATED)(world).delete(),
        lambda world: world[UNPAID].timeline.all().delete(),
        lambda world: world[EXPIRED].timeline.create(status=TimelineStatus.EXPIRED, at=now() + timedelta(days=500)),
    ],
    "I-B3": [
        update(CANCELLED, cancel_reason=""),
        update(ACTIVE, cancel_reason="staff"),
        update(KYC, cancelled_at=now()),
    ],
    "I-B4": [
        update(ACTIVE, total_amount=1),
        update(ACTIVE, quantity=2),
        lambda world: Booking.objects.filter(pk=world[EXPIRED].pk).update(customer=world[KYC].customer),
    ],
    "I-B5": [
        lambda world: Invoice.objects.filter(pk=world[UNPAID].invoice_id).update(status="cancelled", cancelled_at=now())
    ],
    "I-B6": [forget],
    "I-B7": [lambda world: BookingDocument.objects.filter(booking=world[ACTIVE], kind="noc").delete()],
    "I-B8": [damage],
    "I-B9": [update(EXPIRED, invoice=None)],
    "I-M5": [lambda world: Invoice.objects.filter(pk=world[EXPIRED].invoice_id).update(source_type="parking")],
    "I-N2": [
        lambda world: NumberSeries.objects.filter(name__startswith="FS-").update(last=99),
        update(UNPAID, number="FS-2026-00099"),
    ],
}


@pytest.mark.parametrize(
    ("rule_id", "breaking"), [(rule_id, breaking) for rule_id, ways in BREAKS.items() for breaking in ways]
)
def test_each_rule_alone_finds_what_breaks_it(world: dict[str, Booking], rule_id: str, breaking: Callable) -> None:
    breaking(world)
    found = broken()
    assert set(found) == {rule_id}
    assert len(found[rule_id]) == 1


def test_an_invoice_of_a_booking_that_is_not_there_is_found(world: dict[str, Booking]) -> None:
    gone, invoice = uuid4(), world[EXPIRED].invoice
    assert invoice is not None
    Invoice.objects.filter(pk=invoice.pk).update(source_id=gone)
    found = broken()
    assert found.pop("I-M5") == (f"{invoice.number} bills booking {gone}, which is not there",)
    assert set(found) == {"I-B4"}  # the booking has lost its own


def test_an_unknown_status_is_found(world: dict[str, Booking]) -> None:
    Booking.objects.filter(pk=world[UNPAID].pk).update(status="lost")
    assert "I-B3" in broken()


def test_an_invoice_of_another_state_is_found(world: dict[str, Booking]) -> None:
    Invoice.objects.filter(pk=world[KYC].invoice_id).update(status="pending", paid_at=None)
    assert broken()["I-B5"] == (f"{world[KYC].number} is pending_kyc, its invoice pending",)
