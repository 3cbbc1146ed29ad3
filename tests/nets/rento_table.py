"""Rows of rento: accounts, and Google by redirect."""

from typing import Any

from tests.factories.accounts import PASSWORD
from tests.nets.guards import PUBLIC, SIGNED_IN, TOKEN_IS_BAD, WHO_IS_SENT_A_CODE, Row, fixed, plain
from tests.nets.world import World

UNKNOWN_PERSON = "nobody-at-all@people.example"
NEW_PASSWORD = "Orchid lantern 42 river"
A_NEW_CODE = frozenset(
    {
        "INSERT INTO accounts_mail",
        "INSERT INTO accounts_onetimetoken",
        "INSERT INTO accounts_otpchallenge",
        "UPDATE accounts_otpchallenge",
    }
)


def _own_mail(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"email": world.users[actor].email if actor in world.users else UNKNOWN_PERSON, "password": PASSWORD}


RENTO_ROWS = [
    Row(
        "POST",
        "/api/user/signup",
        PUBLIC,
        plain(201),
        body=fixed(email="tenant@people.example", fullName="New Tenant", password=NEW_PASSWORD, role="Tenant"),
    ),
    Row("POST", "/api/user/verify-otp", PUBLIC, plain(404), body=fixed(email=UNKNOWN_PERSON, otp="123456")),
    Row("POST", "/api/user/resend-otp", PUBLIC, plain(404), body=fixed(email=UNKNOWN_PERSON)),
    Row("POST", "/api/user/signin", WHO_IS_SENT_A_CODE, plain(200), body=_own_mail, leaves=A_NEW_CODE),
    Row("POST", "/api/user/signout", SIGNED_IN, plain(200)),
    Row("POST", "/api/user/forgot-password", PUBLIC, plain(200), body=fixed(email=UNKNOWN_PERSON)),
    Row(
        "POST",
        "/api/user/reset-password",
        PUBLIC,
        plain(TOKEN_IS_BAD),
        body=fixed(token="unknown", password=NEW_PASSWORD),
    ),
    Row("POST", "/api/user/select-role", SIGNED_IN, plain(400), body=fixed(role="Landlord")),  # they all have one
    Row("GET", "/api/user/auth/google", PUBLIC, plain(302)),
    Row("GET", "/api/user/auth/google/callback", PUBLIC, plain(302), query="state=unknown&code=unknown"),
    Row("GET", "/api/user/auth/failure", PUBLIC, plain(401)),
    Row("POST", "/api/user/auth/google/exchange", PUBLIC, plain(TOKEN_IS_BAD), body=fixed(code="unknown")),
]
