"""The workspace document's examples of signing in, one's account and organizations, one by one."""

from functools import partial
from typing import Any

import pytest

from accounts.api.workspace_words import TEXTS
from accounts.enums import PackageCode
from accounts.models import Membership, Organization, User
from tests.accounts.api import Caller, link_token_of
from tests.contract.shapes import assert_documented, example_of, request_of
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.organizations import add_member, make_organization, owner_of
from tests.organizations.workers import Worker, worker

pytestmark = pytest.mark.django_db

EMAIL = "john@acme.com"
OFFICE = "contact@acme.com"

shown = partial(request_of, dialect="workspace")


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "off"


@pytest.fixture
def organization() -> Organization:
    owner = UserFactory(email=EMAIL, full_name="John Doe", password="SecurePassword123!")
    return make_organization("Acme Corp", owner=owner, slug="acme-corp", email=OFFICE)


@pytest.fixture
def john(organization: Organization) -> Worker:
    return worker(owner_of(organization), organization)


def register() -> dict[str, Any]:
    body, example = example_of("POST", "/api/v1/auth/organization/register", 201, dialect="workspace")
    answer = Caller().post("/api/v1/auth/organization/register", body)
    assert answer.status_code == 201
    assert_documented(answer.json(), example)
    told: dict[str, Any] = answer.json()
    return told


def test_register_organization() -> None:
    assert register() == {
        "message": "Organization registered successfully",
        "user_id": str(User.objects.get(email=EMAIL).pk),
        "organization_id": str(Organization.objects.get(slug="acme-corp").pk),
    }


def test_verify_email_of_person_and_organization_then_login() -> None:
    made = register()
    for address, template in ((EMAIL, "verify_email"), (OFFICE, "verify_organization")):
        answer = Caller().get(f"/api/v1/auth/verify-email?token={link_token_of(address, template)}")
        assert (answer.status_code, answer.json()) == (200, {"data": None, "message": "Email verified successfully"})
    body, example = example_of("POST", "/api/v1/auth/login", dialect="workspace")
    answer = Caller().post("/api/v1/auth/login", {**body, "organization_id": made["organization_id"]})
    assert answer.status_code == 200
    assert_documented(answer.json(), example)
    assert answer.json()["user"] == {
        "id": made["user_id"],
        "email": EMAIL,
        "first_name": "John",
        "last_name": "Doe",
        "avatar_url": None,
    }
    assert answer.json()["organization"] == {
        "id": made["organization_id"],
        "name": "Acme Corp",
        "slug": "acme-corp",
    }


def test_login_without_an_organization_id(organization: Organization) -> None:
    answer = Caller().post("/api/v1/auth/login", {"email": EMAIL, "password": "SecurePassword123!"})
    assert answer.json()["organization"]["id"] == str(organization.pk)


def test_refresh_token(organization: Organization) -> None:
    opened = Caller().post("/api/v1/auth/login", {"email": EMAIL, "password": "SecurePassword123!"}).json()
    body = {**shown("POST", "/api/v1/auth/refresh"), "refresh_token": opened["refresh_token"]}
    answer = Caller().post("/api/v1/auth/refresh", body)
    assert answer.status_code == 200
    assert worker_of(answer.json()["access_token"]).get("/api/v1/users/me").status_code == 200


def test_forgot_and_reset_password(organization: Organization) -> None:
    body = {**shown("POST", "/api/v1/auth/forgot-password"), "email": EMAIL}
    assert Caller().post("/api/v1/auth/forgot-password", body).status_code == 200
    body = shown("POST", "/api/v1/auth/reset-password")
    body = {**body, "token": link_token_of(EMAIL, "password_reset")}
    assert Caller().post("/api/v1/auth/reset-password", body).status_code == 200
    signed_in = Caller().post("/api/v1/auth/login", {"email": EMAIL, "password": body["new_password"]})
    assert signed_in.status_code == 200


def test_logout(john: Worker) -> None:
    assert john.post("/api/v1/auth/logout").status_code == 200
    assert john.get("/api/v1/users/me").status_code == 401


def test_get_current_user(john: Worker, organization: Organization) -> None:
    answer = john.get("/api/v1/users/me").json()["data"]
    membership = Membership.objects.get(organization=organization)
    assert answer.pop("created_at")
    assert answer == {
        "id": str(membership.user_id),
        "email": EMAIL,
        "first_name": "John",
        "last_name": "Doe",
        "avatar_url": None,
        "fullName": "John Doe",
        "phone": None,
        "email_verified": True,
        "mfa_enabled": False,
        "organization": {"id": str(organization.pk), "name": "Acme Corp", "slug": "acme-corp"},
        "role": {"id": 1, "name": "Organization Owner", "slug": "organization-owner", "is_organization_owner": True},
        "permissions": membership.role.permissions,
    }


def test_update_current_user(john: Worker) -> None:
    body = shown("PUT", "/api/v1/users/me")
    answer = john.put("/api/v1/users/me", body)
    assert answer.status_code == 200
    told = answer.json()["data"]
    assert {name: told[name] for name in body} == body


def test_change_password(organization: Organization) -> None:
    body = shown("PUT", "/api/v1/users/me/change-password")
    owner = owner_of(organization)
    owner.set_password(body["current_password"])
    owner.save()
    caller = worker(owner, organization)
    assert caller.put("/api/v1/users/me/change-password", body).status_code == 200
    assert caller.get("/api/v1/users/me").status_code == 401
    signed_in = Caller().post("/api/v1/auth/login", {"email": EMAIL, "password": body["new_password"]})
    assert signed_in.status_code == 200


def test_download_data(john: Worker) -> None:
    answer = john.get("/api/v1/users/me/download-data")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    told = answer.json()["data"]
    assert told["account"]["email"] == EMAIL
    assert told["sections"]["memberships"][0]["organization"] == "Acme Corp"
    assert set(told["sections"]) == {
        "sessions",
        "memberships",
        "activity",
        "kyc",
        "kyc_documents",
        "notifications",
        "invoices",
        "payments",
        "bookings",
    }


def test_get_current_organization(john: Worker, organization: Organization) -> None:
    told = john.get("/api/v1/organizations/me").json()["data"]
    assert told.pop("created_at")
    assert told.pop("updated_at")
    nothing = dict.fromkeys([*TEXTS, "pending_email", "package_expires_at"])
    assert told == {
        **nothing,
        "id": str(organization.pk),
        "name": "Acme Corp",
        "slug": "acme-corp",
        "email": OFFICE,
        "settings": {},
        "mfa_enabled": False,
        "email_verified": True,
        "status": "active",
        "package": {"id": 1, "name": "Freemium"},
        "package_id": 1,
        "user_limit": 10,
        "role_limit": 2,
        "package_auto_renew": False,
        "current_user_role": {
            "id": 1,
            "name": "Organization Owner",
            "slug": "organization-owner",
            "is_organization_owner": True,
        },
    }


def test_list_user_organizations(john: Worker, organization: Organization) -> None:
    make_organization("Strangers")
    other = make_organization("Other")
    add_member(other, user=owner_of(organization))
    answer = john.get("/api/v1/organizations?page=1&limit=20").json()
    assert [one["name"] for one in answer["data"]] == ["Other", "Acme Corp"]
    assert [one["role"]["slug"] for one in answer["data"]] == ["admin", "organization-owner"]
    assert {name: answer[name] for name in ("total", "page", "limit", "totalPages")} == {
        "total": 2,
        "page": 1,
        "limit": 20,
        "totalPages": 1,
    }


def test_update_organization(john: Worker, organization: Organization) -> None:
    body = shown("PUT", "/api/v1/organizations/me")
    answer = john.put("/api/v1/organizations/me", body)
    assert answer.status_code == 200
    told = answer.json()["data"]
    assert (told["name"], told["phone"], told["slug"]) == (body["name"], body["phone"], "acme-corp")
    assert (told["email"], told["pending_email"]) == (OFFICE, body["email"])
    link = link_token_of(body["email"], "organization_email")
    assert Caller().get(f"/api/v1/auth/verify-email?token={link}").status_code == 200
    organization.refresh_from_db()
    assert (organization.email, organization.pending_email) == (body["email"], "")


def test_update_organization_settings(john: Worker) -> None:
    documented = shown("PUT", "/api/v1/organizations/me/settings")
    for body in (documented, {"settings": {"theme": "dark", "locale": {"language": "en"}}}):
        answer = john.put("/api/v1/organizations/me/settings", body)
        assert answer.status_code == 200
        assert answer.json()["data"]["settings"] == body["settings"]


def test_get_organization_statistics(john: Worker, organization: Organization) -> None:
    add_member(organization)
    assert john.get("/api/v1/organizations/me/stats").json()["data"] == {
        "organization_id": str(organization.pk),
        "organization_name": "Acme Corp",
        "total_users": 2,
        "user_limit": 10,
        "user_usage_percentage": 20,
        "total_roles": 2,
        "role_limit": 2,
        "role_usage_percentage": 100,
        "pending_invitations": 0,
        "mfa_enabled": False,
        "package": {"id": 1, "name": "Freemium"},
    }


def test_switch_organization(john: Worker, organization: Organization) -> None:
    other = make_organization("Other")
    add_member(other, user=owner_of(organization))
    body = {**shown("PUT", "/api/v1/organizations/switch"), "organization_id": str(other.pk)}
    answer = john.put("/api/v1/organizations/switch", body)
    assert answer.status_code == 200
    told = answer.json()
    assert told["organization"]["id"] == str(other.pk)
    assert told["refresh_token"]
    assert john.get("/api/v1/users/me").status_code == 401
    assert worker_of(told["access_token"]).get("/api/v1/organizations/me").json()["data"]["name"] == "Other"


def test_update_organization_slug(john: Worker, organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(package_code=PackageCode.BASIC)
    body = shown("PUT", "/api/v1/organizations/me/slug")
    answer = john.put("/api/v1/organizations/me/slug", body)
    assert answer.status_code == 200
    assert answer.json()["data"]["slug"] == "new-slug"


def test_somebody_without_an_organization_signs_in_to_none() -> None:
    user = UserFactory()
    answer = Caller().post("/api/v1/auth/login", {"email": user.email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["organization"]) == (200, None)
    alone = worker_of(answer.json()["access_token"])
    told = alone.get("/api/v1/users/me").json()["data"]
    assert (told["organization"], told["role"], told["permissions"]) == (None, None, [])
    assert alone.get("/api/v1/organizations/me").status_code == 403


def worker_of(token: str) -> Worker:
    return Worker(token=token)
