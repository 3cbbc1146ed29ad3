"""Operators approve and reject consultants: by services that tell everybody, and by buttons that call them."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Mail, Notification
from consultants.exceptions import OwnProfile, ReasonMissing
from consultants.models import Consultant
from consultants.services.approval import approve_consultant, reject_consultant
from flashspace.base.errors import Forbidden, IllegalTransition
from tests.accounts.payloads import LIVE, PAYLOADS
from tests.accounts.test_admin_of_casework import client_of, page, press
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.consultants import COMPLETE, make_approved, make_consultant, make_rejected
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db

LIST = reverse("admin:consultants_consultant_changelist")


@pytest.fixture
def operator():
    return make_member("Operators", email="op@example.com")


@pytest.fixture
def client(operator):
    return client_of(operator)


# Services


def test_approval_is_a_row_an_entry_a_notification_and_a_mail(operator):
    consultant = make_consultant()
    approve_consultant(consultant=consultant, actor=operator, reason="Checked the register")
    consultant.refresh_from_db()
    assert (consultant.approval, consultant.approved_by, consultant.is_active) == ("approved", operator, True)
    assert consultant.approved_at is not None
    entry = AuditEntry.objects.get(action="consultant.approved")
    assert (entry.actor, entry.before, entry.after) == (operator, {"approval": "pending"}, {"approval": "approved"})
    assert entry.reason == "Checked the register"
    mail = Mail.objects.get()
    assert (mail.template, mail.user) == ("consultant_approved", consultant.user)
    assert "Checked" not in mail.text
    assert Notification.objects.get().kind == "consultant.approved"


def test_rejection_closes_the_profile_and_tells_the_reason(operator):
    consultant = make_approved()
    reject_consultant(consultant=consultant, actor=operator, reason=" Not a person ")
    consultant.refresh_from_db()
    assert (consultant.approval, consultant.is_active) == ("rejected", False)
    assert (consultant.approved_at, consultant.approved_by) == (None, None)
    assert consultant.rejection_reason == "Not a person"
    assert "Not a person" in Mail.objects.get(template="consultant_rejected").text
    approve_consultant(consultant=consultant, actor=operator)
    consultant.refresh_from_db()
    assert (consultant.approval, consultant.is_active, consultant.rejection_reason) == ("approved", True, "")


@pytest.mark.parametrize(("make", "move"), [(make_approved, approve_consultant), (make_rejected, reject_consultant)])
def test_a_state_is_not_entered_twice(operator, make, move):
    with pytest.raises(IllegalTransition):
        move(consultant=make(), actor=operator, reason="again")
    assert not Mail.objects.exists()


def test_a_rejection_needs_a_reason(operator):
    with pytest.raises(ReasonMissing):
        reject_consultant(consultant=make_consultant(), actor=operator, reason="  ")


def test_nobody_decides_about_themselves(operator):
    own = make_consultant(operator)
    with pytest.raises(OwnProfile):
        approve_consultant(consultant=own, actor=operator)


@pytest.mark.parametrize("group", ["Support", "KYC", "Finance", "Content", None])
def test_others_decide_nothing(group):
    actor = make_member(group) if group else StaffFactory()
    for move in (approve_consultant, reject_consultant):
        with pytest.raises(Forbidden):
            move(consultant=make_consultant(), actor=actor, reason="x")


# The admin


def listed(client, query=""):
    return set(client.get(f"{LIST}{query}").context["cl"].result_list)


def test_tabs_filters_and_search_choose_consultants(client):
    waiting, approved, rejected = make_consultant(), make_approved(**COMPLETE), make_rejected()
    assert listed(client) == listed(client, "?tab=waiting") == {waiting}
    assert listed(client, "?tab=approved") == listed(client, "?approval__exact=approved") == {approved}
    assert listed(client, "?tab=rejected") == listed(client, "?is_active__exact=0") == {rejected}
    assert listed(client, f"?q={approved.user.email}") == listed(client, f"?q={approved.slug}") == {approved}


def test_the_list_takes_as_many_queries_with_one_as_with_ten(client, django_assert_max_num_queries):
    for _ in range(10):
        make_consultant()
    client.get(LIST)
    with django_assert_max_num_queries(12):
        assert len(listed(client)) == 10


def test_buttons_are_those_of_the_next_states(client):
    for make, names in ((make_consultant, {"approve", "reject"}), (make_approved, {"reject"})):
        html = client.get(page(make())).content.decode()
        assert {name for name in ("approve", "reject") if f'data-decision="{name}"' in html} == names
    assert 'data-decision="reject"' not in client.get(page(make_rejected())).content.decode()


def test_buttons_decide_and_say_so(client, operator):
    consultant = make_consultant()
    press(client, consultant, "approve", reason="")
    consultant.refresh_from_db()
    assert (consultant.approval, consultant.approved_by) == ("approved", operator)
    assert "is approved" in client.get(page(consultant)).content.decode()
    press(client, consultant, "reject", picked="", reason="Not now")
    consultant.refresh_from_db()
    assert (consultant.approval, consultant.rejection_reason) == ("rejected", "Not now")


def test_a_button_that_comes_too_late_says_so(client, operator):
    consultant = make_consultant()
    approve_consultant(consultant=consultant, actor=operator)
    press(client, consultant, "approve", reason="")
    assert AuditEntry.objects.filter(action="consultant.approved").count() == 1


def test_a_rejection_without_a_reason_shows_the_form_again(client):
    consultant = make_consultant()
    answer = press(client, consultant, "reject", picked="", reason="")
    assert "This field is required" in answer.content.decode()
    assert Consultant.objects.get().approval == "pending"


def test_own_profile_has_no_buttons(client, operator):
    html = client.get(page(make_consultant(operator))).content.decode()
    assert "data-decision" not in html


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_strangers_wrote_is_text_in_the_admin(client, payload):
    consultant = make_rejected(UserFactory(full_name=payload), description=payload, personal_session_title=payload)
    Consultant.objects.update(rejection_reason=payload)
    for url in (f"{LIST}?tab=all", page(consultant)):
        assert not LIVE.search(client.get(url).content.decode())


def test_the_page_says_who_approved(client, operator):
    consultant = make_consultant()
    approve_consultant(consultant=consultant, actor=operator)
    html = client.get(page(consultant)).content.decode()
    assert "Approved on" in html
    assert consultant.slug in html
