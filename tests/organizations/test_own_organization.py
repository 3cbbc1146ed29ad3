"""What members may see and change of their organization, and nothing of another one."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import MembershipStatus, PackageCode
from accounts.models import AuditEntry, Membership, Notification, OneTimeToken, Organization, Session
from flashspace.base.clock import now
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.factories.accounts import UserFactory
from tests.factories.organizations import add_member, make_organization, make_role, owner_of
from tests.organizations.workers import Worker, worker

pytestmark = pytest.mark.django_db

ME = "/api/v1/organizations/me"
SWITCH = "/api/v1/organizations/switch"
CALLS: list[tuple[str, Any]] = [
    (ME, {"name": "Taken Over"}),
    (f"{ME}/settings", {"settings": {"theme": "dark"}}),
    (f"{ME}/slug", {"slug": "taken-over"}),
]


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "off"


@pytest.fixture
def organization() -> Organization:
    return make_organization("Acme Corp", slug="acme-corp", package_code=PackageCode.BASIC)


@pytest.fixture
def owner(organization: Organization) -> Worker:
    return worker(owner_of(organization), organization)


def with_role(organization: Organization, *permissions: str) -> Worker:
    role = make_role(organization, *permissions)
    return worker(add_member(organization, role_id=role.pk).user, organization)


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


# Who may


@pytest.mark.parametrize(
    ("permission", "statuses"),
    [
        ("organizations.view", [200, 403, 403, 403, 200]),
        ("organizations.edit", [403, 200, 403, 403, 403]),
        ("organizations.settings", [403, 403, 200, 403, 403]),
        ("users.view", [403, 403, 403, 403, 403]),
    ],
)
def test_custom_role_may_what_its_permission_says_and_the_slug_is_the_owners(
    organization: Organization, permission: str, statuses: list[int]
) -> None:
    one = with_role(organization, permission)
    answers = [one.get(ME), *(one.put(path, body) for path, body in CALLS), one.get(f"{ME}/stats")]
    assert [answer.status_code for answer in answers] == statuses


def test_admin_changes_settings_but_not_whether_everybody_needs_a_second_factor(organization: Organization) -> None:
    admin = worker(add_member(organization).user, organization)
    assert admin.put(f"{ME}/settings", {"settings": {"theme": "dark"}}).status_code == 200
    assert told(admin.put(f"{ME}/settings", {"settings": {"mfa_enabled": True}})) == (403, "PERMISSION_DENIED")
    assert told(admin.put(f"{ME}/slug", {"slug": "mine"})) == (403, "PERMISSION_DENIED")
    organization.refresh_from_db()
    assert not organization.is_mfa_required


def test_role_and_membership_are_read_anew_on_each_request(organization: Organization) -> None:
    one = with_role(organization, "organizations.view")
    membership = Membership.objects.get(role__name="Manager", organization=organization)
    assert one.get(ME).status_code == 200
    type(membership.role).objects.filter(pk=membership.role_id).update(permissions=[])
    assert one.get(ME).status_code == 403
    Membership.objects.filter(pk=membership.pk).update(status=MembershipStatus.REVOKED)
    for path in (ME, "/api/v1/users/me"):
        assert told(one.get(path)) == (401, "MEMBERSHIP_ENDED")


def test_session_of_no_organization_is_told_to_choose_one(organization: Organization) -> None:
    somewhere_else = worker(owner_of(organization))
    assert told(somewhere_else.get(ME)) == (403, "ORGANIZATION_REQUIRED")
    assert somewhere_else.get("/api/v1/organizations").json()["total"] == 1


# Isolation


def test_two_organizations_see_and_change_nothing_of_each_other(organization: Organization) -> None:
    other = make_organization("Rivals", slug="rivals", email="office@rivals.example", package_code=PackageCode.BASIC)
    before = Organization.objects.filter(pk=organization.pk).values().get()
    rival = worker(owner_of(other), other)
    for path, body in CALLS:
        assert rival.put(path, body).status_code == 200
    shown = [rival.get(path).content for path in (ME, f"{ME}/stats", "/api/v1/organizations", "/api/v1/users/me")]
    assert not [content for content in shown if str(organization.pk).encode() in content or b"acme" in content]
    assert Organization.objects.filter(pk=organization.pk).values().get() == before
    assert told(rival.put(SWITCH, {"organization_id": str(organization.pk)})) == (404, "RESOURCE_NOT_FOUND")
    assert rival.get(ME).status_code == 200  # what was refused has ended nothing


def test_name_slug_and_address_of_another_organization_are_taken(owner: Worker, organization: Organization) -> None:
    make_organization("Rivals", slug="rivals", email="office@rivals.example")
    assert told(owner.put(ME, {"name": "Rivals"})) == (409, "ORGANIZATION_EXISTS")
    assert told(owner.put(ME, {"email": "office@rivals.example"})) == (409, "ORGANIZATION_EXISTS")
    for slug in ("rivals", "admin", "switch"):
        assert told(owner.put(f"{ME}/slug", {"slug": slug})) == (409, "SLUG_EXISTS")


def test_looking_for_addresses_of_organizations_has_an_end(owner: Worker, settings: Any) -> None:
    settings.RATE_LIMITS = "workspace.general=100/m"
    make_organization(email="office@rivals.example")
    answers = [owner.put(ME, {"email": "office@rivals.example"}).status_code for _ in range(6)]
    assert answers == [409] * 5 + [429]


# Name, slug, address


def test_slug_follows_the_name_while_it_was_made_of_it(owner: Worker) -> None:
    assert owner.put(ME, {"name": "Acme Works"}).json()["data"]["slug"] == "acme-works"
    assert owner.put(f"{ME}/slug", {"slug": "works"}).json()["data"]["slug"] == "works"
    assert owner.put(ME, {"name": "Acme Again"}).json()["data"]["slug"] == "works"


@pytest.mark.parametrize(("code", "days"), [(PackageCode.FREEMIUM, None), (PackageCode.DIAMOND, -1)])
def test_slug_needs_a_package_that_is_not_over(
    owner: Worker, organization: Organization, code: str, days: int | None
) -> None:
    ends = None if days is None else now() + timedelta(days=days)
    Organization.objects.filter(pk=organization.pk).update(package_code=code, package_expires_at=ends)
    assert told(owner.put(f"{ME}/slug", {"slug": "free"})) == (403, "PACKAGE_REQUIRED")
    assert owner.put(ME, {"name": "Acme Works"}).json()["data"]["slug"] == "acme-corp"


def test_slug_change_is_in_the_organizations_log_once(owner: Worker, organization: Organization) -> None:
    for _ in range(2):
        assert owner.put(f"{ME}/slug", {"slug": "works"}).status_code == 200
    entry = AuditEntry.objects.get(organization=organization)
    assert (entry.action, entry.before, entry.after) == (
        "organization.slug_updated",
        {"slug": "acme-corp"},
        {"slug": "works"},
    )


def test_new_address_waits_for_its_link_and_the_old_one_is_told(owner: Worker, organization: Organization) -> None:
    old = organization.email
    for address in ("first@acme.example", "second@acme.example"):
        assert owner.put(ME, {"email": address}).json()["data"]["pending_email"] == address
    assert len(mails_to(old, "organization_email_asked")) == 2
    first, second = (link_token_of(f"{which}@acme.example", "organization_email") for which in ("first", "second"))
    Caller().get(f"/api/v1/auth/verify-email?token={first}")
    organization.refresh_from_db()
    assert organization.email == old
    for _ in range(2):
        assert Caller().get(f"/api/v1/auth/verify-email?token={second}").status_code == 200
    organization.refresh_from_db()
    assert (organization.email, organization.pending_email) == ("second@acme.example", "")
    assert AuditEntry.objects.filter(organization=organization, action="organization.email_changed").count() == 1


def test_addresses_back_and_forth_fill_nobodys_mailbox(
    owner: Worker, organization: Organization, settings: Any
) -> None:
    settings.RATE_LIMITS = "workspace.general=1000/m"
    asked = ["mine@acme.example", *["stranger@example.com"] * 4]
    statuses = []
    for address in asked:
        statuses.append(owner.put(ME, {"email": address}).status_code)
        assert owner.put(ME, {"email": organization.email}).status_code == 200
    assert statuses == [200, 200, 200, 200, 429]
    assert len(mails_to("stranger@example.com", "organization_email")) == 3
    assert owner.put(ME, {"email": "other@acme.example"}).status_code == 200
    assert owner.put(ME, {"email": "another@acme.example"}).status_code == 429
    assert owner.put(ME, {"city": "Pune"}).status_code == 200


def test_new_address_that_another_organization_took_meanwhile_stays_theirs(
    owner: Worker, organization: Organization
) -> None:
    owner.put(ME, {"email": "wanted@acme.example"})
    make_organization(email="wanted@acme.example")
    link = link_token_of("wanted@acme.example", "organization_email")
    assert Caller().get(f"/api/v1/auth/verify-email?token={link}").status_code == 409
    organization.refresh_from_db()
    assert organization.pending_email == "wanted@acme.example"


def test_invalid_fields_are_422_with_all_of_them(owner: Worker) -> None:
    answer = owner.put(ME, {"name": "A", "email": "nobody", "phone": 7})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"name", "email", "phone"}
    assert answer.json()["error"] == "Unprocessable Entity"
    for slug in ("ab", "Upper", "a--b", "-ab", "a b", "x" * 51):
        assert owner.put(f"{ME}/slug", {"slug": slug}).status_code == 422


# Settings


def test_settings_are_merged_and_null_takes_one_away(owner: Worker, organization: Organization) -> None:
    owner.put(f"{ME}/settings", {"settings": {"theme": "dark", "week": {"start": 1}}})
    answer = owner.put(f"{ME}/settings", {"settings": {"theme": None, "locale": "hi"}})
    assert answer.json()["data"]["settings"] == {"week": {"start": 1}, "locale": "hi"}
    entry = AuditEntry.objects.filter(organization=organization).latest("at")
    assert entry.action == "organization.settings_updated"


@pytest.mark.parametrize(
    "settings_sent",
    [
        None,
        [],
        "x",
        {"a b": 1},
        {"": 1},
        {"deep": {"a": {"b": {"c": {"d": 1}}}}},
        {"mfa_enabled": "yes"},
        {"mfa_enabled": None},
        {"long": "x" * 16_000},
        {f"setting-{number}": 1 for number in range(101)},
    ],
)
def test_settings_that_cannot_be_kept_are_422(owner: Worker, organization: Organization, settings_sent: Any) -> None:
    assert owner.put(f"{ME}/settings", {"settings": settings_sent}).status_code == 422
    organization.refresh_from_db()
    assert (organization.settings, organization.is_mfa_required) == ({}, False)


def test_owner_who_asks_everybody_for_a_second_factor_gets_the_way_to_set_one_up(
    owner: Worker, organization: Organization
) -> None:
    colleague = add_member(organization)
    gone = add_member(organization, status=MembershipStatus.REVOKED)
    other = worker(colleague.user, organization)
    answer = owner.put(f"{ME}/settings", {"settings": {"mfa_enabled": True}}).json()["data"]
    assert (answer["mfa_enabled"], answer["requires_mfa_setup"]) == (True, True)
    assert OneTimeToken.objects.filter(purpose="set_up_mfa", organization=organization).count() == 1
    assert answer["temp_setup_token"]
    kinds = Notification.objects.filter(kind="mfa.enabled").values_list("user", flat=True)
    assert set(kinds) == {owner_of(organization).pk, colleague.user_id}
    assert gone.user_id not in kinds
    for one in (owner, other):
        assert told(one.get(ME)) == (401, "MFA_SETUP_REQUIRED")
        assert one.get("/api/v1/organizations").status_code == 200
    shown = worker(colleague.user, organization, has_shown_factor=True)
    assert shown.get(ME).status_code == 200


# Going elsewhere


def test_switching_keeps_the_age_of_the_sign_in(owner: Worker, organization: Organization) -> None:
    other = make_organization("Other")
    add_member(other, user=owner_of(organization))
    old = Session.objects.get(organization=organization)
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert owner.put(SWITCH, {"organization_id": str(other.pk)}).status_code == 200
    new = Session.objects.get(organization=other)
    assert (new.created_at, new.expires_at, new.ended_at) == (old.created_at, old.expires_at, None)
    old.refresh_from_db()
    assert old.end_reason == "switched"


def test_switching_to_an_organization_with_a_second_factor_asks_for_it_and_keeps_the_session(
    owner: Worker, organization: Organization
) -> None:
    other = make_organization("Other", is_mfa_required=True)
    add_member(other, user=owner_of(organization))
    answer = owner.put(SWITCH, {"organization_id": str(other.pk)}).json()
    assert (answer["requires_mfa_setup"], "access_token" in answer) == (True, False)
    assert owner.get(ME).status_code == 200


def test_switching_to_where_one_is_no_member_any_more_is_404(owner: Worker, organization: Organization) -> None:
    other = make_organization("Other")
    add_member(other, user=owner_of(organization), status=MembershipStatus.REVOKED)
    assert owner.put(SWITCH, {"organization_id": str(other.pk)}).status_code == 404
    assert owner.put(SWITCH, {"organization_id": "rivals"}).status_code == 422


def test_switching_to_an_unverified_organization_is_403(owner: Worker, organization: Organization) -> None:
    other = make_organization("Other", email_verified_at=None)
    add_member(other, user=owner_of(organization))
    assert told(owner.put(SWITCH, {"organization_id": str(other.pk)})) == (403, "EMAIL_NOT_VERIFIED")


# Cost


def test_calls_take_as_many_queries_for_many_rows_as_for_few() -> None:
    def queries_of(count: int) -> list[int]:
        user = UserFactory()
        mine = [make_organization(f"Place {number}") for number in range(count)]
        for one in mine:
            add_member(one, user=user)
        for _ in range(count):
            add_member(mine[0])
        one = worker(user, mine[0])
        found = []
        for path in ("/api/v1/organizations", ME, f"{ME}/stats", "/api/v1/users/me"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert one.get(path).status_code == 200
            found.append(len(queries))
        return found

    assert queries_of(2) == queries_of(12)
