"""From money to papers to the end, through billing and KYC as they really call."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from accounts.enums import KycStatus
from accounts.models import AuditEntry, KycProfile, Mail, Notification, User
from accounts.services.kyc_review import approve_case
from billing.enums import EventSource, InvoiceStatus, RefundCause
from billing.exceptions import BillableLapsed, InvoiceNotPayable
from billing.gateways.sandbox import Sandbox
from billing.models import Payment, Refund
from billing.services.events import apply_event, record_event
from billing.services.payments import StartedPayment, start_payment, verify_payment
from bookings.enums import BookingStatus, CancelReason
from bookings.exceptions import BookingUnknown, HoldLapsed
from bookings.models import Booking, BookingDocument
from bookings.services import lifecycle
from bookings.services.billable import BOOKING
from bookings.services.cancellation import RELEASE_HOLDS, cancel_booking_by_staff, release_hold
from bookings.services.documents import ISSUE_MISSING, issue_documents
from bookings.services.lifecycle import EXPIRE_BOOKINGS, expire_booking
from bookings.services.moves import lock_booking
from bookings.services.papers import kinds_of
from bookings.services.tell import attach_paper
from bookings.tasks import task_expire_bookings, task_issue_missing_documents, task_release_holds
from flashspace.base.clock import now, pretend, start_of
from flashspace.base.errors import Invalid
from flashspace.base.locks import atomic
from flashspace.base.sweeps import run_sweep
from listings.enums import SpaceStatus
from listings.models import Space
from tests.factories.bookings import approve_kyc, book, make_booking, make_customer, make_space, open_case, pay

MINUTE = timedelta(minutes=1)


def begin(booking: Booking) -> StartedPayment:
    return start_payment(invoice_id=booking.invoice_id, gateway="sandbox", actor=booking.customer)


def finish(started: StartedPayment) -> Payment:
    payment = started.payment
    return verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=payment.user)


def story(booking: Booking) -> list[str]:
    return list(booking.timeline.values_list("status", flat=True))


def test_paid_it_waits_for_kyc_and_approval_begins_it(
    space: Space, customer: User, staff: User, django_capture_on_commit_callbacks
) -> None:
    first, second = book(space=space, customer=customer), book(space=space, customer=customer)
    other = make_booking(BookingStatus.PENDING_KYC, space=space)
    unpaid = book(space=space, customer=customer)
    for booking in (first, second):
        finish(begin(booking))
    first.refresh_from_db()
    assert (first.status, story(first)) == (BookingStatus.PENDING_KYC, ["created", "payment_received"])
    with django_capture_on_commit_callbacks(execute=True):
        approve_case(case=open_case(customer), actor=staff)
    for booking in (first, second):
        booking.refresh_from_db()
        assert booking.status == BookingStatus.ACTIVE
        assert story(booking) == ["created", "payment_received", "kyc_approved", "active"]
        assert [entry.note for entry in booking.timeline.all()][1:] == [
            "Payment confirmed",
            "Verified by Admin",
            "Service activated",
        ]
        assert {document.kind for document in booking.documents.all()} == {"agreement", "noc"}
        assert booking.documents_issued_at is not None
    assert Mail.objects.filter(template="booking_active", user=customer).count() == 2
    assert Notification.objects.filter(kind="booking.active", user=customer).count() == 2
    other.refresh_from_db(), unpaid.refresh_from_db()
    assert (other.status, unpaid.status) == (BookingStatus.PENDING_KYC, BookingStatus.PENDING_PAYMENT)


def test_paid_by_a_verified_customer_it_begins_at_once(space: Space, customer: User) -> None:
    approve_kyc(customer)
    booking = book(space=space, customer=customer)
    finish(begin(booking))
    booking.refresh_from_db()
    assert booking.status == BookingStatus.ACTIVE
    assert story(booking) == ["created", "payment_received", "kyc_approved", "active"]
    assert booking.confirmed_at is not None
    assert booking.activated_at is not None
    assert booking.invoice.status == InvoiceStatus.PAID


def test_a_kyc_that_went_back_to_review_does_not_begin_anything(space: Space, customer: User) -> None:
    approve_kyc(customer)
    running = make_booking(BookingStatus.ACTIVE, space=space, customer=customer)
    KycProfile.objects.update(status=KycStatus.PENDING)
    booking = pay(book(space=space, customer=customer))
    running.refresh_from_db()
    assert (booking.status, running.status) == (BookingStatus.PENDING_KYC, BookingStatus.ACTIVE)


def test_a_payment_in_flight_holds_the_seats_ten_minutes_longer_once(space: Space, customer: User) -> None:
    booking = book(space=space, customer=customer)
    hold = booking.hold_expires_at
    begin(booking)
    with pretend(hold + 5 * MINUTE):
        begin(booking)
        booking.refresh_from_db()
        assert booking.hold_expires_at == hold + 10 * MINUTE
        assert release_hold(booking.pk, hold + 9 * MINUTE) is False
    assert release_hold(booking.pk, hold + 10 * MINUTE) is True


def test_no_payment_begins_after_the_hold_even_before_its_sweep(space: Space, customer: User) -> None:
    booking = book(space=space, customer=customer)
    with pretend(booking.hold_expires_at), pytest.raises(HoldLapsed):
        begin(booking)
    release_hold(booking.pk, booking.hold_expires_at)
    with pytest.raises(InvoiceNotPayable):
        begin(booking)


def test_a_lapsed_hold_frees_the_seats_and_keeps_the_invoice_number(seller, customer: User) -> None:
    space = make_space(total_seats=1)
    booking = book(space=space, customer=customer)
    number = booking.invoice.number
    assert run_sweep(RELEASE_HOLDS, at=booking.hold_expires_at - MINUTE).done == []
    assert run_sweep(RELEASE_HOLDS, at=booking.hold_expires_at).done == [booking.pk]
    booking.refresh_from_db()
    booking.invoice.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == (BookingStatus.CANCELLED, CancelReason.LAPSED)
    assert (booking.invoice.status, booking.invoice.number) == (InvoiceStatus.CANCELLED, number)
    assert story(booking) == ["created", "cancelled"]
    assert book(space=space)


def late(booking: Booking) -> StartedPayment:
    """A payment that was begun in time, of a booking whose hold then lapsed."""
    started = begin(booking)
    booking.refresh_from_db()
    assert release_hold(booking.pk, booking.hold_expires_at)
    return started


def test_money_after_a_lapsed_hold_revives_it_while_seats_are_free(seller, customer: User) -> None:
    booking = book(space=make_space(total_seats=1), customer=customer)
    started = late(booking)
    with pretend(booking.hold_expires_at + MINUTE):
        finish(started)
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_at, booking.cancel_reason) == (BookingStatus.PENDING_KYC, None, "")
    assert booking.invoice.status == InvoiceStatus.PAID
    assert story(booking) == ["created", "cancelled", "revived", "payment_received"]
    assert not Refund.objects.exists()


def test_money_after_a_lapsed_hold_is_owed_back_when_the_seats_are_gone(seller, customer: User) -> None:
    space = make_space(total_seats=1)
    booking = book(space=space, customer=customer)
    started = late(booking)
    with pretend(booking.hold_expires_at + MINUTE):
        winner = book(space=space)
        with pytest.raises(BillableLapsed):
            finish(started)
    booking.refresh_from_db()
    assert (booking.status, booking.invoice.status) == (BookingStatus.CANCELLED, InvoiceStatus.CANCELLED)
    assert [(refund.cause, refund.amount) for refund in Refund.objects.all()] == [(RefundCause.LAPSED, Decimal(15000))]
    assert [entry.note for entry in booking.timeline.all()][-1] == "The payment came too late; the money goes back"
    winner.refresh_from_db()
    assert winner.status == BookingStatus.PENDING_PAYMENT


def test_money_between_the_end_of_a_hold_and_its_sweep_never_oversells(seller, customer: User) -> None:
    space = make_space(total_seats=1)
    booking = book(space=space, customer=customer)
    started = begin(booking)
    booking.refresh_from_db()
    with pretend(booking.hold_expires_at):
        book(space=space)  # the seat is free by the clock, the sweep has not come yet
        with pytest.raises(BillableLapsed):
            finish(started)
    booking.refresh_from_db()
    booking.invoice.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == (BookingStatus.CANCELLED, CancelReason.LAPSED)
    assert booking.invoice.status == InvoiceStatus.CANCELLED


def test_a_server_with_a_slow_clock_does_not_oversell(seller, customer: User) -> None:
    """To the server that takes the money the hold is alive; another one gave the seat away by a faster clock."""
    space = make_space(total_seats=1)
    booking = book(space=space, customer=customer)
    started = begin(booking)
    booking.refresh_from_db()
    with pretend(booking.hold_expires_at):
        book(space=space)
    with pytest.raises(BillableLapsed):
        finish(started)


@pytest.mark.parametrize("change", [{"status": SpaceStatus.REJECTED}, {"deleted_at": now()}])
def test_nothing_is_revived_in_a_listing_that_is_gone(space: Space, customer: User, change: dict) -> None:
    started = late(book(space=space, customer=customer))
    Space.objects.filter(pk=space.pk).update(**change)
    with pytest.raises(BillableLapsed):
        finish(started)


def test_a_live_hold_is_honoured_even_when_the_listing_is_gone(space: Space, customer: User) -> None:
    booking = book(space=space, customer=customer)
    started = begin(booking)
    Space.objects.filter(pk=space.pk).update(deleted_at=now())
    finish(started)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.PENDING_KYC


def test_nothing_is_revived_whose_time_is_over(space: Space, customer: User) -> None:
    booking = book(space=space, customer=customer, plan="day")
    started = late(booking)
    with pretend(start_of(booking.end_on)), pytest.raises(BillableLapsed):
        finish(started)


def test_money_for_what_the_customer_cancelled_goes_back(space: Space, customer: User) -> None:
    booking = book(space=space, customer=customer)
    started = begin(booking)
    cancel_booking_by_staff(booking=booking, reason="The floor is flooded", actor=customer)
    with pytest.raises(BillableLapsed):
        finish(started)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


def test_staff_cancel_with_a_reason_that_is_told_and_audited(space: Space, customer: User, staff: User) -> None:
    booking = make_booking(BookingStatus.ACTIVE, space=space, customer=customer)
    with pytest.raises(Invalid):
        cancel_booking_by_staff(booking=booking, reason="  ", actor=staff)
    cancel_booking_by_staff(booking=booking, reason="The floor is flooded", actor=staff)
    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == (BookingStatus.CANCELLED, CancelReason.STAFF)
    assert [entry.note for entry in booking.timeline.all()][-1] == "The floor is flooded"
    entry = AuditEntry.objects.get(action="booking.cancelled")
    assert (entry.actor, entry.before, entry.after, entry.reason) == (
        staff,
        {"status": "active"},
        {"status": "cancelled"},
        "The floor is flooded",
    )
    mail = Mail.objects.get(template="booking_cancelled")
    assert (mail.to, "The floor is flooded" in mail.text) == (customer.email, True)
    assert booking.invoice.status == InvoiceStatus.PAID


def test_it_ends_on_the_indian_day_after_its_last(space: Space, customer: User) -> None:
    booking = make_booking(BookingStatus.ACTIVE, space=space, customer=customer)
    end = start_of(booking.end_on)
    assert run_sweep(EXPIRE_BOOKINGS, at=end - timedelta(seconds=1)).done == []
    assert expire_booking(booking.pk, end - timedelta(seconds=1)) is False
    assert run_sweep(EXPIRE_BOOKINGS, at=end).done == [booking.pk]
    assert run_sweep(EXPIRE_BOOKINGS, at=end).done == []
    booking.refresh_from_db()
    assert (booking.status, booking.expired_at) == (BookingStatus.EXPIRED, end)
    assert story(booking)[-1] == "expired"
    assert Notification.objects.filter(kind="booking.expired").count() == 1


@pytest.mark.parametrize(
    ("command", "status", "after"),
    [
        ("release_holds", BookingStatus.PENDING_PAYMENT, BookingStatus.CANCELLED),
        ("expire_bookings", BookingStatus.ACTIVE, BookingStatus.EXPIRED),
    ],
)
def test_commands_are_dry_when_asked_and_do_it_once(
    seller, capsys: pytest.CaptureFixture[str], command: str, status: str, after: str
) -> None:
    booking = make_booking(status)
    at = (now() + timedelta(days=400)).isoformat()
    call_command(command, dry_run=True, at=now() + timedelta(days=400))
    booking.refresh_from_db()
    assert (booking.status, str(booking.pk) in capsys.readouterr().out) == (status, True)
    call_command(command, f"--at={at}")
    call_command(command, f"--at={at}")
    assert [line.split(":")[1][:7] for line in capsys.readouterr().out.splitlines()] == [" 1 done", " 0 done"]
    booking.refresh_from_db()
    assert booking.status == after


def test_tasks_run_the_sweeps_at_their_time(seller) -> None:
    unpaid, active = make_booking(), make_booking(BookingStatus.ACTIVE)
    with pretend(start_of(active.end_on)):
        task_release_holds()
        task_expire_bookings()
    unpaid.refresh_from_db(), active.refresh_from_db()
    assert (unpaid.status, active.status) == (BookingStatus.CANCELLED, BookingStatus.EXPIRED)


def test_papers_are_made_once_however_often_they_are_asked_for(seller) -> None:
    booking = make_booking(BookingStatus.ACTIVE)
    made = issue_documents(booking_id=booking.pk)
    assert [document.kind for document in made] == ["agreement", "noc"]
    before = list(BookingDocument.objects.order_by("kind").values_list("sha256", "verification_code", "file"))
    assert issue_documents(booking_id=booking.pk) == []
    assert list(BookingDocument.objects.order_by("kind").values_list("sha256", "verification_code", "file")) == before


def test_a_missing_paper_is_made_again_alone(seller) -> None:
    booking = make_booking(BookingStatus.ACTIVE)
    issue_documents(booking_id=booking.pk)
    booking.documents.filter(kind="noc").delete()
    assert [document.kind for document in issue_documents(booking_id=booking.pk)] == ["noc"]


@pytest.mark.parametrize("status", [BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_KYC, BookingStatus.CANCELLED])
def test_there_are_no_papers_before_it_begins_or_when_cancelled(seller, status: str) -> None:
    booking = make_booking(status)
    assert issue_documents(booking_id=booking.pk) == []
    booking.refresh_from_db()
    assert booking.documents_issued_at is None


@pytest.mark.parametrize(
    ("plan", "kinds"), [("gst", ["agreement", "noc"]), ("mailing", ["agreement"]), ("seat", ["agreement", "noc"])]
)
def test_who_registers_the_address_gets_a_noc(seller, plan: str, kinds: list[str]) -> None:
    assert list(kinds_of(book(plan=plan))) == kinds


def test_a_desk_gets_no_noc(seller) -> None:
    assert list(kinds_of(book(space=make_space(kind="coworking"), plan="seat"))) == ["agreement"]


def test_the_sweep_makes_papers_that_no_task_made(seller) -> None:
    booking = make_booking(BookingStatus.ACTIVE)
    assert run_sweep(ISSUE_MISSING, at=now()).done == []  # its own task is on the way
    with pretend(now() + 2 * MINUTE):
        task_issue_missing_documents()
    assert booking.documents.count() == 2
    assert run_sweep(ISSUE_MISSING, at=now() + 2 * MINUTE).done == []


def test_two_makers_at_once_leave_one_row_and_one_file(seller, monkeypatch: pytest.MonkeyPatch) -> None:
    from bookings.services import documents

    booking = make_booking(BookingStatus.ACTIVE)
    storage = BookingDocument._meta.get_field("file").storage
    print_agreement = documents.PRINTERS["agreement"]
    rivals = []

    def slow(*arguments):
        if not rivals:
            rivals.append(True)
            issue_documents(booking_id=booking.pk)
        return print_agreement(*arguments)

    monkeypatch.setitem(documents.PRINTERS, "agreement", slow)
    issue_documents(booking_id=booking.pk)
    assert sorted(booking.documents.values_list("kind", flat=True)) == ["agreement", "noc"]
    assert len(storage.listdir(f"bookings/{booking.pk}")[1]) == 2


def test_papers_are_attached_even_when_the_mail_is_faster_than_their_task(seller) -> None:
    booking = make_booking(BookingStatus.ACTIVE)
    mail = Mail.objects.get(template="booking_active")
    assert mail.attachments == [["booking_agreement", str(booking.pk)], ["booking_noc", str(booking.pk)]]
    name, pdf, media_type = attach_paper("agreement", str(booking.pk))
    assert (name, pdf[:4], media_type) == (f"agreement-{booking.number}.pdf", b"%PDF", "application/pdf")


def test_the_client_of_a_paper_is_the_company_or_else_the_person(seller) -> None:
    company, person = make_customer(), make_customer(full_name="Anshu Prasad")
    for customer, name in ((company, "Talenode Analytics Pvt Ltd"), (person, "")):
        approve_kyc(customer, company_name=name)
        issue_documents(booking_id=pay(book(customer=customer)).pk)
    holders = set(BookingDocument.objects.values_list("booking__customer", "holder"))
    assert holders == {(company.pk, "Talenode Analytics Pvt Ltd"), (person.pk, "Anshu Prasad")}


def test_what_was_cancelled_a_moment_before_its_approval_does_not_begin(
    seller, customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = make_booking(BookingStatus.PENDING_KYC, customer=customer)
    lock = lifecycle.lock_booking

    def lock_too_late(**lookup: object) -> Booking:
        monkeypatch.setattr(lifecycle, "lock_booking", lock)
        cancel_booking_by_staff(booking=booking, reason="The floor is flooded", actor=customer)
        return lock(**lookup)

    monkeypatch.setattr(lifecycle, "lock_booking", lock_too_late)
    approve_kyc(customer)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


def test_what_is_not_there_is_unknown(db: None) -> None:
    for ask in (lambda: BOOKING.lock(uuid4()), lambda: issue_documents(booking_id=uuid4()), lambda: lock_any(uuid4())):
        with pytest.raises(BookingUnknown):
            ask()


def lock_any(pk: UUID) -> Booking:
    with atomic():
        return lock_booking(pk=pk)


def test_billing_leads_staff_to_the_booking(seller, staff: User) -> None:
    booking = book()
    assert BOOKING.admin_url(booking.pk) == f"/admin/bookings/booking/{booking.pk}/change/"


def test_a_sweep_that_waited_for_a_lock_does_not_write_into_the_past(space: Space, customer: User) -> None:
    began = now() - timedelta(hours=1)
    unpaid, active = book(space=space, customer=customer), make_booking(BookingStatus.ACTIVE, space=space)
    Booking.objects.filter(pk=unpaid.pk).update(hold_expires_at=began)
    Booking.objects.filter(pk=active.pk).update(start_on=began.date() - timedelta(days=9), end_on=began.date())
    assert release_hold(unpaid.pk, began)
    assert expire_booking(active.pk, began)
    late_news = begin(book(space=space, customer=customer))
    apply_event_told_at(late_news, began)
    for booking in Booking.objects.all():
        times = list(booking.timeline.values_list("at", flat=True))
        assert times == sorted(times)


def apply_event_told_at(started: StartedPayment, at: datetime) -> None:
    with pretend(at):
        news = Sandbox().confirm(started.payment, transaction_id=started.payment.transaction_id, proof={})
    event = record_event(gateway=Sandbox(), source=EventSource.ANSWER, news=news)
    assert apply_event(event.pk, at)
