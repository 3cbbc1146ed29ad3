"""One box for everything."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.finding import Kind, has_words, read_term, sort_found
from accounts.models import KycProfile, Mail, User
from billing.models import Invoice
from bookings.models import Booking
from tests.factories.rows import make_row

MOST_QUERIES = 9


def ask(client: Client, typed: str) -> str:
    return client.get(reverse("admin:search"), {"s": typed, "extended": "1"}).content.decode()


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("FS-2026-00042", Kind.CODE, "FS-2026-00042"),
        ("inv-2026-0042", Kind.CODE, "inv-2026-0042"),
        ("AGR-FS-2026-00042", Kind.CODE, "AGR-FS-2026-00042"),
        ("order_Nx91k2", Kind.CODE, "order_Nx91k2"),
        (" Anshu@Example.com ", Kind.EMAIL, "anshu@example.com"),
        ("+91-98765 43210", Kind.PHONE, "+919876543210"),
        ("098765 43210", Kind.PHONE, "+919876543210"),
        ("0091 9876543210", Kind.PHONE, "+919876543210"),
        ("98765", Kind.PHONE, "+9198765"),
        ("27aapfu0939f1zv", Kind.GSTIN, "27AAPFU0939F1ZV"),
        ("27AAPFU", Kind.GSTIN, "27AAPFU"),
        ("aapfu0939f", Kind.PAN, "AAPFU0939F"),
        ("Anshu  Prasad", Kind.WORDS, "anshu prasad"),
        ("01a1fae5-fe5c-7576-b3b5-2c89b122038e", Kind.ID, "01a1fae5-fe5c-7576-b3b5-2c89b122038e"),
    ],
)
def test_what_was_typed_is_known_for_what_it_is(typed: str, kind: Kind, text: str) -> None:
    term = read_term(typed)

    assert term is not None
    assert (term.kind, term.text) == (kind, text)


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "!!", "%"])
def test_nothing_is_no_term(typed: str) -> None:
    assert read_term(typed) is None


def test_a_booking_an_invoice_a_payment_and_a_person_are_found_by_what_they_are_called(
    booking: Booking, boss: Client
) -> None:
    invoice = booking.invoice
    assert invoice is not None
    payment = invoice.payments.get()
    KycProfile.objects.filter(user=booking.customer).update(gstin="27AAPFU0939F1ZV", company_name="Prasad Textiles")
    for typed, found in (
        (booking.number, f"/bookings/booking/{booking.pk}/"),
        (booking.number.lower(), f"/bookings/booking/{booking.pk}/"),
        (booking.number, f"/billing/invoice/{invoice.pk}/"),
        (booking.number, f"/billing/payment/{payment.pk}/"),
        (invoice.number, f"/billing/invoice/{invoice.pk}/"),
        (payment.transaction_id, f"/billing/payment/{payment.pk}/"),
        (f"AGR-{booking.number}", "/bookings/bookingdocument/"),
        ("anshu@", f"/accounts/user/{booking.customer_id}/"),
        ("098765 43210", f"/accounts/user/{booking.customer_id}/"),
        ("9876543210", f"/bookings/booking/{booking.pk}/"),
        ("27AAPFU0939F1ZV", f"/accounts/user/{booking.customer_id}/"),
        ("prasad ans", f"/accounts/user/{booking.customer_id}/"),
        ("textiles", "/accounts/kycprofile/"),
        ("andheri premium", "/listings/space/"),
        (str(booking.pk), f"/bookings/booking/{booking.pk}/"),
    ):
        with CaptureQueriesContext(connection) as queries:
            html = ask(boss, typed)
        assert found in html, typed
        assert len(queries) <= MOST_QUERIES, typed
    assert f"/bookings/booking/{booking.pk}/" not in ask(boss, "FS-1999-00001")


def test_who_may_not_see_invoices_finds_none(booking: Booking, colleague: Callable[..., Client]) -> None:
    html = ask(colleague("bookings.view_booking"), booking.number)

    assert "/bookings/booking/" in html
    assert "/billing/" not in html


def test_a_pan_finds_its_owner_only_for_who_may_see_it(booking: Booking, colleague: Callable[..., Client]) -> None:
    KycProfile.objects.filter(user=booking.customer).update(pan="AAPFU0939F")
    url = reverse("admin:accounts_user_changelist")

    blind, seeing = colleague("accounts.view_user"), colleague("accounts.view_user", "accounts.view_identity_numbers")
    assert "/accounts/user/" not in ask(blind, "AAPFU0939F")
    assert "anshu@example.com" not in blind.get(url, {"q": "AAPFU0939F"}).content.decode()
    assert "/accounts/user/" in ask(seeing, "AAPFU0939F")
    assert "anshu@example.com" in seeing.get(url, {"q": "AAPFU0939F"}).content.decode()


def test_what_was_booked_a_moment_ago_is_found_though_it_was_asked_for_before(anshu, boss: Client) -> None:
    from tests.factories.bookings import book

    assert "/bookings/booking/" not in ask(boss, "anshu@example.com")
    booking = book(customer=anshu)
    assert f"/bookings/booking/{booking.pk}/" in ask(boss, "anshu@example.com")


@pytest.mark.parametrize("model", [User, Invoice, Mail])
def test_what_a_word_finds_stands_in_the_order_of_the_list(model: Any, booking: Booking) -> None:
    """Made after it was found, so that PostgreSQL asks the index of the words and not that of the order."""
    make_row(model)
    term = read_term("anshu")
    assert term is not None
    names = {User: "full_name", Invoice: "billing_name", Mail: "subject"}
    model.objects.update(**{names[model]: "Anshu Prasad"})
    rows = model.objects.filter(has_words(term, names[model])).order_by("-created_at", "-pk")

    assert len(rows) > 1
    assert list(sort_found(rows, term)) == list(rows)
    assert list(sort_found(rows.order_by("created_at", "pk"), term)) == list(reversed(rows))
    assert "COALESCE" in str(sort_found(rows, term).query).rpartition("ORDER BY")[2].upper()
