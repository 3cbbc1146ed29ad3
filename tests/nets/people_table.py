"""Rows of workspace: roles, colleagues, invitations, the log. Each owner's organization has one of each."""

from typing import Any

from tests.nets.guards import NANO_ID, PUBLIC, Row, answers, fixed, plain
from tests.nets.workspace_table import MEMBERS
from tests.nets.world import World


def _asked(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"email": "asked-next@people.example", "role_id": int(id) if id.isdecimal() else id}


PEOPLE_ROWS = [
    Row("GET", "/api/v1/roles", MEMBERS, plain(200)),
    Row("POST", "/api/v1/roles", MEMBERS, plain(201), body=fixed(name="Clerk", permissions=["users.view"])),
    Row("GET", "/api/v1/roles/permissions", MEMBERS, plain(200)),
    Row("GET", "/api/v1/roles/usage-counts", MEMBERS, plain(200)),
    Row("GET", "/api/v1/roles/<str:id>", MEMBERS, NANO_ID, "custom role"),
    Row("PUT", "/api/v1/roles/<str:id>", MEMBERS, NANO_ID, "custom role", fixed(name="Clerk")),
    Row("DELETE", "/api/v1/roles/<str:id>", MEMBERS, NANO_ID, "custom role"),
    Row("GET", "/api/v1/users", MEMBERS, plain(200)),
    Row("GET", "/api/v1/users/<str:id>", MEMBERS, NANO_ID, "colleague"),
    Row("PUT", "/api/v1/users/<str:id>", MEMBERS, NANO_ID, "colleague", fixed(first_name="Jane")),
    Row("POST", "/api/v1/users/<str:id>/revoke", MEMBERS, NANO_ID, "colleague", fixed(reason="Violation of terms")),
    Row("GET", "/api/v1/invitations", MEMBERS, plain(200)),
    Row("POST", "/api/v1/invitations", MEMBERS, answers(201, 404, 404, 422), "custom role", _asked),
    Row("DELETE", "/api/v1/invitations/<str:id>", MEMBERS, NANO_ID, "invitation"),
    Row("GET", "/api/v1/invitations/token/<str:token>", PUBLIC, plain(404), fills={"token": "unknown"}),
    Row("POST", "/api/v1/invitations/accept/<str:token>", PUBLIC, plain(404), fills={"token": "unknown"}, body=fixed()),
    Row("GET", "/api/v1/audit-logs", MEMBERS, plain(200)),
    Row("GET", "/api/v1/audit-logs/stats", MEMBERS, plain(200)),
    Row("GET", "/api/v1/audit-logs/viewable-users", MEMBERS, plain(200)),
    Row("GET", "/api/v1/audit-logs/<str:id>", MEMBERS, NANO_ID, "audit entry of an organization"),
]
