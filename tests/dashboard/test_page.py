"""The page: what it says, where each figure leads, who sees it, and what it costs."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import KycStatus
from flashspace.base.money import format_rupees, group_digits
from tests.dashboard.desk import NOON, client_of, colleague, count_rows, figures_of, forget_figures, open_desk, words_of
from tests.dashboard.rows import (
    put_booking,
    put_case,
    put_event,
    put_invoice,
    put_mail,
    put_person,
    put_refund,
    put_revision,
    put_space,
)
from tests.factories.listings import SpaceFactory
from tests.factories.staff import make_member
from tests.pages import Text, texts_of

pytestmark = pytest.mark.django_db

CARDS = ("money", "newcomers", "funnel", "occupancy")
MIDNIGHT = NOON - timedelta(hours=12)


def put_a_bit_of_everything() -> None:
    for put in (put_mail, put_space, put_revision, put_refund, put_event):
        put(NOON - timedelta(days=2))
    put_case(NOON - timedelta(days=2))
    put_invoice(NOON, status="overdue")
    for back in (timedelta(), timedelta(days=20), timedelta(days=40), timedelta(days=100), timedelta(days=340)):
        put_invoice(MIDNIGHT - back, "123456.50", "22222.17")
        put_invoice(MIDNIGHT - back - timedelta(microseconds=1))
    put_booking(NOON, "pending_kyc", space=SpaceFactory(city="Pune", total_seats=9, plans=()))
    put_booking(NOON, "active", documents_issued_at=None, seats=3, space=SpaceFactory(total_seats=9, plans=()))
    person = put_person(MIDNIGHT, email_verified_at=NOON)
    put_case(NOON, user=person, status=KycStatus.APPROVED)
    put_booking(NOON, "active", customer=person, documents_issued_at=NOON)
    put_booking(NOON, "active", customer=person, start_on=date(2026, 12, 1))
    put_person(NOON, role="owner")


@pytest.mark.parametrize("days", [{}, {"range": "7d"}, {"range": "30d"}, {"from": "2026-08-15", "to": "2026-11-20"}])
def test_every_figure_leads_to_as_many_rows(client: Client, days: dict[str, str]) -> None:
    put_a_bit_of_everything()
    figures = figures_of(open_desk(client, **days))
    assert len(figures) > 20
    assert {(one.title, one.url): count_rows(client, one.url) for one in figures} == {
        (one.title, one.url): one.count for one in figures
    }


# The range, its buttons, the days of a row, when it was counted, and what is a part of the line above.
NO_FIGURES = re.compile(r"^((\d{1,2} )?[A-Z][a-z]{2}( \d{4})?( – |$))+|^As of |^\d+ % of those before$")
COUNT, RUPEES, SEATS = re.compile(r"^([\d,]+)( invoices?)?$"), re.compile(r"^₹"), re.compile(r"^(\d+) of \d+ · \d+ %$")


def figures_written(answer: Any) -> list[Text]:
    texts = texts_of(answer.content.decode(), ".desk")
    return [one for one in texts if re.search(r"\d", one.words) and not NO_FIGURES.search(one.words)]


@pytest.mark.parametrize("days", [{}, {"range": "7d"}])
def test_every_figure_as_it_is_written_is_a_link_to_what_it_counts(client: Client, days: dict[str, str]) -> None:
    put_a_bit_of_everything()
    written = [one for one in figures_written(open_desk(client, **days)) if not one.url.startswith("?range=")]
    assert [one.words for one in written if not one.url] == []
    kinds = [kind for one in written for kind in (COUNT, RUPEES, SEATS) if kind.search(one.words)]
    assert min(kinds.count(kind) for kind in (COUNT, RUPEES, SEATS)) > 2
    for one in written:
        if any(kind.search(one.words) for kind in (COUNT, RUPEES, SEATS)):
            assert one.words in said_by_the_rows(client, one.url, one.words), one


def said_by_the_rows(client: Client, url: str, words: str) -> set[str]:
    """What may be written of a list: how many rows it has, what its money comes to, how many seats it takes."""
    rows = client.get(url).context["cl"].queryset
    if RUPEES.search(words):
        sums = [sum((getattr(one, name) for one in rows), Decimal(0)) for name in ("subtotal", "tax_amount", "total")]
        return {format_rupees(one) for one in sums}
    if seats := SEATS.search(words):
        taken = sum(one.seats for one in rows if one.space.total_seats is not None)
        return {words if taken == int(seats[1]) else f"{taken} seats"}
    count = group_digits(len(rows))
    return {count, f"{count} invoice", f"{count} invoices"}


def test_money_is_the_sum_of_the_rows_it_leads_to(client: Client) -> None:
    put_a_bit_of_everything()
    money = open_desk(client).context["money"]
    for row in (*money["rows"], money["whole"]):
        invoices = client.get(row.figure.url).context["cl"].queryset
        assert sum(float(one.total) for one in invoices) == pytest.approx(
            float(row.total.replace("₹", "").replace(",", ""))
        )


def test_page_writes_numbers_and_days_the_indian_way(client: Client) -> None:
    put_invoice(NOON, "1234567.50", "222222.15")
    said = words_of(open_desk(client))
    assert "As of 21 Nov 2026, 12:00 IST" in said
    assert "1 Dec 2025 – 21 Nov 2026" in said
    assert "Nov 2026 ₹12,34,567.50 ₹2,22,222.15 ₹14,56,789.65 1" in said


def test_who_has_waited_longest_is_said(client: Client) -> None:
    put_case(NOON - timedelta(days=3, hours=5))
    put_case(NOON - timedelta(hours=1))
    answer = open_desk(client)
    assert "KYC cases 2 the oldest for 3 days" in words_of(answer)
    assert answer.context["waiting"][0].figure.title == "KYC cases"


def test_empty_desk_says_what_to_do(client: Client) -> None:
    said = words_of(open_desk(client))
    for words in (
        "nothing waits",
        "No invoice was paid in these days",
        "Nobody signed up in these days",
        "Nobody set out in these days",
        "Nothing is public yet",
    ):
        assert words in said


@pytest.mark.parametrize(
    "query",
    [
        {"range": "nonsense"},
        {"range": "custom", "from": "x", "to": "y"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"from": "<script>"},
    ],
)
def test_bad_days_are_answered_with_a_notice(client: Client, query: dict[str, str]) -> None:
    answer = open_desk(client, **query)
    assert answer.context["range"]["label"] == "1 Dec 2025 – 21 Nov 2026"
    assert "here are the last twelve months." in words_of(answer)


@pytest.mark.parametrize(
    ("group", "queues", "cards"),
    [
        ("KYC", {"KYC cases", "Paid, waiting for KYC", "Active without papers"}, {"newcomers", "funnel"}),
        ("Content", {"Listings to approve", "Changes by owners"}, set()),
        (
            "Finance",
            {
                "Overdue invoices",
                "Open refunds",
                "Failed gateway events",
                "Paid, waiting for KYC",
                "Active without papers",
            },
            {"money", "newcomers"},
        ),
        # lists invoices to answer people, and is told nothing of what all of them come to
        (
            "Support",
            {
                "Failed mails",
                "Failed SMS",
                "Listings to approve",
                "Overdue invoices",
                "Open refunds",
                "Paid, waiting for KYC",
                "Active without papers",
            },
            {"newcomers", "occupancy"},
        ),
        ("Operators", {"Consultants", "Failed mails", "Failed SMS"}, {"newcomers"}),
    ],
)
def test_group_sees_the_figures_of_rows_that_it_may_list(group: str, queues: set[str], cards: set[str]) -> None:
    put_a_bit_of_everything()
    client = client_of(make_member(group))
    page = open_desk(client).context
    assert {card.figure.title for card in page["waiting"]} == queues
    assert {card for card in CARDS if page[card]} == cards


@pytest.mark.parametrize("group", ["Support", "KYC", "Finance", "Content", "Operators"])
def test_group_may_follow_every_figure_and_every_door(group: str) -> None:
    put_a_bit_of_everything()
    client = client_of(make_member(group))
    answer = open_desk(client)
    for figure in figures_of(answer):
        assert count_rows(client, figure.url) == figure.count, figure
    for link in doors_of(answer):
        assert client.get(link).status_code == 200, link


def test_what_one_group_saw_is_not_shown_to_the_next() -> None:
    put_a_bit_of_everything()
    finance, content = client_of(make_member("Finance")), client_of(make_member("Content"))
    forget_figures()
    assert "₹" in words_of(finance.get(reverse("admin:index")))
    assert "₹" not in words_of(content.get(reverse("admin:index")))


@pytest.mark.parametrize(
    ("permissions", "is_shown"),
    [
        (["billing.view_invoice"], False),
        (["billing.view_revenue"], False),  # its figures lead to invoices
        (["billing.view_invoice", "billing.view_revenue"], True),
    ],
)
def test_revenue_is_for_who_may_see_it_and_the_invoices_behind_it(permissions: list[str], is_shown: bool) -> None:
    put_invoice(NOON)
    answer = open_desk(client_of(colleague(*permissions)))
    assert ("₹" in words_of(answer), bool(answer.context["money"])) == (is_shown, is_shown)


def test_support_sees_the_invoices_of_a_customer_and_no_revenue() -> None:
    person = put_person(NOON)
    put_invoice(NOON, "1000.00", "180.00", customer=person)
    client = client_of(make_member("Support"))
    page = client.get(reverse("admin:accounts_user_change", args=[person.pk]))
    invoices = next(one for one in page.context["sections"] if one.title == "Invoices")
    assert "₹1,180" in str(invoices.rows)
    assert "₹" not in words_of(open_desk(client))


def test_staff_without_rights_is_told_whom_to_ask() -> None:
    said = words_of(open_desk(client_of(colleague())))
    assert "There is nothing here for you yet" in said


@pytest.mark.embedded  # a Redis goes by its own clock
def test_figures_stay_for_a_minute(client: Client, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    put_invoice(NOON)
    assert open_desk(client).context["money"]["whole"].figure.count == 1
    put_invoice(NOON)
    put_case(NOON)

    def read() -> tuple[int, int]:
        page = client.get(reverse("admin:index")).context
        kyc = next(card.figure.count for card in page["waiting"] if card.figure.title == "KYC cases")
        return page["money"]["whole"].figure.count, kyc

    assert read() == (1, 0)
    time_machine.move_to(NOON + timedelta(seconds=61), tick=False)
    assert read() == (2, 1)


def count_queries(client: Client, url: str) -> int:
    forget_figures()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_page_takes_under_twelve_queries_however_many_rows_there_are() -> None:
    everything = colleague(
        *("accounts.view_user", "accounts.view_kycprofile", "accounts.view_mail", "listings.view_space"),
        *("listings.view_spacerevision", "bookings.view_booking", "billing.view_invoice", "billing.view_refund"),
        *("billing.view_gatewayevent", "billing.view_revenue"),
    )
    client = client_of(everything)
    counts = []
    for times in (1, 2):
        for _ in range(times):
            put_a_bit_of_everything()
        counts.append(count_queries(client, reverse("admin:index")))
    assert counts[0] == counts[1] < 12
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:index"))
    assert len(queries) == counts[0] - 4  # all of the desk's own stay for a minute


def test_sidebar_costs_a_list_at_most_one_query(client: Client) -> None:
    url = reverse("admin:billing_invoice_changelist")
    put_a_bit_of_everything()
    cold = count_queries(client, url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) == cold - 1


def doors_of(answer: Any) -> list[str]:
    return [item["link"] for group in answer.context["sidebar_navigation"] for item in group["items"]]
