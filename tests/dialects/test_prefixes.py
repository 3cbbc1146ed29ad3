"""CONTRACT's table "path | dialect of its errors", row by row."""

import json
from pathlib import Path
from typing import Any

import pytest

from flashspace.dialects import DIALECTS, FLASHSPACE, NAKKSHA, NANO, RENTO, SHARED, WORKSPACE
from flashspace.dialects.base import Dialect
from flashspace.dialects.prefixes import dialect_of

DOCUMENTED = json.loads((Path(__file__).parents[1] / "contract" / "documented.json").read_text(encoding="utf-8"))

ROWS: list[tuple[str, str, Dialect | None]] = [
    *(("GET", f"/api/user/{name}", FLASHSPACE) for name in ("dashboard", "bookings", "kyc", "invoices", "support")),
    ("PUT", "/api/user/kyc/business-info", FLASHSPACE),
    ("GET", "/api/user/support/tickets/1/reply", FLASHSPACE),
    ("POST", "/api/auth/login", FLASHSPACE),
    ("POST", "/api/auth/signin", FLASHSPACE),
    ("GET", "/api/health", FLASHSPACE),
    ("GET", "/api", FLASHSPACE),
    ("GET", "/api/", FLASHSPACE),
    ("GET", "/api/nothing/here", FLASHSPACE),
    ("GET", "/api/schema/unknown", FLASHSPACE),
    ("GET", "/api/v2/users", FLASHSPACE),
    ("GET", "/api/propertiesx", FLASHSPACE),
    ("POST", "/api/user/signup", RENTO),
    ("GET", "/api/user", RENTO),
    ("GET", "/api/user/nothing", RENTO),
    ("GET", "/api/user/bookingsx", RENTO),
    ("GET", "/api/landlord/properties", RENTO),
    ("POST", "/api/booking", RENTO),
    ("GET", "/api/balling/1", RENTO),
    ("GET", "/", RENTO),
    ("GET", "/nothing", RENTO),
    ("GET", "/administrator", RENTO),
    ("GET", "//api/health", RENTO),
    ("GET", "/api/properties", RENTO),
    ("HEAD", "/api/properties", RENTO),
    ("GET", "/api/properties/", RENTO),
    ("POST", "/api/properties", NANO),
    ("PATCH", "/api/properties", NANO),
    ("GET", "/api/properties/1", NANO),
    ("GET", "/api/properties/my-properties", NANO),
    ("POST", "/api/bookings", NANO),
    ("POST", "/api/otp/verify", NANO),
    ("GET", "/api/admin/stats", NANO),
    *(("POST", f"/api/auth/{name}", NANO) for name in ("register", "me", "refresh", "update-profile")),
    ("POST", "/api/auth/refresh-token", FLASHSPACE),
    ("GET", "/health", NAKKSHA),
    *(
        ("GET", f"/api/v1/{name}/x", NAKKSHA)
        for name in ("consultant", "dashboard", "sessions", "clients", "quotations", "teams", "admin")
    ),
    ("POST", "/api/v1/auth/signup", NAKKSHA),
    ("GET", "/api/v1/auth/me", NAKKSHA),
    ("POST", "/api/v1/auth/admin/login", NAKKSHA),
    ("GET", "/api/v1/auth/verify-email/a-token", NAKKSHA),
    *(
        ("POST", f"/api/v1/auth/{name}", SHARED)
        for name in ("login", "refresh", "logout", "forgot-password", "reset-password", "nothing", "nothing/here")
    ),
    ("GET", "/api/v1/auth", SHARED),
    ("GET", "/api/v1/auth/verify-email", WORKSPACE),
    ("POST", "/api/v1/auth/verify-mfa", WORKSPACE),
    ("POST", "/api/v1/auth/organization/register", WORKSPACE),
    ("GET", "/api/v1/users/me", WORKSPACE),
    ("GET", "/api/v1", WORKSPACE),
    ("GET", "/api/v1/nothing", WORKSPACE),
    *(
        ("GET", f"/{name}", None)
        for name in (
            "admin",
            "admin/login/",
            "accounts/google/login/",
            "static/a.css",
            "media/a",
            "uploads/a.jpg",
            "images/default.png",
            "api/docs",
            "api/docs/",
            "verify",
            "verify/abc",
            "verify-email",
            "reset-password",
            "invitation",
            "healthz",
            "readyz",
            "metrics",
        )
    ),
]


@pytest.mark.parametrize(("method", "path", "dialect"), ROWS)
def test_path_has_the_dialect_of_its_row(method: str, path: str, dialect: Dialect | None) -> None:
    assert dialect_of(method, path) is dialect


@pytest.mark.parametrize("operation", DOCUMENTED, ids=lambda one: f"{one['dialect']} {one['method']} {one['path']}")
def test_documented_operation_is_refused_in_its_own_words(operation: dict[str, Any]) -> None:
    """Only where two documents meet may another dialect speak, and there CONTRACT says which."""
    dialect = dialect_of(operation["method"], operation["path"])

    assert dialect in (DIALECTS[operation["dialect"]], *MEETING.get((operation["method"], operation["path"]), ()))


MEETING = {
    ("POST", "/api/auth/login"): (FLASHSPACE,),
    ("GET", "/api/properties"): (RENTO,),
    **{
        ("POST", f"/api/v1/auth/{name}"): (SHARED,)
        for name in ("login", "refresh", "logout", "forgot-password", "reset-password")
    },
}
