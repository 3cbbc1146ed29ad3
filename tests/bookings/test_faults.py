"""The database fails at each statement of a booking: nothing is half written, and the retry books once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import OperationalError, connection

from accounts.models import IdempotencyKey, Mail, User
from accounts.services.kyc_review import approve_case
from billing.models import Invoice, InvoiceLine, NumberSeries
from bookings.models import Booking, BookingDocument, TimelineEntry
from bookings.services.documents import issue_documents
from flashspace.management.commands.check_integrity import load_rules
from tests.bookings.conftest import sign_in
from tests.factories.bookings import book, make_booking, make_customer, make_space, nano_body, open_case

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

MOST_STATEMENTS = 80


class Fault:
    """The statement with this number fails, once. `met` says whether there was one."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.met = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            self.met = True
            raise OperationalError("the connection is gone")
        return execute(sql, params, many, context)


@contextmanager
def fault_at(number: int) -> Iterator[Fault]:
    fault = Fault(number)
    with connection.execute_wrapper(fault):
        yield fault


def rows() -> dict[str, Any]:
    counted = {model.__name__: model.objects.count() for model in (Booking, TimelineEntry, Invoice, InvoiceLine, Mail)}
    return {**counted, "series": dict(NumberSeries.objects.values_list("name", "last"))}


def broken() -> dict[str, tuple[str, ...]]:
    found = {rule.id: rule.find() for rule in load_rules()}
    return {id_: one.violations for id_, one in found.items() if one.violations}


def test_a_fault_at_any_statement_of_a_booking_leaves_nothing_and_the_retry_books_once(seller, customer: User) -> None:
    space = make_space(total_seats=1000)
    book(space=space, customer=customer)
    client, body, before = sign_in(customer), nano_body(space, start_date=None), rows()
    client.raise_request_exception = False
    for number in range(1, MOST_STATEMENTS):
        headers = {"idempotency-key": f"try {number}"}
        with fault_at(number) as fault:
            first = client.post("/api/bookings", body, "application/json", headers=headers)
        if not fault.met:
            assert (first.status_code, number > 15) == (201, True)
            break
        assert first.status_code == 503
        assert rows() == before
        IdempotencyKey.objects.filter(status=None).delete()  # the lease of a request that could not even free its key
        assert client.post("/api/bookings", body, "application/json", headers=headers).status_code == 201
        assert Booking.objects.count() == before["Booking"] + 1
        before = rows()
    else:
        pytest.fail(f"a booking takes more than {MOST_STATEMENTS} statements")
    assert broken() == {}


def test_a_fault_at_any_statement_of_an_approval_leaves_the_booking_waiting(seller, customer: User) -> None:
    booking = make_booking("pending_kyc", customer=customer)
    case, reviewer = open_case(customer), make_customer(is_staff=True, is_superuser=True)
    for number in range(1, MOST_STATEMENTS):
        before = rows()
        with fault_at(number) as fault, suppress(OperationalError):
            approve_case(case=case, actor=reviewer)
        booking.refresh_from_db()
        if booking.status == "active":  # it was committed: what failed, if anything, was a task that is swept
            break
        assert (fault.met, booking.status, rows()) == (True, "pending_kyc", before)
    assert number > 15
    assert broken() == {}


def test_a_fault_at_any_statement_of_its_papers_is_mended_by_the_next_try(seller) -> None:
    booking = make_booking("active")
    BookingDocument.objects.all().delete()
    Booking.objects.update(documents_issued_at=None)
    for number in range(1, MOST_STATEMENTS):
        with fault_at(number) as fault, suppress(OperationalError):
            issue_documents(booking_id=booking.pk)
        booking.refresh_from_db()
        complete = booking.documents.count() == 2
        assert complete or booking.documents_issued_at is None
        if not fault.met:
            break
    assert complete
    assert broken() == {}
