"""Rows of workspace: signing in, one's account, organizations. The owners own one each, with the colleagues."""

from typing import Any

from tests.factories.accounts import PASSWORD
from tests.nets.guards import (
    EMAIL_VERIFIED,
    OWN,
    PUBLIC,
    SIGNED_IN,
    TOKEN_IS_BAD,
    WHO_PROVED_THE_ADDRESS,
    Row,
    answers,
    fixed,
    guard,
    plain,
)
from tests.nets.world import OWNERS, PEOPLE, STAFF, STRANGERS, World

UNKNOWN_PERSON = "nobody-at-all@people.example"
NEW_PASSWORD = "Orchid lantern 42 river"
OTHERS = tuple(one for one in PEOPLE if one not in OWNERS)
OWNERS_IN = guard((STRANGERS, 401), (OTHERS, 403), (OWNERS, OWN), (STAFF, 403))
THE_OWNER = {**OWNERS_IN, "member": 403, "other admin": 403}
MEMBERS = {**OWNERS_IN, "member": 403, "other admin": OWN}


def _own_mail(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"email": world.users[actor].email if actor in world.users else UNKNOWN_PERSON, "password": PASSWORD}


def _organization(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"organization_id": id}


WORKSPACE_ROWS = [
    Row(
        "POST",
        "/api/v1/auth/organization/register",
        PUBLIC,
        plain(201),
        body=fixed(
            organization_name="Newcomers",
            organization_email="office@newcomers.example",
            first_name="New",
            last_name="Comer",
            email="new@newcomers.example",
            password=PASSWORD,
        ),
    ),
    Row("GET", "/api/v1/auth/verify-email", PUBLIC, plain(TOKEN_IS_BAD), query="token=unknown"),
    Row("POST", "/api/v1/auth/login", WHO_PROVED_THE_ADDRESS, plain(200), body=_own_mail),
    Row("POST", "/api/v1/auth/refresh", PUBLIC, plain(401), body=fixed(refresh_token="unknown")),
    Row("POST", "/api/v1/auth/logout", SIGNED_IN, plain(200)),
    Row("POST", "/api/v1/auth/forgot-password", PUBLIC, plain(200), body=fixed(email=UNKNOWN_PERSON)),
    Row(
        "POST",
        "/api/v1/auth/reset-password",
        PUBLIC,
        plain(TOKEN_IS_BAD),
        body=fixed(token="unknown", new_password=NEW_PASSWORD),
    ),
    Row("GET", "/api/v1/users/me", EMAIL_VERIFIED, plain(200)),
    Row("PUT", "/api/v1/users/me", EMAIL_VERIFIED, plain(200), body=fixed(first_name="Jane", phone="+1234567890")),
    Row(
        "PUT",
        "/api/v1/users/me/change-password",
        EMAIL_VERIFIED,
        plain(200),
        body=fixed(current_password=PASSWORD, new_password=NEW_PASSWORD),
    ),
    Row("GET", "/api/v1/users/me/download-data", EMAIL_VERIFIED, plain(200)),
    Row("GET", "/api/v1/organizations", EMAIL_VERIFIED, plain(200)),
    Row("GET", "/api/v1/organizations/me", MEMBERS, plain(200)),
    Row("PUT", "/api/v1/organizations/me", MEMBERS, plain(200), body=fixed(name="Another name", city="Pune")),
    Row("PUT", "/api/v1/organizations/me/settings", MEMBERS, plain(200), body=fixed(settings={"theme": "dark"})),
    Row("PUT", "/api/v1/organizations/me/slug", THE_OWNER, plain(200), body=fixed(slug="another-slug")),
    Row("GET", "/api/v1/organizations/me/stats", MEMBERS, plain(200)),
    Row(
        "PUT",
        "/api/v1/organizations/switch",
        EMAIL_VERIFIED,
        answers(200, 404, 404, 422),
        "organization",
        _organization,
    ),
]
