"""What staff see and the buttons they have."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.services.documents import issue_documents
from tests.factories.bookings import make_booking, make_customer

MODELS = ("booking", "bookingdocument", "timelineentry")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def colleague(*permissions: str) -> User:
    user = make_customer(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="bookings"))
    return user


def press(client: Client, booking: Booking, button: str, **form: str) -> Any:
    return client.post(
        reverse(f"admin:bookings_booking_{button}", args=[booking.pk]), {"_form_submitted": "on", **form}
    )


@pytest.fixture
def active(seller) -> Booking:
    booking = make_booking(BookingStatus.ACTIVE, customer=make_customer(email="anshu@example.com"))
    issue_documents(booking_id=booking.pk)
    return booking


@pytest.mark.parametrize("model", MODELS)
def test_lists_are_found_searched_and_cost_the_same_for_one_and_for_three(
    seller, staff: User, model: str, django_assert_max_num_queries
) -> None:
    client = client_of(staff)
    url = reverse(f"admin:bookings_{model}_changelist")
    for count in (1, 2):
        for _ in range(count):
            issue_documents(booking_id=make_booking(BookingStatus.ACTIVE).pk)
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200
    number = Booking.objects.latest("created_at").number
    answer = client.get(url, {"q": number})
    assert number in answer.content.decode()


def test_bookings_are_found_by_number_mail_and_phone_and_filtered(active: Booking, staff: User) -> None:
    client = client_of(staff)
    User.objects.filter(pk=active.customer_id).update(phone="+919876543210")
    url = reverse("admin:bookings_booking_changelist")
    for query in (
        {"q": active.number},
        {"q": "anshu@"},
        {"q": "9876543210"},
        {"status__exact": "active"},
        {"kind__exact": "virtual_office"},
        {"city": "mumbai"},
        {"start_on_from": active.start_on.isoformat()},
    ):
        assert active.number in client.get(url, query).content.decode(), query
    for query in ({"q": "nobody"}, {"status__exact": "expired"}, {"city": "pune"}):
        assert active.number not in client.get(url, query).content.decode(), query
    assert client.get(url, {"customer__password__startswith": "a"}).status_code == 400


def test_a_booking_s_page_tells_its_whole_story(active: Booking, staff: User) -> None:
    html = client_of(staff).get(reverse("admin:bookings_booking_change", args=[active.pk])).content.decode()
    assert active.invoice is not None
    for shown in (
        active.number,
        "anshu@example.com",
        "Premium Virtual Office - Andheri",
        "₹15,000",
        "1 Year",
        active.invoice.number,
        "₹15,000 by Sandbox",
        f"AGR-{active.number}",
        f"NOC-{active.number}",
        "Payment confirmed",
        "Service activated",
    ):
        assert shown in html, shown


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_typed_into_a_row(active: Booking, staff: User, model: str) -> None:
    client = client_of(staff)
    row = {
        "booking": active,
        "bookingdocument": active.documents.first(),
        "timelineentry": active.timeline.first(),
    }[model]
    change = reverse(f"admin:bookings_{model}_change", args=[row.pk])
    assert client.post(change, {"status": "expired", "number": "FS-1"}).status_code == 403
    assert client.post(reverse(f"admin:bookings_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse(f"admin:bookings_{model}_add")).status_code == 403
    active.refresh_from_db()
    assert (active.status, active.documents.count()) == (BookingStatus.ACTIVE, 2)


def test_cancel_asks_for_a_reason_and_calls_the_service(active: Booking, staff: User) -> None:
    client = client_of(staff)
    asked = client.get(reverse("admin:bookings_booking_cancel", args=[active.pk]))
    assert "Cancel this booking?" in asked.content.decode()
    assert "field is required" in press(client, active, "cancel", reason=" ").content.decode()
    active.refresh_from_db()
    assert active.status == BookingStatus.ACTIVE
    done = press(client, active, "cancel", reason="The floor is flooded")
    assert done["HX-Redirect"] == reverse("admin:bookings_booking_change", args=[active.pk])
    active.refresh_from_db()
    assert active.status == BookingStatus.CANCELLED
    again = press(client, active, "cancel", reason="Again")
    page = client.get(again["HX-Redirect"]).content.decode()
    assert "A booking that is cancelled cannot become cancelled" in page


def test_issue_makes_what_is_missing(active: Booking, staff: User) -> None:
    client = client_of(staff)
    assert "Nothing was missing" in client.get(press(client, active, "issue_papers")["HX-Redirect"]).content.decode()
    active.documents.filter(kind="noc").delete()
    said = client.get(press(client, active, "issue_papers")["HX-Redirect"]).content.decode()
    assert f"Issued: NOC-{active.number}" in said
    assert active.documents.count() == 2


def test_a_look_at_a_button_moves_nothing(active: Booking, staff: User) -> None:
    """A link on another site could make staff's browser do it."""
    for button in ("cancel", "issue_papers"):
        client_of(staff).get(reverse(f"admin:bookings_booking_{button}", args=[active.pk]), {"reason": "x"})
    active.refresh_from_db()
    assert active.status == BookingStatus.ACTIVE


@pytest.mark.parametrize("button", ["cancel", "issue_papers"])
def test_buttons_are_for_those_who_may(active: Booking, button: str) -> None:
    right = {"cancel": "cancel_any_booking", "issue_papers": "issue_documents"}[button]
    for permissions, status in ((("view_booking",), 403), (("view_booking", right), 200)):
        client = client_of(colleague(*permissions))
        page = client.get(reverse("admin:bookings_booking_change", args=[active.pk])).content.decode()
        assert (reverse(f"admin:bookings_booking_{button}", args=[active.pk]) in page) == (status == 200)
        assert press(client, active, button, reason="why").status_code == status


def test_papers_open_for_those_who_may_see_them(active: Booking, staff: User) -> None:
    document = active.documents.get(kind="agreement")
    url = reverse("admin:bookings_bookingdocument_file", args=[document.pk])
    opened = client_of(staff).get(url)
    assert (opened.status_code, opened["Content-Type"], opened.content[:4]) == (200, "application/pdf", b"%PDF")
    assert client_of(colleague("view_booking")).get(url).status_code == 403
    assert client_of(colleague("view_bookingdocument")).get(url).status_code == 200
    assert client_of(make_customer()).get(url).status_code == 302
    document.file.storage.delete(document.file.name)
    damaged = client_of(staff).get(url, follow=True)
    assert "This document is damaged" in damaged.content.decode()
