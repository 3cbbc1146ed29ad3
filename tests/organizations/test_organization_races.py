"""Real threads against one organization: names are unique, a change is not lost, a session is left once."""

from collections import Counter
from typing import Any

import pytest

from accounts.clients import Client
from accounts.enums import PackageCode
from accounts.exceptions import OrganizationTaken, SessionEnded, SlugTaken
from accounts.models import AuditEntry, Membership, Organization, Session, User
from accounts.services.organization_changes import update_settings, update_slug
from accounts.services.organization_sign_in import switch_organization
from accounts.services.organizations import register_organization
from accounts.services.sessions import open_session
from billing.packages import find_package
from billing.services.packages import set_package
from tests.factories.organizations import add_member, make_organization, owner_of
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENT = Client(network="203.0.113.5", user_agent="tests", dialect="workspace")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    settings.RATE_LIMITS = "off"


def outcomes(answers: list[Any]) -> Counter[Any]:
    return Counter(type(answer) if isinstance(answer, Exception) else "done" for answer in answers)


def membership_of(organization: Organization) -> Membership:
    return Membership.objects.select_related("user", "organization", "role").get(
        organization=organization, user=owner_of(organization)
    )


def test_of_ten_organizations_of_one_name_there_is_one_with_one_owner() -> None:
    def register(number: int) -> Any:
        return register_organization(
            organization_name="Acme Corp",
            organization_email=f"office-{number}@acme.example",
            first_name="Asha",
            last_name="Rao",
            email=f"asha-{number}@acme.example",
            password="Orchid lantern 42 river",
            client=CLIENT,
        )

    assert outcomes(together(10, register, threads=5)) == {"done": 1, OrganizationTaken: 9}
    assert (Organization.objects.count(), User.objects.count(), Membership.objects.count()) == (1, 1, 1)


def test_one_slug_goes_to_one_of_ten_organizations() -> None:
    actors = [membership_of(make_organization(package_code=PackageCode.BASIC)) for _ in range(10)]
    answers = together(10, lambda number: update_slug(actor=actors[number], slug="wanted"))
    assert outcomes(answers) == {"done": 1, SlugTaken: 9}
    assert Organization.objects.filter(slug="wanted").count() == 1


def test_settings_that_are_changed_at_once_are_all_kept() -> None:
    actor = membership_of(make_organization())
    answers = together(10, lambda number: update_settings(actor=actor, settings={f"s{number}": number}))
    assert outcomes(answers) == {"done": 10}
    assert Organization.objects.get().settings == {f"s{number}": number for number in range(10)}
    assert AuditEntry.objects.filter(action="organization.settings_updated").count() == 10


def test_of_ten_switches_of_one_session_one_gets_tokens() -> None:
    first, second = make_organization("First"), make_organization("Second")
    user = owner_of(first)
    add_member(second, user=user)
    session = open_session(user=user, client=CLIENT, organization=first).session
    answers = together(10, lambda _: switch_organization(session=session, organization_id=second.pk, client=CLIENT))
    assert outcomes(answers) == {"done": 1, SessionEnded: 9}
    assert Session.objects.filter(ended_at=None).count() == 1


def test_one_package_set_ten_times_at_once_is_one_entry_of_the_log() -> None:
    organization = make_organization()
    answers = together(
        10,
        lambda _: set_package(
            organization=organization, package=find_package(4), expires_at=None, actor=None, reason="asked"
        ),
    )
    assert sorted(answers) == [False] * 9 + [True]
    assert AuditEntry.objects.filter(action="package.set").count() == 1
