"""Every writing call is sent every column's name and twenty names from inside Python: the rows come out the same."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import BooleanField, DateTimeField, DecimalField, Field, ForeignKey, IntegerField, UUIDField

from flashspace.dialects.wire import camel_case
from tests.nets.cells import Cell, make_cells, path_of, send, undone
from tests.nets.table import OWN, ROWS, Row
from tests.nets.world import World

APPS = ("accounts", "billing", "bookings", "listings", "support", "consultants")
INSIDE = (
    "__class__", "__dict__", "__init__", "__globals__", "__proto__", "constructor", "prototype", "__module__",
    "__bases__", "__subclasses__", "__getattribute__", "__setattr__", "__reduce__", "__code__", "__doc__", "__slots__",
    "_state", "_meta", "pk", "objects",
)  # fmt: skip
# What differs between two runs of the same call, whatever was sent.
UNSTEADY = (
    "id",
    "_at",
    "_hash",
    "code",
    "token",
    "key",
    "number",
    "password",
    "last_login",
    "file",
    "sha256",
    "to",
    "text",
    "html",
    "secret",
)


def injected(row: Row, body: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The body with everything that no call may set, by both spellings. What the call itself takes is left as it is."""
    extra: dict[str, Any] = {}
    for column in _columns():
        value = _value(column, world)
        for name in {column.name, column.attname, camel_case(column.name), camel_case(column.attname)}:
            extra[name] = value
    extra |= {name: {"is_staff": True} for name in INSIDE}
    taken = TAKES.get(row.key, frozenset())
    return {**{name: value for name, value in extra.items() if name not in taken}, **body}


# Names that a call reads, as its document says, and that are columns too; not part of its body in the table.
ROLE = frozenset({"name", "slug", "description", "permissions", "hierarchy_level"})
TAKES: Mapping[tuple[str, str], frozenset[str]] = {
    # `email` beside `identifier` is the other document's sign-in.
    ("POST", "/api/auth/login"): frozenset({"email"}),
    ("POST", "/api/auth/signin"): frozenset({"email"}),
    ("POST", "/api/auth/register"): frozenset({"phone"}),
    ("PUT", "/api/auth/update-profile"): frozenset({"phone", "email", "password"}),
    ("POST", "/api/v1/auth/login"): frozenset({"organization_id"}),
    ("POST", "/api/v1/auth/verify-mfa"): frozenset(
        {"code", "email", "mfa_code", "organization_id", "password", "temp_token"}
    ),
    ("PUT", "/api/v1/users/me"): frozenset({"first_name", "last_name", "phone", "avatar_url"}),
    ("PUT", "/api/v1/organizations/me"): frozenset(
        {
            "name",
            "email",
            "phone",
            "address",
            "city",
            "state",
            "country",
            "postal_code",
            "website",
            "logo_url",
            "description",
            "tax_id",
            "registration_number",
            "industry",
        }
    ),
    ("POST", "/api/v1/roles"): ROLE,
    ("PUT", "/api/v1/roles/<str:id>"): ROLE,
    ("PUT", "/api/v1/users/<str:id>"): frozenset(
        {"first_name", "last_name", "phone", "email", "status", "role_id", "avatar_url"}
    ),
    ("POST", "/api/v1/invitations"): frozenset({"email", "role_id", "message"}),
    ("POST", "/api/auth/signup"): frozenset({"phoneNumber"}),
    ("PUT", "/api/user/kyc/business-info"): frozenset({"companyName", "companyType", "registeredAddress"}),
    ("POST", "/api/user/kyc/upload"): frozenset({"name", "file", "fileUrl"}),
    ("POST", "/api/bookings"): frozenset(
        {
            "quantity",
            "tenure",
            "notes",
            "customer_name",
            "customer_email",
            "customer_phone",
            "total_amount",
            "start_date",
        }
    ),
    **{
        (method, f"/api/{base}/{path}"): frozenset(
            {
                "name",
                "address",
                "city",
                "area",
                "price",
                "features",
                "availability",
                "description",
                "totalSeats",
                "type",
                "image",
            }
        )
        for base in ("virtualOffice", "coworkingSpace")
        for method, path in (("POST", "create"), ("PUT", "update/<str:id>"))
    },
}


def _columns() -> Iterator["Field[Any, Any]"]:
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            yield from model._meta.concrete_fields


def _value(column: "Field[Any, Any]", world: World) -> Any:
    if isinstance(column, ForeignKey | UUIDField):
        return str(world.users["other customer"].pk)
    if isinstance(column, BooleanField):
        return True
    if isinstance(column, DateTimeField):
        return "2001-01-01T00:00:00Z"
    if isinstance(column, IntegerField | DecimalField):
        return 1
    return column.choices[-1][0] if column.choices else "injected"


def rows_that_differ(world: World, actors: Iterable[str], rows: Iterable[Row] = ROWS) -> list[str]:
    """Calls after which some row says something else because of what was injected."""
    writing = [one for one in rows if one.method in {"POST", "PUT", "PATCH"} and one.body]
    found = []
    for cell in make_cells(writing, actors, world):
        if cell.which in {"", "own"} and cell.row.who[cell.actor] == OWN:
            assert cell.row.body
            plain = cell.row.body(world, cell.actor, cell.id)
            before = _after(cell, plain, world)
            changed = _after(cell, injected(cell.row, cell.row.body(world, cell.actor, cell.id), world), world)
            found += [f"{cell}: {one}" for one in sorted(before ^ changed)]
    return found


def _after(cell: Cell, body: dict[str, Any], world: World) -> set[str]:
    """What stands in all rows after the call, and its status; the call is undone."""
    if cell.row.is_form:
        body = {name: value for name, value in body.items() if not isinstance(value, dict)}
    with undone():
        answer = send(world.client(cell.actor), cell.row.method, path_of(cell.row, cell.id), body, cell.row.is_form)
        return {f"answered {answer.status_code}", *_snapshot()}


def _snapshot() -> Iterator[str]:
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            steady = [
                one.attname
                for one in model._meta.concrete_fields
                if not one.attname.endswith(UNSTEADY) and one.attname != "at"
            ]
            if "document" in steady:
                steady = [one for one in steady if "document" not in one]  # made of the row, with its id in it
            for row in model._default_manager.values(*steady) if steady else ():
                yield f"{model._meta.label_lower}: " + ", ".join(
                    f"{name}={str(value)[:60]}" for name, value in row.items()
                )
