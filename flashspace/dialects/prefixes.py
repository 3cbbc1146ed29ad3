"""Which dialect words the errors of a path: CONTRACT's table, row by row. Pure; the longest prefix wins."""

from typing import Final

from flashspace.dialects import FLASHSPACE, NAKKSHA, NANO, RENTO, SHARED, WORKSPACE
from flashspace.dialects.base import Dialect

# None: pages, files and probes that answer as Django does.
DJANGO: Final = None


def _under(base: str, names: str) -> list[str]:
    return [f"{base}/{name}" for name in names.split()]


def _rows() -> dict[str, Dialect | None]:
    rows: dict[str, Dialect | None] = {"": RENTO, "/api": FLASHSPACE, "/api/v1": WORKSPACE, "/health": NAKKSHA}
    rows |= dict.fromkeys(_under("/api", "user landlord booking balling"), RENTO)
    rows |= dict.fromkeys(_under("/api/user", "dashboard bookings kyc invoices support"), FLASHSPACE)
    rows |= dict.fromkeys(_under("/api", "properties bookings otp admin"), NANO)
    rows |= dict.fromkeys(_under("/api/auth", "register me refresh update-profile"), NANO)
    rows |= dict.fromkeys(_under("/api/v1", "consultant dashboard sessions clients quotations teams admin"), NAKKSHA)
    rows |= dict.fromkeys(_under("/api/v1/auth", "signup me admin"), NAKKSHA)
    rows |= dict.fromkeys(_under("/api/v1/auth", "organization verify-email verify-mfa"), WORKSPACE)
    rows["/api/v1/auth"] = SHARED
    rows |= dict.fromkeys(_under("", "admin accounts static media uploads images api/docs"), DJANGO)
    rows |= dict.fromkeys(_under("", "verify verify-email confirm-email keep-email reset-password invitation"), DJANGO)
    rows |= dict.fromkeys(_under("", "auth/success healthz readyz metrics"), DJANGO)
    return rows


PREFIXES: Final = _rows()
# Rows that hold for one path and not for what is under it, or the other way round.
EXACT: Final = {("GET", "/api/properties"): RENTO, ("HEAD", "/api/properties"): RENTO}
BELOW: Final = {"/api/v1/auth/verify-email": NAKKSHA}
DEEPEST: Final = max(prefix.count("/") for prefix in PREFIXES)


def dialect_of(method: str, path: str) -> Dialect | None:
    """The dialect of a path's errors, None where pages and files answer as Django does."""
    path = path.rstrip("/")
    exact = EXACT.get((method, path))
    if exact is not None:
        return exact
    prefix = "/".join(path.split("/", DEEPEST + 1)[: DEEPEST + 1])
    while prefix not in PREFIXES:
        prefix = prefix.rpartition("/")[0]
    if prefix in BELOW and path != prefix:
        return BELOW[prefix]
    return PREFIXES[prefix]
