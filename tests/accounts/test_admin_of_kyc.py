"""The day of a KYC reviewer: a queue with tabs, one case beside the next, what is odd about them, who was first."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import DocumentType, KycStatus
from accounts.models import AuditEntry, KycDocument, KycProfile
from accounts.services.kyc import submit_document, update_business_info
from accounts.services.kyc_review import approve_case, reject_case
from flashspace.base import clock
from flashspace.base.clock import now
from tests.accounts.papers import paper
from tests.accounts.payloads import LIVE, PAYLOADS
from tests.accounts.test_admin_of_casework import button, client_of, page, press
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import make_booking
from tests.factories.kyc import make_case, make_reviewer

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:accounts_kycprofile_changelist")


@pytest.fixture
def reviewer():
    return make_reviewer("view_auditentry", "view_identity_numbers", "view_user")


@pytest.fixture
def client(reviewer):
    return client_of(reviewer)


def cases_in(client: Client, query: str = "") -> list[KycProfile]:
    return list(client.get(f"{QUEUE}{query}").context["cl"].result_list)


def wait_since(case: KycProfile, **age: int) -> None:
    KycProfile.objects.filter(pk=case.pk).update(submitted_at=now() - timedelta(**age))


# The queue


def test_tabs_choose_the_cases_and_count_them(client, reviewer):
    waiting, approved, rejected, asked = (make_case() for _ in range(4))
    approve_case(case=approved, actor=reviewer)
    reject_case(case=rejected, actor=make_reviewer(), reason="No")
    KycProfile.objects.filter(pk=asked.pk).update(status=KycStatus.RESUBMIT)

    assert cases_in(client) == cases_in(client, "?tab=waiting") == [waiting]
    assert cases_in(client, "?tab=asked") == [asked]
    assert cases_in(client, "?tab=approved") == cases_in(client, "?tab=mine") == [approved]
    assert cases_in(client, "?tab=rejected") == [rejected]
    assert {case.pk for case in cases_in(client, "?tab=all")} == {waiting.pk, approved.pk, rejected.pk, asked.pk}
    counts = {tab.name: count for tab, count, _ in client.get(QUEUE).context["queue_tabs"]}
    assert counts == {"waiting": "1", "asked": "1", "approved": "1", "rejected": "1", "mine": "1", "all": "4"}


def test_mine_forgets_after_a_week(client, reviewer):
    approve_case(case=make_case(), actor=reviewer)
    KycProfile.objects.update(decided_at=now() - timedelta(days=8))
    assert cases_in(client, "?tab=mine") == []


def test_search_and_filters_without_a_tab_look_everywhere(client, reviewer):
    done = make_case(user=UserFactory(email="done@example.com"))
    approve_case(case=done, actor=reviewer)
    make_case()
    assert cases_in(client, "?q=done@example.com") == cases_in(client, "?status__exact=approved") == [done]
    assert cases_in(client, "?q=done@example.com&tab=waiting") == []


def test_unknown_tab_is_the_first(client):
    case = make_case()
    assert cases_in(client, "?tab=nonsense") == [case]


@pytest.mark.parametrize(
    ("age", "colour"),
    [
        ({"hours": 23}, "bg-base-500/8"),
        ({"hours": 25}, "bg-orange-100"),
        ({"hours": 47}, "bg-orange-100"),
        ({"hours": 49}, "bg-red-100"),
    ],
)
def test_age_is_coloured_by_the_clock(client, age, colour):
    wait_since(make_case(), **age)
    KycProfile.objects.update(warnings=[])
    cell = re.search(r"<td[^>]*field-shown_waiting.*?</td>", client.get(QUEUE).content.decode(), re.DOTALL)
    assert colour in cell[0]


def test_tabs_count_no_further_than_ninety_nine(client, monkeypatch):
    monkeypatch.setattr("accounts.admin.queues.COUNT_UP_TO", 2)
    for _ in range(4):
        make_case(DocumentType.PAN_CARD)
    counts = {tab.name: count for tab, count, _ in client.get(QUEUE).context["queue_tabs"]}
    assert counts["waiting"] == "2+"


def test_queue_costs_the_same_few_queries_for_one_case_and_for_three(client):
    spent = []
    for more in (1, 2):
        for _ in range(more):
            make_case(DocumentType.PAN_CARD)
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as queries:
            client.get(QUEUE)
        # the frame's own badges and session are not the queue's
        spent.append([one["sql"] for one in queries if "accounts_kycprofile" in one["sql"]])
    assert len(spent[0]) == len(spent[1]) <= 4


@pytest.mark.parametrize(
    ("query", "words", "way_out"),
    [
        ("", "No case waits.", ""),
        ("?tab=asked", "Nobody owes us a paper.", ""),
        ("?tab=waiting&q=nobody", "Nothing here matches “nobody”.", "?tab=all&amp;q=nobody"),
        ("?tab=waiting&status__exact=approved", "Nothing passes these filters.", "?tab=waiting"),
    ],
)
def test_empty_queue_says_what_to_do(client, query, words, way_out):
    shown = client.get(f"{QUEUE}{query}").content.decode()
    assert words in shown
    assert way_out in shown


# The case


def test_case_shows_what_is_odd_and_links_to_whose_numbers_they_are(client):
    other = make_case()
    case = make_case(user=UserFactory(full_name="Asha Rao"))
    KycProfile.objects.filter(pk=case.pk).update(company_name="Zenith Pvt Ltd")
    update_business_info(user=case.user, actor=case.user, registered_address="1 MG Road, Bengaluru 560001")

    shown = client.get(page(case)).context

    assert shown["warnings"] == [
        "GSTIN: the check character does not match",
        "PAN: the fifth letter is T, but the company's name is Zenith Pvt Ltd",
        "GSTIN: given out in Maharashtra (27), but the pincode 560001 lies in Karnataka (29)",
    ]
    assert shown["namesakes"] == [(str(other), page(other), "PAN and GSTIN")]
    assert f'href="{page(other)}"' in client.get(page(case)).content.decode()


@pytest.mark.parametrize(
    ("pan", "company", "person", "is_odd"),
    [
        ("AABCT1234F", "M/s. Talenode", "Anybody", False),
        ("AABCT1234F", "The Talenode Company", "Anybody", False),
        ("AABCT1234F", "Nodetale", "Anybody", True),
        ("AABPR1234F", "Any Firm", "Asha Rao", False),
        ("AABPR1234F", "Any Firm", "Rao Asha", False),
        ("AABPR1234F", "Any Firm", "Asha Menon", True),
        ("AABPR1234F", "Any Firm", "", False),
        ("", "Any Firm", "Asha", False),
    ],
)
def test_name_is_held_against_the_fifth_letter_of_the_pan(client, pan, company, person, is_odd):
    case = make_case(user=UserFactory(full_name=person))
    KycProfile.objects.update(pan=pan, company_name=company, warnings=[])
    odd = [text for text in client.get(page(case)).context["warnings"] if "fifth letter" in text]
    assert bool(odd) == is_odd


def test_identity_numbers_are_whole_for_those_who_may_see_them_only(client):
    case = make_case()
    assert "AABCT1234F" in client.get(page(case)).content.decode()
    shown = client_of(make_reviewer()).get(page(case)).content.decode()
    assert "AABCT1234F" not in shown
    assert "••••••234F" in shown


def test_case_shows_the_bookings_that_wait_for_it(reviewer):
    booking = make_booking("pending_kyc")
    case = make_case(user=booking.customer)
    section = client_of(reviewer).get(page(case)).context["sections"]
    assert [(row.text, row.url) for row in section[0].rows] == [(f"{booking.number} · {booking.plan_name}", "")]


def test_case_keeps_earlier_versions_beside_the_paper(client, case):
    old = case.documents.get(type=DocumentType.PAN_CARD)
    submit_document(user=case.user, actor=case.user, type=DocumentType.PAN_CARD, upload=paper())
    first = client.get(page(case)).context["papers"][0]
    assert [one["document"] for one in first["earlier"]] == [old]
    assert first["document"].pk != old.pk


@pytest.fixture
def case():
    return make_case()


def test_case_costs_the_same_queries_for_one_paper_and_for_three(client, case):
    def spent() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(page(case))
        return len(queries)

    spent()
    before = spent()
    for kind in (DocumentType.COI, DocumentType.ADDRESS_PROOF):
        submit_document(user=case.user, actor=case.user, type=kind, upload=paper())
    assert spent() == before


def test_links_lead_only_where_the_reviewer_may_go(case):
    entry = AuditEntry.objects.filter(action="kyc.document_uploaded").first()
    shown = client_of(make_reviewer()).get(page(case)).content.decode()
    assert page(entry) not in shown
    assert page(case.user) not in shown


# Deciding and what comes next


def test_reviewer_lands_on_the_longest_waiting_case_that_is_not_his_own(client, reviewer):
    now_decided, later, first = make_case(), make_case(), make_case()
    own = make_case(user=reviewer)
    for days, one in enumerate((now_decided, later, first, own)):
        wait_since(one, days=days + 1)

    answer = press(client, now_decided, "approve", reason="")

    assert answer.headers["HX-Redirect"] == page(first)
    shown = client.get(page(first)).content.decode()
    assert f'{now_decided} is approved. <a class="underline" href="{page(now_decided)}">Back to it</a>' in shown


def test_next_walks_the_queue_and_begins_again(client):
    cases = [make_case() for _ in range(3)]
    for days, one in enumerate(reversed(cases)):
        wait_since(one, days=days + 1)
    following = [client.get(button(one, "next")).headers["Location"] for one in cases]
    assert following == [page(cases[1]), page(cases[2]), page(cases[0])]


def test_next_of_the_only_case_is_the_queue(client, case):
    assert client.get(button(case, "next")).headers["Location"] == QUEUE


def test_next_wants_the_permission_to_look(case):
    looker = StaffFactory()
    looker.user_permissions.set(Permission.objects.filter(codename="view_mail"))
    assert client_of(looker).get(button(case, "next")).status_code == 403


def test_second_reviewer_hears_who_was_first(client, case):
    colleague = make_reviewer()
    with clock.pretend(now() - timedelta(minutes=3)):
        approve_case(case=case, actor=colleague)
    for obj, name in ((case, "reject"), (case.documents.first(), "reject")):
        assert press(client, obj, name, reason="No").headers["HX-Redirect"] == page(case)
        shown = client.get(page(case)).content.decode()
        assert f"{colleague} decided first, 3\xa0minutes ago: approved. Your decision was not saved." in shown
    case.refresh_from_db()
    assert (case.status, case.decided_by) == (KycStatus.APPROVED, colleague)


@pytest.mark.parametrize("name", ["approve", "ask_again", "reject"])
def test_old_page_decides_nothing_when_another_paper_came_in(client, case, name):
    old = re.search(rf'hx-get="([^"]*/{name}/[^"]*)"', client.get(page(case)).content.decode())[1]
    submit_document(user=case.user, actor=case.user, type=DocumentType.ADDRESS_PROOF, upload=paper())
    dialog = client.get(old).content.decode()
    assert f'hx-post="http://testserver{old}"' in dialog, "what was seen goes along"
    client.post(old, {"_form_submitted": "on", "reason": "All right"})
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING
    shown = client.get(page(case)).content.decode()
    assert "Something new was handed in after you opened the page" in shown
    new = re.search(rf'hx-get="([^"]*/{name}/[^"]*)"', shown)[1]
    client.post(new, {"_form_submitted": "on", "reason": "All right"})
    case.refresh_from_db()
    assert case.status != KycStatus.PENDING


def test_reason_can_be_picked_and_what_is_typed_counts_more(client, case):
    pan, gst = case.documents.order_by("uploaded_at")
    dialog = client.get(button(pan, "ask_again")).content.decode()
    picked = re.findall(r'<option value="([^"]+)"', dialog)[0]
    press(client, pan, "ask_again", picked=picked, reason="")
    press(client, gst, "ask_again", picked=picked, reason="The stamp is missing")
    assert list(case.documents.order_by("uploaded_at").values_list("reason", flat=True)) == [
        picked,
        "The stamp is missing",
    ]


def test_reason_that_nobody_offered_is_not_picked(client, case):
    press(client, case, "reject", picked="Forged", reason="")
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_a_stranger_wrote_runs(client, payload):
    case = make_case(user=UserFactory(full_name=payload[:150], phone_typed=payload[:20]))
    KycProfile.objects.update(
        company_name=payload[:200], company_type=payload[:60], registered_address=payload, warnings=[payload]
    )
    KycDocument.objects.update(name=payload[:150], reason=payload)
    reject_case(case=case, actor=make_reviewer(), reason=payload)
    for address in (page(case), f"{page(case)}?paper={payload}", f"{QUEUE}?tab=all", f"{QUEUE}?q={payload}"):
        shown = client.get(address).content.decode()
        assert not LIVE.search(shown), address
