from datetime import timedelta

import pytest
import time_machine

from accounts.clients import Client
from accounts.exceptions import BadCredentials, EmailTaken, NotVerifiedYet, OrganizationTaken, OrganizationUnknown
from accounts.models import AuditEntry, Mail, Membership, Organization, Session, User
from accounts.services import verification
from accounts.services.organization_sign_in import sign_in_to_organization, switch_organization
from accounts.services.organizations import register_organization
from accounts.services.sessions import forget_second_factor, open_session
from flashspace.base.clock import now
from tests.accounts.api import link_token_of
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.organizations import add_member, make_organization

pytestmark = pytest.mark.django_db

CLIENT = Client(network="203.0.113.5", user_agent="tests", dialect="workspace")
ACME = {
    "organization_name": "Acme Corp",
    "organization_email": "contact@acme.com",
    "first_name": "John",
    "last_name": "Doe",
    "email": "john@acme.com",
    "password": "SecurePassword123!",
}


def test_registering_makes_a_person_an_organization_and_two_mails() -> None:
    made = register_organization(**ACME, client=CLIENT)
    user, organization = User.objects.get(pk=made.user_id), Organization.objects.get(pk=made.organization_id)
    membership = Membership.objects.get(user=user, organization=organization)
    assert (user.first_name, user.last_name, user.full_name) == ("John", "Doe", "John Doe")
    assert (organization.slug, membership.role_id, membership.status) == ("acme-corp", 1, "active")
    assert set(Mail.objects.values_list("to", "template")) == {
        ("john@acme.com", "verify_email"),
        ("contact@acme.com", "verify_organization"),
    }
    assert AuditEntry.objects.get(action="organization.created").organization == organization


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"email": "other@acme.com", "organization_email": "other@example.com"}, OrganizationTaken),
        ({"email": "other@acme.com", "organization_name": "Other"}, OrganizationTaken),
        ({"organization_name": "Other", "organization_email": "other@example.com"}, EmailTaken),
    ],
)
def test_what_is_taken_is_refused_and_leaves_nothing(change: dict[str, str], refusal: type[Exception]) -> None:
    register_organization(**ACME, client=CLIENT)
    with pytest.raises(refusal):
        register_organization(**{**ACME, **change}, client=CLIENT)
    assert (User.objects.count(), Organization.objects.count(), Mail.objects.count()) == (1, 1, 2)


def test_nobody_is_in_before_both_addresses_are_proved() -> None:
    register_organization(**ACME, client=CLIENT)
    credentials = {"email": ACME["email"], "password": ACME["password"], "client": CLIENT}
    with pytest.raises(NotVerifiedYet, match="your e-mail"):
        sign_in_to_organization(**credentials)
    verification.verify_by_link(token=link_token_of(ACME["email"]))
    with pytest.raises(NotVerifiedYet, match="organization"):
        sign_in_to_organization(**credentials)
    verification.verify_by_link(token=link_token_of(ACME["organization_email"], "verify_organization"))
    arrival = sign_in_to_organization(**credentials)
    assert arrival.signed_in is not None
    assert arrival.membership is not None
    assert arrival.signed_in.session.organization == arrival.membership.organization


def test_of_several_organizations_the_one_used_last_is_chosen() -> None:
    user = UserFactory()
    first, second = make_organization("First"), make_organization("Second")
    add_member(first, user=user)
    add_member(second, user=user, last_used_at=now() - timedelta(days=1))
    arrival = sign_in_to_organization(email=user.email, password=PASSWORD, client=CLIENT)
    assert arrival.membership is not None
    assert arrival.membership.organization == first
    named = sign_in_to_organization(email=user.email, password=PASSWORD, client=CLIENT, organization_id=second.pk)
    assert named.membership is not None
    assert named.membership.organization == second
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        again = sign_in_to_organization(email=user.email, password=PASSWORD, client=CLIENT)
    assert again.membership is not None
    assert again.membership.organization == second


def test_an_organization_of_others_is_wrong_credentials() -> None:
    stranger = make_organization()
    user = UserFactory()
    with pytest.raises(BadCredentials):
        sign_in_to_organization(email=user.email, password=PASSWORD, client=CLIENT, organization_id=stranger.pk)


def test_a_second_factor_that_was_taken_away_meanwhile_is_not_carried_on() -> None:
    user = UserFactory()
    first, second = make_organization("First"), make_organization("Second")
    add_member(first, user=user)
    add_member(second, user=user)
    enrol(user)
    shown = {"user": user, "client": CLIENT, "organization": first, "has_shown_factor": True}
    read_before = open_session(**shown).session
    forget_second_factor(user=user)
    arrival = switch_organization(session=read_before, organization_id=second.pk, client=CLIENT)
    assert arrival.signed_in is None
    assert arrival.verify_token


def test_switching_ends_the_old_session_at_once() -> None:
    user = UserFactory()
    first, second = make_organization("First"), make_organization("Second")
    add_member(first, user=user)
    add_member(second, user=user, last_used_at=now() - timedelta(days=1))
    old = sign_in_to_organization(email=user.email, password=PASSWORD, client=CLIENT).signed_in
    assert old is not None
    arrival = switch_organization(session=old.session, organization_id=second.pk, client=CLIENT)
    assert arrival.signed_in is not None
    assert arrival.signed_in.session.organization == second
    assert Session.objects.get(pk=old.session.pk).end_reason == "switched"
    with pytest.raises(OrganizationUnknown):
        switch_organization(session=arrival.signed_in.session, organization_id=make_organization().pk, client=CLIENT)
