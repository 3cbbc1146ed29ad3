"""Rows of the second factor, of sign-in sessions and of another e-mail address."""

from tests.factories.accounts import PASSWORD
from tests.nets.guards import FLASHSPACE_ID, PUBLIC, SIGNED_IN, TOKEN_IS_BAD, Row, fixed, plain

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
]
