"""Where people can act there is an owner who can, whoever is switched off."""

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import MembershipStatus, TokenPurpose
from accounts.exceptions import InvitationOver, MembershipOver, MemberUnknown, OwnerStays
from accounts.integrity.organizations import organizations_have_owners
from accounts.models import AuditEntry, Organization, Session, User
from accounts.selectors.members import owners_of
from accounts.services import email_change, members, one_time_tokens
from accounts.services.invitations import invite
from accounts.services.joining import accept_invitation
from accounts.services.users import activate_user, deactivate_user
from accounts.system_roles import OWNER_ID
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as
from tests.factories.organizations import add_member, make_organization, owner_of
from tests.organizations.calls import invitation_token_of, owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return StaffFactory(is_superuser=True)


@pytest.fixture(autouse=True)
def _rule_holds():
    yield
    assert list(organizations_have_owners().violations) == []


def is_active(user):
    return User.objects.get(pk=user.pk).is_active


def test_the_last_owner_is_not_deactivated_over_the_heads_of_colleagues(boss):
    user = UserFactory()
    for name in ("Beta", "Acme", "Alone"):
        make_organization(name, owner=user)
    for name in ("Beta", "Acme"):
        add_member(Organization.objects.get(name=name))
    sign_in_as(user)
    with pytest.raises(OwnerStays, match=r"^Nobody could act as an owner of Acme, Beta, and"):
        deactivate_user(user=user, actor=boss, reason="asked for it")
    assert is_active(user)
    assert Session.objects.get(user=user).ended_at is None
    assert not AuditEntry.objects.filter(action="user.deactivated").exists()


@pytest.mark.parametrize("who", ["nobody", "one who left", "one who is suspended", "one who is deactivated"])
def test_an_owner_whom_nobody_would_miss_is_deactivated(boss, who):
    acme = make_organization()
    if who == "one who left":
        add_member(acme, status=MembershipStatus.REVOKED)
    if who == "one who is suspended":
        add_member(acme, status=MembershipStatus.SUSPENDED)
    if who == "one who is deactivated":
        add_member(acme, user=UserFactory(is_active=False))
    deactivate_user(user=owner_of(acme), actor=boss, reason="asked for it")
    assert not is_active(owner_of(acme))


def test_one_of_two_owners_is_deactivated_and_the_other_counts(boss):
    acme = make_organization()
    first, second = owner_of(acme), add_member(acme, role_id=OWNER_ID).user
    deactivate_user(user=first, actor=boss, reason="asked for it")
    add_member(acme)
    with pytest.raises(OwnerStays):
        deactivate_user(user=second, actor=boss, reason="asked for it")


def test_a_colleague_of_a_deactivated_owner_is_activated_after_the_owner(boss):
    acme = make_organization()
    first, colleague = owner_of(acme), add_member(acme).user
    for user in (colleague, first):
        deactivate_user(user=user, actor=boss, reason="asked for it")
    with pytest.raises(OwnerStays):
        activate_user(user=colleague, actor=boss, reason="came back")
    for user in (first, colleague):
        activate_user(user=user, actor=boss, reason="came back")
    assert is_active(colleague)


def test_whom_a_deactivated_owner_has_asked_is_not_let_in(boss):
    acme = make_organization()
    invite(actor=owner(acme).membership, email="jane@example.com", role_id=2)
    deactivate_user(user=owner_of(acme), actor=boss, reason="asked for it")
    with pytest.raises(InvitationOver):
        accept_invitation(
            token=invitation_token_of("jane@example.com"), first_name="Jane", password="SecurePassword123!"
        )


def test_a_deactivated_owner_removes_nobody_with_a_request_that_had_begun(boss):
    acme = make_organization()
    first, second = owner(acme).membership, add_member(acme, role_id=OWNER_ID).user
    deactivate_user(user=first.user, actor=boss, reason="asked for it")
    with pytest.raises(MembershipOver):
        members.update_member(actor=first, user_id=second.pk, values={"status": "deleted"})


def test_who_never_proved_an_address_and_makes_room_for_its_owner_leaves_no_colleague_behind():
    """An address that nobody proved opens no organization, so nobody was asked in."""
    rightful, occupant = UserFactory(), UserFactory(email="mine@example.com", email_verified_at=None)
    acme = make_organization(owner=occupant, email_verified_at=None)
    token = one_time_tokens.issue_token(
        user=rightful, purpose=TokenPurpose.KEEP_EMAIL, email="mine@example.com", organization=make_organization()
    )
    email_change.keep_email(token=token)
    assert not is_active(occupant)
    assert acme.memberships.get().user == occupant


def test_the_operator_makes_a_member_an_owner_and_then_the_last_one_may_go(boss, capsys):
    acme = make_organization("Acme")
    heir = add_member(acme).user
    opened = sign_in_as(heir, organization=acme)
    call_command("appoint_owner", acme.slug, heir.email, "--dry-run")
    assert (
        f"owners of {acme.slug}: {owner_of(acme).email}; {heir.email} would be one; nothing changed"
        in capsys.readouterr().out
    )
    assert [one.user for one in owners_of(acme)] == [owner_of(acme)]
    for told in ("is an owner", "was an owner"):
        call_command("appoint_owner", acme.slug, heir.email.upper(), "--reason", "the founder left")
        assert told in capsys.readouterr().out
    assert owners_of(acme).filter(user=heir).exists()
    assert Session.objects.get(pk=opened.session.pk).ended_at is not None
    [entry] = AuditEntry.objects.filter(action="user.role_changed")
    assert (entry.actor, entry.reason, entry.organization) == (None, "the founder left", acme)
    founder = owners_of(acme).exclude(user=heir).get().user
    deactivate_user(user=founder, actor=boss, reason="asked for it")
    assert not is_active(founder)


@pytest.mark.parametrize("who", ["a stranger", "one who left", "one who is deactivated"])
def test_nobody_becomes_an_owner_who_cannot_act_there(who):
    acme = make_organization("Acme")
    person = UserFactory(is_active=who != "one who is deactivated")
    if who != "a stranger":
        add_member(acme, user=person, status="active" if person.is_active is False else MembershipStatus.REVOKED)
    with pytest.raises(CommandError, match="is no active member"):
        call_command("appoint_owner", acme.slug, person.email)
    with pytest.raises(MemberUnknown):
        members.appoint_owner(organization=acme, email=person.email, reason="why")
