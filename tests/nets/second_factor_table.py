"""Rows of the second factor, of sign-in sessions and of another e-mail address."""

from tests.factories.accounts import PASSWORD
from tests.nets.guards import FLASHSPACE_ID, OWN, PUBLIC, SIGNED_IN, TOKEN_IS_BAD, Row, fixed, guard, plain
from tests.nets.world import PEOPLE, STAFF, STRANGERS

PROVED = tuple(one for one in PEOPLE if one != "unverified")
# To set one up the address must be proved; nobody here has one.
ENROLLERS = guard((STRANGERS, 401), (("unverified",), 403), (PROVED, OWN), (STAFF, OWN))

SECOND_FACTOR_ROWS = [
    Row("GET", "/api/auth/sessions", SIGNED_IN, plain(200)),
    Row("DELETE", "/api/auth/sessions", SIGNED_IN, plain(200)),
    Row("DELETE", "/api/auth/sessions/<str:id>", SIGNED_IN, FLASHSPACE_ID, "session"),
    Row(
        "POST",
        "/api/auth/change-email",
        SIGNED_IN,
        plain(200),
        body=fixed(newEmail="another@people.example", password=PASSWORD),
    ),
    Row("GET", "/api/auth/confirm-email", PUBLIC, plain(TOKEN_IS_BAD), query="token=unknown"),
    Row("POST", "/api/auth/keep-email", PUBLIC, plain(TOKEN_IS_BAD), body=fixed(token="unknown")),
    Row("POST", "/api/v1/auth/verify-mfa", PUBLIC, plain(401), body=fixed(temp_token="unknown", code="123456")),
    Row("GET", "/api/v1/mfa/check", SIGNED_IN, plain(200)),
    Row("POST", "/api/v1/mfa/setup/initialize", ENROLLERS, plain(200)),
    Row("POST", "/api/v1/mfa/setup/verify", SIGNED_IN, plain(409), body=fixed(code="123456")),
    Row("GET", "/api/v1/mfa/backup-codes", SIGNED_IN, plain(409)),
    Row("POST", "/api/v1/mfa/backup-codes/regenerate", SIGNED_IN, plain(409)),
    Row("DELETE", "/api/v1/mfa/disable", SIGNED_IN, plain(409), body=fixed(code="123456")),
]
