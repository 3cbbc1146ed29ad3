"""Rows of nakksha: consultants' accounts, and the staff's own way in. What it shares with workspace stands there."""

from typing import Any

from tests.factories.accounts import PASSWORD
from tests.nets.guards import (
    OWN,
    PEOPLE,
    PUBLIC,
    STAFF,
    STRANGERS,
    TOKEN_IS_BAD,
    WHO_IS_A_COLLEAGUE,
    Row,
    fixed,
    guard,
    plain,
)
from tests.nets.world import World

UNKNOWN_PERSON = "nobody-at-all@people.example"
CONSULTANTS = ("customer",)
CONSULTANTS_AND_COLLEAGUES = guard(
    (STRANGERS, 401), (CONSULTANTS, OWN), (tuple(one for one in PEOPLE if one not in CONSULTANTS), 404), (STAFF, OWN)
)


def _own_mail(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"email": world.users[actor].email if actor in world.users else UNKNOWN_PERSON, "password": PASSWORD}


CONSULTANT_ROWS = [
    Row(
        "POST",
        "/api/v1/auth/signup",
        PUBLIC,
        plain(201),
        body=fixed(name="New Consultant", email="consultant@people.example", password="Orchid lantern 42!"),
    ),
    Row("POST", "/api/v1/auth/admin/login", WHO_IS_A_COLLEAGUE, plain(200), body=_own_mail),
    Row("GET", "/api/v1/auth/me", CONSULTANTS_AND_COLLEAGUES, plain(200)),
    Row("GET", "/api/v1/auth/verify-email/<str:token>", PUBLIC, plain(TOKEN_IS_BAD), fills={"token": "unknown"}),
]
