"""workspace: the roles of an organization, and what they may allow."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.http import HttpResponse
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from accounts.api.organization import MemberRequest, MemberWith
from accounts.exceptions import RoleUnknown
from accounts.models import OrganizationRole
from accounts.organization_permissions import ALL, BY_SLUG, CUSTOM_LEVEL, OWNER_LEVEL, PERMISSIONS, Permission, in_order
from accounts.selectors.roles import find_role, roles_of, usage_counts
from accounts.services import roles
from accounts.services.roles import LOWEST_LEVEL
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import ChoiceField, IntegerField, IsoMillisField, ListField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis

LARGEST_ID = 2**63 - 1
slug_form = RegexValidator(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", "Small letters, digits and single dashes between them.")


class RoleIn(In):
    name = TextField(min_length=2, max_length=100)
    slug = TextField(min_length=2, max_length=100, validators=[slug_form], required=False)
    description = TextField(max_length=500, required=False, allow_blank=True)
    permissions = ListField(child=ChoiceField(choices=in_order(ALL)))
    hierarchy_level = IntegerField(
        min_value=CUSTOM_LEVEL,
        max_value=LOWEST_LEVEL,
        required=False,
        source="level",
        help_text="Below your own, which is a lower number; directly below unless named",
    )


class PermissionOut(Out):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()

    @staticmethod
    def row(obj: Permission) -> dict[str, Any]:
        return {
            "id": obj.id,
            "name": obj.name,
            "slug": obj.slug,
            "description": obj.description,
            "category": obj.category,
        }


class GrantOut(Out):
    permission = PermissionOut()


class RoleOut(Out):
    id = serializers.IntegerField()
    organization_id = serializers.UUIDField(allow_null=True, help_text="null: a system role, which all have")
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    is_system_role = serializers.BooleanField()
    is_organization_owner = serializers.BooleanField()
    is_default = serializers.BooleanField()
    is_active = serializers.BooleanField()
    hierarchy_level = serializers.IntegerField()
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=in_order(ALL)))
    role_permissions = GrantOut(many=True)
    created_at = IsoMillisField()
    updated_at = IsoMillisField()

    @staticmethod
    def row(obj: OrganizationRole) -> dict[str, Any]:
        return {
            "id": obj.pk,
            "organization_id": obj.organization_id,
            "name": obj.name,
            "slug": obj.slug,
            "description": obj.description or None,
            "is_system_role": obj.is_system,
            "is_organization_owner": obj.level == OWNER_LEVEL,
            "is_default": obj.is_system,
            "is_active": obj.is_active,
            "hierarchy_level": obj.level,
            "permissions": obj.permissions,
            "role_permissions": [{"permission": PermissionOut.row(BY_SLUG[slug])} for slug in obj.permissions],
            "created_at": iso_millis(obj.created_at),
            "updated_at": iso_millis(obj.updated_at),
        }


class CountsOut(Out):
    """How many active members each role has, by its number."""


class CountsShape(OpenApiSerializerExtension):
    """Nobody can name the keys beforehand."""

    target_class = CountsOut

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}


def role_number(text: str) -> int:
    """A role's number in a path. Raises RoleUnknown for what none can have."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= LARGEST_ID):
        raise RoleUnknown
    return int(text)


class RoleViewSet(DialectViewSet):
    tags = "Roles"
    permissions: ClassVar[dict[str, Permissions]] = {
        "list": [MemberWith("roles.view")],
        "retrieve": [MemberWith("roles.view")],
        "create": [MemberWith("roles.create")],
        "update": [MemberWith("roles.edit")],
        "destroy": [MemberWith("roles.delete")],
        "known": [MemberWith("roles.view")],
        "counts": [MemberWith("roles.view")],
    }

    @operation(summary="List Roles", response={200: [RoleOut]}, paged=True, errors=(403,))
    def list(self, request: MemberRequest) -> HttpResponse:
        rows, page = self.page(roles_of(request.membership.organization))
        return self.reply(RoleOut(rows, many=True).data, page=page)

    @operation(summary="Get Role by ID", response={200: RoleOut}, errors=(403, 404))
    def retrieve(self, request: MemberRequest, id: str) -> HttpResponse:
        role = find_role(organization=request.membership.organization, role_id=role_number(id))
        return self.reply(RoleOut(role).data)

    @operation(summary="Create Role", request=RoleIn, response={201: RoleOut}, errors=(403, 409))
    def create(self, request: MemberRequest) -> HttpResponse:
        role = roles.create_role(actor=request.membership, **self.read(RoleIn))
        return self.reply(RoleOut(role).data, message="Role created successfully", status=201)

    @operation(
        summary="Update Role", request=RoleIn, response={200: RoleOut}, errors=(400, 403, 404, 409), partial=True
    )
    def update(self, request: MemberRequest, id: str) -> HttpResponse:
        values = self.read(RoleIn, partial=True)
        role = roles.update_role(actor=request.membership, role_id=role_number(id), values=values)
        return self.reply(RoleOut(role).data, message="Role updated successfully")

    @operation(summary="Delete Role", response={200: None}, errors=(400, 403, 404))
    def destroy(self, request: MemberRequest, id: str) -> HttpResponse:
        roles.delete_role(actor=request.membership, role_id=role_number(id))
        return self.reply(message="Role deleted successfully")

    @operation(summary="Get Permissions", response={200: [PermissionOut]}, errors=(403,))
    def known(self, request: MemberRequest) -> HttpResponse:
        found = sorted(PERMISSIONS, key=lambda one: (one.category, one.name))
        return self.reply([PermissionOut.row(one) for one in found])

    @operation(summary="Get Role Usage Counts", response={200: CountsOut}, errors=(403,))
    def counts(self, request: MemberRequest) -> HttpResponse:
        counts = usage_counts(request.membership.organization)
        return self.reply({str(role_id): count for role_id, count in counts.items()})


urlpatterns = routes(
    WORKSPACE,
    [
        route("GET", "/api/v1/roles", RoleViewSet, "list"),
        route("POST", "/api/v1/roles", RoleViewSet, "create"),
        route("GET", "/api/v1/roles/permissions", RoleViewSet, "known"),
        route("GET", "/api/v1/roles/usage-counts", RoleViewSet, "counts"),
        route("GET", "/api/v1/roles/<str:id>", RoleViewSet, "retrieve"),
        route("PUT", "/api/v1/roles/<str:id>", RoleViewSet, "update"),
        route("DELETE", "/api/v1/roles/<str:id>", RoleViewSet, "destroy"),
    ],
)
