"""Rows of nano: accounts, codes by mail and SMS, and the list that it has in common with rento."""

from typing import Any

from tests.factories.accounts import PASSWORD
from tests.nets.guards import PUBLIC, SIGNED_IN, VERIFIED_ANYHOW, WHO_HAS_AN_ACCOUNT, Row, fixed, plain
from tests.nets.world import World

UNKNOWN_PERSON, UNKNOWN_PHONE = "nobody-at-all@people.example", "+919000000001"


def _own_name(world: World, actor: str, id: str) -> dict[str, Any]:
    identifier = world.users[actor].email if actor in world.users else UNKNOWN_PERSON
    return {"identifier": identifier, "password": PASSWORD}


NANO_ROWS = [
    Row(
        "POST",
        "/api/auth/register",
        PUBLIC,
        plain(201),
        body=fixed(email="owner-to-be@people.example", full_name="New Owner", password=PASSWORD, role="owner"),
    ),
    Row("POST", "/api/auth/login", WHO_HAS_AN_ACCOUNT, plain(200), body=_own_name),
    Row("POST", "/api/auth/signin", WHO_HAS_AN_ACCOUNT, plain(200), body=_own_name),
    Row("POST", "/api/auth/refresh", PUBLIC, plain(401), body=fixed(refresh_token="unknown")),
    Row("GET", "/api/auth/me", SIGNED_IN, plain(200)),
    Row("PUT", "/api/auth/update-profile", SIGNED_IN, plain(200), body=fixed(full_name="Another Name")),
    Row("GET", "/api/properties", VERIFIED_ANYHOW, plain(200), query="type=coworking&city=Mumbai&per_page=2"),
    Row("POST", "/api/otp/send-email", PUBLIC, plain(200), body=fixed(email=UNKNOWN_PERSON)),
    Row("POST", "/api/otp/send-sms", PUBLIC, plain(200), body=fixed(phone=UNKNOWN_PHONE)),
    Row("POST", "/api/otp/verify", PUBLIC, plain(404), body=fixed(identifier=UNKNOWN_PERSON, otp="123456")),
    Row("POST", "/api/otp/resend", PUBLIC, plain(200), body=fixed(identifier=UNKNOWN_PHONE)),
]
