"""What the examples of workspace about people and their organizations take for granted."""

from typing import Any

from accounts.enums import PackageCode
from accounts.models import AuditEntry, Invitation
from tests.accounts.phones_of_staff import Phone, enrol
from tests.contract.replays import Ask, Given, Prepare
from tests.contract.replays_of_accounts import known, refreshing, stranger, with_mailed_link, with_reset_link
from tests.factories.accounts import UserFactory
from tests.factories.organizations import add_member, add_newcomer, make_organization, make_role
from tests.organizations.calls import Colleague, invitation_token_of, owner
from tests.organizations.workers import worker

GUEST = {"email": "newuser@example.com", "role_id": 2}


def new_boss(given: Given, **fields: Any) -> Colleague:
    """The owner of an organization, with the address and the password of the body."""
    password = given.body.get("password") or given.body.get("current_password", "SecurePassword123!")
    user = UserFactory(email=given.body.get("email", "john@acme.com"), password=password)
    return owner(make_organization(owner=user, **fields))


def boss(given: Given) -> Ask:
    return Ask(owner(make_organization()))


def making(given: Given) -> Ask:
    return Ask(boss(given).caller, status=201)


def in_organization(given: Given) -> Ask:
    return Ask(body={"organization_id": str(new_boss(given).organization.pk)})


def with_own_password(given: Given) -> Ask:
    return Ask(new_boss(given))


def of_two_organizations(given: Given) -> Ask:
    caller = new_boss(given)
    other = make_organization()
    add_member(other, user=caller.user)
    return Ask(caller, body={"organization_id": str(other.pk)})


def with_package(given: Given) -> Ask:
    return Ask(new_boss(given, package_code=PackageCode.BASIC))


def with_role(given: Given) -> Ask:
    caller = owner(make_organization(role_limit=10))
    return Ask(caller, path=f"/api/v1/roles/{make_role(caller.organization, 'users.view').pk}")


def making_role(given: Given) -> Ask:
    return Ask(owner(make_organization(role_limit=10)), status=201)


def with_colleague(path: str) -> Prepare:
    def prepare(given: Given) -> Ask:
        caller = owner(make_organization())
        return Ask(caller, path=path.format(add_newcomer(caller.organization).user_id))

    return prepare


def invite() -> Colleague:
    caller = owner(make_organization())
    assert caller.post("/api/v1/invitations", GUEST).status_code == 201
    return caller


def invited(path: str) -> Prepare:
    def prepare(given: Given) -> Ask:
        invite()
        return Ask(path=path + invitation_token_of(GUEST["email"]))

    return prepare


def who_invited(given: Given) -> Ask:
    return Ask(invite())


def taking_back(given: Given) -> Ask:
    return Ask(invite(), path=f"/api/v1/invitations/{Invitation.objects.get().pk}")


def reading_an_entry(given: Given) -> Ask:
    return Ask(invite(), path=f"/api/v1/audit-logs/{AuditEntry.objects.get(action='invitation.created').pk}")


def setting_up(given: Given) -> Ask:
    caller = worker(UserFactory())
    offer = caller.post("/api/v1/mfa/setup/initialize").json()["data"]
    return Ask(caller, body={"code": Phone(offer["secret"]).code()})


def with_factor(given: Given) -> Ask:
    """Shown at sign-in, a moment ago."""
    user = UserFactory()
    phone, _ = enrol(user)
    return Ask(worker(user, has_shown_factor=True), body={"code": phone.code()} if given.body else {})


def by_factor(given: Given) -> Ask:
    caller = new_boss(given)
    phone, _ = enrol(caller.user)
    return Ask(body={"mfa_code": phone.code(), "organization_id": str(caller.organization.pk)})


REPLAYS: dict[str, Prepare] = {
    "workspace POST /api/v1/auth/organization/register 201": stranger,
    "workspace POST /api/v1/auth/login 200": in_organization,
    "workspace POST /api/v1/auth/refresh": refreshing("refresh_token"),
    "workspace GET /api/v1/auth/verify-email": with_mailed_link("/api/v1/auth/verify-email?token="),
    "workspace POST /api/v1/auth/forgot-password": known,
    "workspace POST /api/v1/auth/reset-password": with_reset_link,
    "workspace POST /api/v1/auth/verify-mfa": by_factor,
    "workspace POST /api/v1/auth/logout": boss,
    "workspace GET /api/v1/mfa/check": boss,
    "workspace POST /api/v1/mfa/setup/initialize": boss,
    "workspace POST /api/v1/mfa/setup/verify": setting_up,
    "workspace GET /api/v1/mfa/backup-codes": with_factor,
    "workspace POST /api/v1/mfa/backup-codes/regenerate": with_factor,
    "workspace DELETE /api/v1/mfa/disable": with_factor,
    "workspace GET /api/v1/users/me": boss,
    "workspace PUT /api/v1/users/me": boss,
    "workspace PUT /api/v1/users/me/change-password": with_own_password,
    "workspace GET /api/v1/users/me/download-data": boss,
    "workspace GET /api/v1/users": boss,
    "workspace GET /api/v1/users/:id": with_colleague("/api/v1/users/{}"),
    "workspace PUT /api/v1/users/:id": with_colleague("/api/v1/users/{}"),
    "workspace POST /api/v1/users/:id/revoke": with_colleague("/api/v1/users/{}/revoke"),
    "workspace GET /api/v1/organizations": boss,
    "workspace GET /api/v1/organizations/me": boss,
    "workspace PUT /api/v1/organizations/me": boss,
    "workspace PUT /api/v1/organizations/me/settings": boss,
    "workspace PUT /api/v1/organizations/me/slug": with_package,
    "workspace GET /api/v1/organizations/me/stats": boss,
    "workspace PUT /api/v1/organizations/switch": of_two_organizations,
    "workspace GET /api/v1/roles": boss,
    "workspace POST /api/v1/roles": making_role,
    "workspace GET /api/v1/roles/permissions": boss,
    "workspace GET /api/v1/roles/usage-counts": boss,
    "workspace GET /api/v1/roles/:id": with_role,
    "workspace PUT /api/v1/roles/:id": with_role,
    "workspace DELETE /api/v1/roles/:id": with_role,
    "workspace POST /api/v1/invitations": making,
    "workspace GET /api/v1/invitations": who_invited,
    "workspace GET /api/v1/invitations/token/:token": invited("/api/v1/invitations/token/"),
    "workspace POST /api/v1/invitations/accept/:token": invited("/api/v1/invitations/accept/"),
    "workspace DELETE /api/v1/invitations/:id": taking_back,
    "workspace GET /api/v1/audit-logs": who_invited,
    "workspace GET /api/v1/audit-logs/stats": who_invited,
    "workspace GET /api/v1/audit-logs/viewable-users": boss,
    "workspace GET /api/v1/audit-logs/:id": reading_an_entry,
}
