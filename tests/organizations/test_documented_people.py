"""Roles, people, invitations and the audit log of the workspace document, example by example."""

import json
from functools import partial

import pytest

from accounts.models import AuditEntry, Invitation, Membership, OrganizationRole, User
from accounts.organization_permissions import PERMISSIONS
from tests.accounts.api import Caller
from tests.contract.shapes import request_of
from tests.factories.accounts import UserFactory
from tests.factories.organizations import add_member, add_newcomer, make_organization, make_role
from tests.organizations.calls import invitation_token_of, owner

pytestmark = pytest.mark.django_db

shown = partial(request_of, dialect="workspace")


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def acme():
    return make_organization(user_limit=50, role_limit=10)


@pytest.fixture
def boss(acme):
    return owner(acme)


def page_of(answer):
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert {"data", "total", "page", "limit", "totalPages"} <= set(body)
    return body


def data_of(answer, status=200):
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"data", "message"}
    return answer.json()["data"]


def test_list_roles(boss):
    body = page_of(boss.get("/api/v1/roles?page=1&limit=10"))
    assert [(role["id"], role["name"], role["hierarchy_level"]) for role in body["data"]] == [
        (1, "Organization Owner", 1),
        (2, "Admin", 2),
    ]
    assert (body["total"], body["page"], body["limit"], body["totalPages"]) == (2, 1, 10, 1)


def test_get_role_by_id(boss):
    role = data_of(boss.get("/api/v1/roles/2"))
    assert {name: role[name] for name in ("id", "organization_id", "slug", "is_system_role", "is_default")} == {
        "id": 2,
        "organization_id": None,
        "slug": "admin",
        "is_system_role": True,
        "is_default": True,
    }
    assert role["role_permissions"][0]["permission"]["slug"] == "users.view"


def test_create_role(boss, acme):
    role = data_of(boss.post("/api/v1/roles", shown("POST", "/api/v1/roles")), 201)
    row = OrganizationRole.objects.get(organization=acme)
    assert role == {
        "id": row.pk,
        "organization_id": str(acme.pk),
        "name": "Manager",
        "slug": "manager",
        "description": "Manager role",
        "is_system_role": False,
        "is_organization_owner": False,
        "is_default": False,
        "is_active": True,
        "hierarchy_level": 3,
        "permissions": ["users.view", "users.edit"],
        "role_permissions": [{"permission": permission} for permission in role_permissions("users.view", "users.edit")],
        "created_at": role["created_at"],
        "updated_at": role["updated_at"],
    }
    assert AuditEntry.objects.get(action="role.created").organization == acme


def role_permissions(*slugs):
    return [
        {"id": one.id, "name": one.name, "slug": one.slug, "description": one.description, "category": one.category}
        for one in PERMISSIONS
        if one.slug in slugs
    ]


def test_update_role(boss, acme):
    role = make_role(acme, "users.view", slug="manager")
    changed = data_of(boss.put(f"/api/v1/roles/{role.pk}", shown("PUT", "/api/v1/roles/:id")))
    assert (changed["name"], changed["slug"]) == ("Senior Manager", "manager")
    assert changed["permissions"] == ["users.view", "users.edit", "roles.view"]


def test_delete_role(boss, acme):
    role = make_role(acme, "users.view")
    assert data_of(boss.delete(f"/api/v1/roles/{role.pk}")) is None
    assert boss.get(f"/api/v1/roles/{role.pk}").status_code == 404


def test_get_permissions(boss):
    found = data_of(boss.get("/api/v1/roles/permissions"))
    assert len(found) == 29
    assert found == sorted(found, key=lambda one: (one["category"], one["name"]))


def test_get_role_usage_counts(boss, acme):
    role = make_role(acme, "users.view")
    add_member(acme, role_id=role.pk)
    add_member(acme, role_id=role.pk, status="suspended")
    assert data_of(boss.get("/api/v1/roles/usage-counts")) == {"1": 1, "2": 0, str(role.pk): 1}


def test_create_invitation(boss, acme):
    body = shown("POST", "/api/v1/invitations")
    invitation = data_of(boss.post("/api/v1/invitations", body), 201)
    assert invitation == {
        "id": str(Invitation.objects.get().pk),
        "organization_id": str(acme.pk),
        "email": "newuser@example.com",
        "role": {"id": 2, "name": "Admin", "slug": "admin", "is_organization_owner": False},
        "inviter": {
            "id": str(boss.user.pk),
            "email": boss.user.email,
            "first_name": "John",
            "last_name": "Doe",
            "avatar_url": None,
        },
        "message": None,
        "status": "pending",
        "expires_at": invitation["expires_at"],
        "accepted_at": None,
        "user_id": None,
        "created_at": invitation["created_at"],
    }
    assert invitation_token_of("newuser@example.com") not in json.dumps(invitation)


def test_list_invitations(boss):
    boss.post("/api/v1/invitations", shown("POST", "/api/v1/invitations"))
    body = page_of(boss.get("/api/v1/invitations?page=1&limit=10"))
    assert [one["email"] for one in body["data"]] == ["newuser@example.com"]
    assert page_of(boss.get("/api/v1/invitations?status=accepted"))["data"] == []
    assert page_of(boss.get("/api/v1/invitations?status=pending&email=newuser"))["total"] == 1


def test_get_and_accept_an_invitation(boss, acme):
    boss.post("/api/v1/invitations", shown("POST", "/api/v1/invitations"))
    token = invitation_token_of("newuser@example.com")
    offer = data_of(Caller().get(f"/api/v1/invitations/token/{token}"))
    assert offer["organization"] == {"id": str(acme.pk), "name": acme.name, "slug": acme.slug}
    assert offer["has_account"] is False
    body = shown("POST", "/api/v1/invitations/accept/:token")
    joined = data_of(Caller().post(f"/api/v1/invitations/accept/{token}", body))
    user = User.objects.get(email="newuser@example.com")
    assert joined == {
        "user": {
            "id": str(user.pk),
            "email": user.email,
            "first_name": "Jane",
            "last_name": "Doe",
            "avatar_url": None,
        },
        "organization": {"id": str(acme.pk), "name": acme.name, "slug": acme.slug},
        "role": {"id": 2, "name": "Admin", "slug": "admin", "is_organization_owner": False},
    }
    login = {"email": user.email, "password": body["password"]}
    answer = Caller().post("/api/v1/auth/login", login)
    assert answer.status_code == 200, answer.content
    assert answer.json()["organization"]["id"] == str(acme.pk)


def test_delete_invitation(boss):
    boss.post("/api/v1/invitations", shown("POST", "/api/v1/invitations"))
    invitation = Invitation.objects.get()
    assert data_of(boss.delete(f"/api/v1/invitations/{invitation.pk}")) is None
    invitation.refresh_from_db()
    assert invitation.status == "cancelled"
    answer = Caller().get(f"/api/v1/invitations/token/{invitation_token_of('newuser@example.com')}")
    assert answer.status_code == 400
    assert answer.json()["message"] == "This invitation was taken back"


def test_list_organization_users(boss, acme):
    john = add_member(acme, user=UserFactory(email="john@acme.com", full_name="Somebody"))
    add_member(acme, user=UserFactory(email="jane@acme.com", full_name="Jane Roe"))
    body = page_of(boss.get("/api/v1/users?page=1&limit=10&search=john"))
    found = next(one for one in body["data"] if one["email"] == "john@acme.com")
    assert found["role"] == {"id": 2, "name": "Admin", "slug": "admin", "is_organization_owner": False}
    assert (found["membership_status"], found["id"]) == ("active", str(john.user_id))
    assert "jane@acme.com" not in [one["email"] for one in body["data"]]
    assert page_of(boss.get("/api/v1/users?role_id=1"))["total"] == 1
    assert page_of(boss.get("/api/v1/users?status=revoked"))["total"] == 0


def test_get_user_by_id(boss, acme):
    member = add_member(acme)
    assert data_of(boss.get(f"/api/v1/users/{member.user_id}"))["email"] == member.user.email


def test_update_user(boss, acme):
    member = add_newcomer(acme, user=UserFactory(full_name="Some Body"))
    old = member.user.email
    changed = data_of(boss.put(f"/api/v1/users/{member.user_id}", shown("PUT", "/api/v1/users/:id")))
    assert (changed["first_name"], changed["last_name"], changed["status"]) == ("John", "Doe", "active")
    assert (changed["email"], changed["pending_email"]) == (old, "newemail@example.com")


def test_revoke_user_access(boss, acme):
    member = add_member(acme)
    body = shown("POST", "/api/v1/users/:id/revoke")
    revoked = data_of(boss.post(f"/api/v1/users/{member.user_id}/revoke", body))["revoked_user"]
    assert (revoked["id"], revoked["status"], revoked["end_reason"]) == (
        str(member.user_id),
        "revoked",
        "Violation of terms",
    )
    assert Membership.objects.get(pk=member.pk).status == "revoked"


def test_list_audit_logs(boss, acme):
    boss.post("/api/v1/invitations", shown("POST", "/api/v1/invitations"))
    token = invitation_token_of("newuser@example.com")
    Caller().post(f"/api/v1/invitations/accept/{token}", shown("POST", "/api/v1/invitations/accept/:token"))
    body = page_of(boss.get("/api/v1/audit-logs?page=1&limit=20&action=user.created"))
    user = User.objects.get(email="newuser@example.com")
    assert [(one["action"], one["entity_type"], one["entity_id"]) for one in body["data"]] == [
        ("user.created", "user", str(user.pk))
    ]
    assert body["data"][0]["user"]["email"] == "newuser@example.com"


def test_get_audit_log_statistics(boss):
    boss.post("/api/v1/invitations", shown("POST", "/api/v1/invitations"))
    numbers = data_of(boss.get("/api/v1/audit-logs/stats"))
    recent = numbers.pop("recent_actions")
    assert numbers == {
        "total_actions": 1,
        "total_logs": 1,
        "actions_by_type": {"invitation.created": 1},
        "actions_by_user": [{"user_id": str(boss.user.pk), "user_name": "John Doe", "count": 1}],
        "unique_users": 1,
        "actions_today": 1,
        "actions_this_week": 1,
    }
    assert [one["action"] for one in recent] == ["invitation.created"]


def test_get_viewable_users(boss, acme):
    member = add_member(acme, user=UserFactory(full_name="Aaron Able"))
    assert data_of(boss.get("/api/v1/audit-logs/viewable-users")) == [
        {"id": str(member.user_id), "first_name": "Aaron", "last_name": "Able", "email": member.user.email},
        {"id": str(boss.user.pk), "first_name": "John", "last_name": "Doe", "email": boss.user.email},
    ]


def test_get_audit_log_by_id(boss):
    boss.post("/api/v1/invitations", shown("POST", "/api/v1/invitations"))
    entry = AuditEntry.objects.get(action="invitation.created")
    assert data_of(boss.get(f"/api/v1/audit-logs/{entry.pk}"))["new_values"] == {
        "email": "newuser@example.com",
        "role": "admin",
    }
