"""An organization's page at the desk: its people, who is asked, what its package allows, and what sets that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Invitation, Membership, Organization
from accounts.services.invitations import invite
from accounts.system_roles import ADMIN_ID
from flashspace.base.clock import now
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import StaffFactory
from tests.factories.organizations import add_member, make_organization, make_role
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization("Talenode", slug="talenode")


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(organization: Organization, name: str = "change") -> str:
    return reverse(f"admin:accounts_organization_{name}", args=[organization.pk])


def give(client: Client, organization: Organization, **fields: str) -> Any:
    given = {"package": "basic", "reason": "paid by bank transfer", **fields}
    return client.post(page(organization, "give_package"), {"_form_submitted": "on", **given})


def columns(organization: Organization) -> tuple[Any, ...]:
    organization.refresh_from_db()
    return organization.package_code, organization.package_expires_at, organization.user_limit, organization.role_limit


def test_members_and_invitations_stand_there_with_their_state_and_lead_to_their_pages(
    organization: Organization,
) -> None:
    owner = organization.memberships.get()
    enrol(owner.user)
    member = add_member(organization)
    Membership.objects.filter(pk=member.pk).update(status="suspended")
    invitation = invite(actor=owner, email="late@example.com", role_id=ADMIN_ID)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now() - timedelta(days=1))
    invite(actor=owner, email="soon@example.com", role_id=ADMIN_ID)
    text = browser(make_member("Support")).get(page(organization)).content.decode()
    for row in (owner, member):
        assert reverse("admin:accounts_user_change", args=[row.user_id]) in text
        assert reverse("admin:accounts_membership_change", args=[row.pk]) in text
    assert reverse("admin:accounts_invitation_change", args=[invitation.pk]) in text
    for word in ("Suspended", "Expired", "Pending", "late@example.com", "soon@example.com"):
        assert word in text
    assert invitation.token_hash not in text


def test_what_is_used_is_told_and_what_is_over(organization: Organization) -> None:
    client = browser(make_member("Operators"))
    assert "More than the package allows" not in client.get(page(organization)).content.decode()
    make_role(organization, "users.view")
    Organization.objects.filter(pk=organization.pk).update(user_limit=-1)
    text = client.get(page(organization)).content.decode()
    assert "More than the package allows" in text
    assert "no limit" in text


def test_finance_sees_no_members_and_sets_the_package_until_the_end_of_a_day_in_india(
    organization: Organization,
) -> None:
    finance = make_member("Finance")
    client = browser(finance)
    text = client.get(page(organization)).content.decode()
    assert organization.memberships.get().user.email not in text
    assert page(organization, "give_package") in text
    assert give(client, organization, last_on="2031-03-31").headers["HX-Redirect"] == page(organization)
    assert columns(organization) == ("basic", datetime(2031, 3, 31, 18, 30, tzinfo=UTC), 25, 5)
    entry = AuditEntry.objects.get(action="package.set")
    assert (entry.actor, entry.reason, entry.organization) == (finance, "paid by bank transfer", organization)
    assert "Talenode has Basic now" in client.get(page(organization)).content.decode()
    give(client, organization, last_on="2031-03-31")
    assert "Talenode had Basic already" in client.get(page(organization)).content.decode()
    assert AuditEntry.objects.filter(action="package.set").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"package": "gold"},
        {"last_on": "31/03/2031"},
        {"last_on": "2020-01-01"},
        {"last_on": "9999-12-31"},
    ],
)
def test_what_makes_no_sense_changes_nothing(wrong: dict[str, str], organization: Organization) -> None:
    before = columns(organization)
    give(browser(make_member("Finance")), organization, **wrong)
    assert columns(organization) == before
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("group", ["Support", "Operators", "KYC", "Content"])
def test_nobody_else_sets_it(group: str, organization: Organization) -> None:
    client = browser(make_member(group))
    assert give(client, organization).status_code == 403
    assert page(organization, "give_package") not in client.get(page(organization)).content.decode()
    assert columns(organization)[0] == "freemium"


def test_a_superuser_does(organization: Organization) -> None:
    give(browser(StaffFactory(is_superuser=True)), organization, package="diamond")
    assert columns(organization) == ("diamond", None, 100, 10)
