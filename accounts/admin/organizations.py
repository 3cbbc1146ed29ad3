"""Organizations, their people, roles and invitations."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.colours import ORGANIZATIONS as COLOURS
from accounts.admin.organization_sections import sections_of
from accounts.admin.pages import LookedAt, label, link_to, staff_of
from accounts.models import Invitation, Membership, Organization, OrganizationRole
from accounts.phones import written_phone


class DeskAdmin(LookedAt, ModelAdmin):
    show_full_result_count = False

    @display(description="Status", ordering="status")
    def shown_status(self, row: Organization | Membership | Invitation) -> str:
        return label(row.get_status_display(), COLOURS.get(row.status, ""))


@admin.register(Organization)
class OrganizationAdmin(DeskAdmin):
    empty = "No organization is registered yet. One comes here when somebody registers it in the workspace."
    list_display = ("name", "slug", "email", "shown_status", "package_code", "package_expires_at", "created_at")
    list_filter = ("status", "package_code")
    search_fields = ("=slug", "=email", "name__istartswith")
    ordering = ("-created_at",)
    change_form_outer_after_template = "accounts/admin/sections.html"
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("name", "shown_status"), ("slug", "industry"), "description")}),
        ("Package", {"fields": (("package_code", "package_expires_at"), ("user_limit", "role_limit"))}),
        (
            "Reached at",
            {
                "fields": (
                    ("email", "email_verified_at"),
                    ("pending_email", "shown_phone"),
                    "address",
                    ("city", "state"),
                    ("postal_code", "country"),
                    "website",
                )
            },
        ),
        ("Rules", {"fields": (("is_mfa_required", "tax_id"), ("registration_number", "created_at"))}),
    )

    @display(description="Phone")
    def shown_phone(self, organization: Organization) -> str:
        return written_phone(organization.phone) or "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        shown = sections_of(found, staff_of(request)) if found and self.has_view_permission(request, found) else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "sections": shown})


@admin.register(OrganizationRole)
class OrganizationRoleAdmin(DeskAdmin):
    empty = "There is no role yet. An organization brings its first roles along; its own people add others."
    list_display = ("name", "slug", "shown_organization", "level", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("organization",)
    search_fields = ("=slug", "=organization__slug")
    ordering = ("id",)

    @display(description="Organization")
    def shown_organization(self, role: OrganizationRole) -> str:
        return link_to(role.organization)


@admin.register(Membership)
class MembershipAdmin(DeskAdmin):
    empty = (
        "Nobody belongs to an organization yet. A seat comes here when one is registered or an invitation is taken up."
    )
    list_display = ("shown_person", "shown_organization", "role", "shown_status", "joined_at", "last_used_at")
    list_filter = ("status",)
    list_select_related = ("user", "organization", "role")
    search_fields = ("=user__email", "=organization__slug")
    ordering = ("-joined_at",)

    @display(description="Person")
    def shown_person(self, membership: Membership) -> str:
        return link_to(membership.user, membership.user.email)

    @display(description="Organization")
    def shown_organization(self, membership: Membership) -> str:
        return link_to(membership.organization)


@admin.register(Invitation)
class InvitationAdmin(DeskAdmin):
    empty = "Nobody is asked to join an organization. An invitation comes here when one of its people sends it."
    list_display = ("email", "shown_organization", "role", "shown_status", "expires_at", "inviter")
    list_filter = ("status",)
    list_select_related = ("organization", "role", "inviter")
    search_fields = ("=email", "=organization__slug")
    ordering = ("-created_at",)
    exclude = ("token_hash",)

    @display(description="Organization")
    def shown_organization(self, invitation: Invitation) -> str:
        return link_to(invitation.organization)
