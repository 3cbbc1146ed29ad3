"""I-T1 to I-T3, each by what breaks it."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.integrity.organizations import (
    invitations_were_accepted_by_members,
    nothing_is_of_another_organization,
    organizations_have_owners,
)
from accounts.models import Invitation, Membership, Organization, OrganizationRole, User
from accounts.services.invitations import invite
from accounts.services.joining import accept_invitation
from flashspace.base.clock import now
from tests.factories.organizations import add_member, make_organization, make_role
from tests.organizations.calls import Colleague, invitation_token_of, owner

pytestmark = pytest.mark.django_db
RULES = (nothing_is_of_another_organization, organizations_have_owners, invitations_were_accepted_by_members)


@pytest.fixture(autouse=True)
def acme():
    """Somebody who came by an invitation, one who is asked, a role, a session; and another organization."""
    acme = make_organization(role_limit=5)
    boss = owner(acme).membership
    make_role(acme, "users.view")
    invite(actor=boss, email="jane@example.com", role_id=2)
    joined = accept_invitation(
        token=invitation_token_of("jane@example.com"),
        first_name="Jane",
        last_name="Doe",
        password="SecurePassword123!",
    )
    Colleague(joined.user, acme)
    invite(actor=boss, email="asked@example.com", role_id=2)
    make_role(make_organization("Other"))
    return acme


def broken(rule):
    return [line.replace("'", "") for line in rule().violations]


def foreign_role():
    return OrganizationRole.objects.get(organization__name="Other")


def test_nothing_is_broken_to_begin_with():
    assert [broken(rule) for rule in RULES] == [[], [], []]
    call_command("check_integrity", rule=["I-T1", "I-T2", "I-T3"])


def members(acme):
    return Membership.objects.filter(organization=acme, role=2)


def switch_off(membership):
    User.objects.filter(memberships=membership).update(is_active=False)


BREAKS = [
    (nothing_is_of_another_organization, lambda acme: members(acme).update(role=foreign_role()), "membership"),
    (
        nothing_is_of_another_organization,
        lambda acme: Invitation.objects.filter(status="pending").update(role=foreign_role()),
        "invitation",
    ),
    (nothing_is_of_another_organization, lambda acme: members(acme).update(status="suspended"), "session"),
    (organizations_have_owners, lambda acme: acme.memberships.filter(role=1).update(status="revoked"), "no owner"),
    (organizations_have_owners, lambda acme: acme.memberships.filter(role=1).update(role=2), "no owner"),
    (organizations_have_owners, lambda acme: switch_off(acme.memberships.get(role=1)), "no owner"),
    (organizations_have_owners, lambda acme: acme.roles.update(permissions=["users.fly"]), "users.fly"),
    (organizations_have_owners, lambda acme: acme.roles.update(organization=None), "of no organization"),
    (
        organizations_have_owners,
        lambda acme: OrganizationRole.objects.filter(pk=2).update(permissions=["users.impersonate"]),
        "role 2 is not",
    ),
    (organizations_have_owners, lambda acme: Organization.objects.create(name="x", slug="x", email="x@x.in"), "owner"),
    (invitations_were_accepted_by_members, lambda acme: members(acme).delete(), "no member"),
    (
        invitations_were_accepted_by_members,
        lambda acme: Invitation.objects.filter(status="accepted").update(accepted_at=now() + timedelta(days=8)),
        "after its time",
    ),
    (
        invitations_were_accepted_by_members,
        lambda acme: Invitation.objects.filter(status="accepted").update(status="expired"),
        "let somebody in",
    ),
    (
        invitations_were_accepted_by_members,
        lambda acme: Invitation.objects.filter(status="pending").update(token_hash="secret"),
        "keeps its secret",
    ),
]


@pytest.mark.parametrize(("rule", "break_it", "words"), BREAKS)
def test_what_breaks_a_rule_is_named(acme, rule, break_it, words):
    break_it(acme)
    (line,) = broken(rule)
    assert words in line


def test_an_organization_where_nobody_can_act_misses_no_owner(acme):
    for membership in acme.memberships.all():
        switch_off(membership)
    assert broken(organizations_have_owners) == []


def test_a_stranger_among_the_members_breaks_nothing(acme):
    add_member(acme)
    assert [broken(rule) for rule in RULES] == [[], [], []]
