"""A customer's and a booking's page: everything about them, within few queries, for who may see it."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, StaffNote, User
from bookings.models import Booking
from tests.factories.accounts import sign_in_as
from tests.factories.bookings import book, make_booking

MOST_QUERIES = 15
MOST_QUERIES_OF_A_PERSON = 19  # a section costs one, that of codes and locks two
TITLES = (
    "Notes for colleagues",
    "KYC",
    "Bookings",
    "Invoices",
    "Payments",
    "Mails",
    "Sign-ins",
    "Two-step sign-in",
    "Codes and locks",
    "Organizations",
    "Notifications",
    "Who did what to the account",
)


def person_url(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def titles(answer: Any) -> list[str]:
    return [section.title for section in answer.context["sections"]]


def test_a_customer_s_page_gathers_what_every_app_knows(booking: Booking, boss: Client) -> None:
    sign_in_as(booking.customer, user_agent="Mozilla/5.0 (Windows NT 10.0) Chrome/140.0")
    unpaid = book(customer=booking.customer, plan="mailing")
    boss.get(person_url(booking.customer))
    with CaptureQueriesContext(connection) as queries:
        answer = boss.get(person_url(booking.customer))
    html = answer.content.decode()

    assert len(queries) <= MOST_QUERIES_OF_A_PERSON
    assert titles(answer) == list(TITLES)
    for shown in (
        booking.number,
        unpaid.number,
        str(booking.invoice),
        "₹6,000 is owed",
        "₹15,000 by Sandbox",
        "Chrome on Windows",
        f"/admin/bookings/booking/{booking.pk}/change/",
        f"/admin/billing/invoice/{booking.invoice_id}/change/",
        f"/admin/listings/space/{booking.space_id}/change/",
        "/admin/accounts/kycprofile/",
        "/admin/accounts/mail/",
    ):
        assert shown in html, shown


def test_a_customer_s_page_costs_the_same_however_much_they_booked(anshu: User, boss: Client) -> None:
    counts = []
    for more in (1, 4):
        for _ in range(more):
            make_booking("active", customer=anshu)
        boss.get(person_url(anshu))
        with CaptureQueriesContext(connection) as queries:
            boss.get(person_url(anshu))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= MOST_QUERIES_OF_A_PERSON


def test_a_section_is_there_only_for_who_may_see_such_rows(booking: Booking, colleague: Callable[..., Client]) -> None:
    answer = colleague("accounts.view_user", "bookings.view_booking").get(person_url(booking.customer))

    assert titles(answer) == ["Bookings"]
    assert "/admin/billing/" not in answer.content.decode().split('id="content-main"')[-1]


def test_a_booking_s_page_says_what_to_do_and_leads_everywhere(booking: Booking, boss: Client) -> None:
    url = reverse("admin:bookings_booking_change", args=[booking.pk])
    boss.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = boss.get(url)
    html = answer.content.decode()
    invoice = booking.invoice
    assert invoice is not None

    assert len(queries) <= MOST_QUERIES
    assert answer.context["step"].text.startswith("It runs until")
    assert answer.context["money"].words == "Nothing is owed"
    links = (invoice, invoice.payments.get(), booking.customer, booking.space, *booking.documents.all())
    for row in links:
        assert f"/{row._meta.model_name}/{row.pk}/change/" in html, row
    assert "/gatewayevent/" in html


def test_a_booking_s_page_shows_no_money_to_who_may_not_see_it(
    booking: Booking, colleague: Callable[..., Client]
) -> None:
    answer = colleague("bookings.view_booking").get(reverse("admin:bookings_booking_change", args=[booking.pk]))

    assert (answer.context["money"], answer.context["papers"], answer.context["staff_notes"]) == (None, None, None)


def test_a_note_is_written_by_a_button_and_stays_among_colleagues(booking: Booking, boss: Client) -> None:
    url = reverse("admin:bookings_booking_add_note", args=[booking.pk])
    boss.post(url, {"_form_submitted": "on", "text": "Called; pays on Monday"})
    note = StaffNote.objects.get()
    page = boss.get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()

    assert (note.target_type, note.target_id, note.text) == (
        "bookings.booking",
        str(booking.pk),
        "Called; pays on Monday",
    )
    assert "Called; pays on Monday" in page
    assert AuditEntry.objects.filter(action="note.added", target_id=str(booking.pk)).count() == 1
    told = client_api(booking.customer).get("/api/user/bookings").content.decode()
    assert booking.number in told
    assert "pays on Monday" not in told


def client_api(user: User) -> Client:
    return Client(headers={"authorization": f"Bearer {sign_in_as(user).tokens.access}"})


def test_a_note_is_for_those_who_may_write_one(booking: Booking, colleague: Callable[..., Client]) -> None:
    url = reverse("admin:bookings_booking_add_note", args=[booking.pk])
    answer = colleague("bookings.view_booking").post(url, {"_form_submitted": "on", "text": "Hello"})

    assert answer.status_code in (302, 403)
    assert not StaffNote.objects.exists()
