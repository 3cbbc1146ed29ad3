"""The two roles that every organization has. They follow the code: each `migrate` writes them as they are here."""

from typing import Any, Final

from django.apps import apps as installed
from django.core.management.color import no_style
from django.db import connections

from accounts.organization_permissions import ADMIN, ADMIN_LEVEL, ALL, OWNER_LEVEL, in_order

# Their numbers are the document's: an invitation with `role_id: 2` makes an admin.
OWNER_ID: Final = 1
ADMIN_ID: Final = 2
ROLES: Final[dict[int, dict[str, Any]]] = {
    OWNER_ID: {
        "name": "Organization Owner",
        "slug": "organization-owner",
        "description": "Everything; cannot be given away by assignment",
        "level": OWNER_LEVEL,
        "permissions": in_order(ALL),
    },
    ADMIN_ID: {
        "name": "Admin",
        "slug": "admin",
        "description": "Everything but impersonation and buying",
        "level": ADMIN_LEVEL,
        "permissions": in_order(ADMIN),
    },
}


def write_system_roles(*, using: str, apps: Any = installed, **_rest: Any) -> None:
    """Receiver of post_migrate, which `flush` sends too. Does nothing while the table is not there yet."""
    try:
        model = apps.get_model("accounts", "OrganizationRole")
    except LookupError:
        return
    roles = model.objects.using(using)
    made = [roles.update_or_create(pk=pk, defaults={"organization": None, **role})[1] for pk, role in ROLES.items()]
    if any(made):
        connection = connections[using]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)
