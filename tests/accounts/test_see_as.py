"""The desk's page that shows what a customer sees."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.admin.answers import hide_tokens, lay_out, words
from accounts.admin.see_as_looks import list_looks
from accounts.models import AuditEntry, Session, SupportView, User
from accounts.services import sessions
from bookings.enums import BookingStatus
from tests.accounts.test_support_views import WHY, supporter
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as
from tests.factories.bookings import make_booking, make_space

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(client: Client, customer: User, reason: str = WHY) -> Any:
    url = reverse("admin:accounts_user_see_as", args=[customer.pk])
    return client.post(url, {"_form_submitted": "on", "reason": reason})


def page(view: SupportView, query: str = "") -> str:
    return reverse("admin:see_as", args=[view.pk]) + query


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "off"


@pytest.fixture
def customer() -> User:
    return UserFactory(email="asha@example.com", full_name="Asha <b>Rao</b>")


@pytest.fixture
def colleague() -> User:
    return supporter(full_name="Ravi Support")


@pytest.fixture
def desk(colleague: User) -> Client:
    return browser(colleague)


@pytest.fixture
def view(desk: Client, customer: User) -> SupportView:
    answer = press(desk, customer)
    found = SupportView.objects.get()
    assert answer.headers["HX-Redirect"] == page(found)
    return found


def test_every_look_is_there_under_a_banner_that_says_who_whom_why_and_how_long(
    desk: Client, view: SupportView, customer: User
) -> None:
    assert [one.name for one in list_looks()] == ["dashboard", "bookings", "invoices", "profile", "sessions"]
    for look in list_looks():
        text = desk.get(page(view, f"?look={look.name}")).content.decode()
        for wanted in (escape(customer.full_name), customer.email, "Ravi Support", WHY, "14", "read only", "End"):
            assert wanted in text, look.name
        assert f"GET {look.path}" in text
        assert "They are refused" not in text


def test_it_shows_what_the_api_answers_the_customer(desk: Client, view: SupportView, customer: User) -> None:
    booking = make_booking(BookingStatus.ACTIVE, customer=customer, space=make_space())
    listed = desk.get(page(view, "?look=bookings")).content.decode()
    assert booking.number in listed
    link = f"?look=bookings&amp;id={booking.pk}"
    assert link in listed
    assert booking.number in desk.get(page(view, link.replace("&amp;", "&"))).content.decode()
    theirs = make_booking(BookingStatus.ACTIVE, customer=UserFactory(), space=make_space())
    other = desk.get(page(view, f"?look=bookings&id={theirs.pk}")).content.decode()
    assert "They are refused this (404)" in other
    assert theirs.number not in other


def test_what_people_wrote_does_not_stop_it_and_shows_no_number(
    desk: Client, view: SupportView, customer: User
) -> None:
    booking = make_booking(BookingStatus.ACTIVE, customer=customer, space=make_space())
    booking.snapshot |= {"coordinates": {"lat": 19.876543210123, "lng": 72.8}, "address": "12 MG Road\nABCDE1234F"}
    booking.save(update_fields=["snapshot"])
    customer.full_name = "2026-99-99T00:00:00Z 9999-12-31T23:59:59Z"
    customer.save(update_fields=["full_name"])
    for query in [*(f"?look={look.name}" for look in list_looks()), f"?look=bookings&id={booking.pk}"]:
        answer = desk.get(page(view, query))
        assert answer.status_code == 200, query
        assert "ABCDE1234F" not in answer.content.decode(), query
    assert "19.876543210123" in desk.get(page(view, f"?look=bookings&id={booking.pk}")).content.decode()


def test_what_the_customer_is_refused_is_said(desk: Client) -> None:
    press(desk, UserFactory(email_verified_at=None))
    text = desk.get(page(SupportView.objects.get())).content.decode()
    assert "They are refused this (403): Please verify your e-mail address first" in text


def test_no_token_no_hash_and_no_link_that_opens_a_paper_is_on_it(
    desk: Client, view: SupportView, customer: User
) -> None:
    booking = make_booking(BookingStatus.ACTIVE, customer=customer, space=make_space())
    booking.snapshot["name"] = "Office of ABCDE1234F"
    booking.save(update_fields=["snapshot"])
    sign_in_as(customer)
    secrets = [customer.password, *Session.objects.values_list("refresh_hash", flat=True), "ABCDE1234F"]
    for query in [f"?look={look.name}" for look in list_looks()]:
        text = desk.get(page(view, query)).content.decode()
        assert not [secret for secret in secrets if secret in text], query
        assert not re.search(r"\beyJ[\w-]{10,}\.", text), query
        assert not re.search(r"token=(?!…)", text), query


def test_nobody_else_gets_in(desk: Client, view: SupportView, colleague: User) -> None:
    for other in (browser(StaffFactory(is_superuser=True)), browser(supporter()), browser(colleague)):
        assert other.get(page(view)).status_code == 404, "another sign-in is another sign-in, of the same person too"
        assert other.post(reverse("admin:see_as_end", args=[view.pk])).status_code == 404
    assert Client().get(page(view)).status_code == 302
    assert desk.get(page(view)).status_code == 200


def test_it_begins_and_ends_by_post_only_and_leads_back(desk: Client, view: SupportView, customer: User) -> None:
    end = reverse("admin:see_as_end", args=[view.pk])
    assert desk.get(end).status_code == 405
    assert desk.post(page(view)).status_code == 405
    answer = desk.post(end, follow=True)
    assert answer.redirect_chain[0][0] == reverse("admin:accounts_user_change", args=[customer.pk])
    assert "You no longer look at what" in answer.content.decode()
    again = desk.get(page(view), follow=True)
    assert "that has ended" in again.content.decode()
    actions = list(AuditEntry.objects.order_by("at").values_list("action", "actor"))
    assert actions == [("support_view.started", view.staff_id), ("support_view.ended", view.staff_id)]


def test_signing_out_of_the_desk_ends_it(desk: Client, view: SupportView) -> None:
    desk.post(reverse("admin:logout"))
    assert Session.objects.get(pk=view.session_id).end_reason == "logout"


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_asked_for(reason: str, desk: Client, customer: User) -> None:
    press(desk, customer, reason)
    assert not SupportView.objects.exists()


def test_without_the_second_factor_it_says_what_to_do(desk: Client, customer: User, colleague: User) -> None:
    sessions.forget_second_factor(user=colleague)
    answer = press(desk, customer)
    assert "set it up under Two-step sign-in" in desk.get(answer.headers["HX-Redirect"]).content.decode()
    assert not SupportView.objects.exists()


def test_a_colleague_is_not_looked_as(desk: Client) -> None:
    press(desk, StaffFactory())
    press(browser(StaffFactory(is_superuser=True)), StaffFactory())
    assert not SupportView.objects.exists()


def test_an_id_that_is_none_is_nothing(desk: Client, view: SupportView) -> None:
    assert desk.get(page(view, "?look=bookings&id=../../auth/profile")).status_code == 404
    assert desk.get(page(view, "?look=nonsense")).status_code == 200


def test_staff_stay_at_the_desk_where_there_is_nothing_and_strangers_learn_nothing(desk: Client) -> None:
    before = reverse("admin:accounts_user_changelist")
    lost = desk.get("/admin/no/such/page/", headers={"Referer": f"http://testserver{before}?q=asha"})
    assert lost.status_code == 404
    text = lost.content.decode()
    assert "There is nothing here." in text
    assert reverse("admin:index") in text
    assert f"{before}?q=asha" in text
    elsewhere = desk.get("/admin/no/such/page/", headers={"Referer": "https://evil.example/admin/x"})
    assert "evil.example" not in elsewhere.content.decode()
    assert Client().get("/admin/no/such/page/").status_code == 302


def test_answers_are_laid_out() -> None:
    node = lay_out({"startDate": "2026-11-01T00:00:00.000Z", "kycStatus": None, "isOk": True, "tags": ["a", 1]})
    assert [(name, inner.text) for name, inner in node.rows] == [
        ("Start date", "1 Nov 2026"),
        ("KYC status", "–"),
        ("Is ok", "yes"),
        ("Tags", "a, 1"),
    ]
    for odd in ("2026-99-99T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-31T00:00:00.000Z"):
        assert lay_out(odd).text == odd
    assert lay_out([]).text == "Nothing"
    assert lay_out([{"id": 1}, {"id": 2}]).kind == "table"
    assert lay_out([{"id": 1, "more": {"a": 1}}]).kind == "list"
    assert lay_out([[1], [2]]).kind == "list"
    assert lay_out({}).text == "–"
    assert words("payment_status") == "Payment status"
    assert hide_tokens("https://a.example/x?token=abc.def&b=1") == "https://a.example/x?token=…&b=1"
