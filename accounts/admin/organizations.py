"""Organizations, their people, roles and invitations."""

from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.pages import LookedAt, label, link_to
from accounts.enums import InvitationStatus, MembershipStatus, OrganizationStatus
from accounts.models import Invitation, Membership, Organization, OrganizationRole

COLOURS: dict[str, str] = {
    OrganizationStatus.ACTIVE: "success",
    MembershipStatus.SUSPENDED: "warning",
    MembershipStatus.REVOKED: "danger",
    MembershipStatus.DELETED: "danger",
    InvitationStatus.PENDING: "warning",
    InvitationStatus.ACCEPTED: "success",
}


class DeskAdmin(LookedAt, ModelAdmin):
    show_full_result_count = False

    @display(description="Status", ordering="status")
    def shown_status(self, row: Organization | Membership | Invitation) -> str:
        return label(row.get_status_display(), COLOURS.get(row.status, ""))


@admin.register(Organization)
class OrganizationAdmin(DeskAdmin):
    list_display = ("name", "slug", "email", "shown_status", "package_code", "package_expires_at", "created_at")
    list_filter = ("status", "package_code")
    search_fields = ("=slug", "=email", "name__istartswith")
    ordering = ("-created_at",)


@admin.register(OrganizationRole)
class OrganizationRoleAdmin(DeskAdmin):
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
    list_display = ("email", "shown_organization", "role", "shown_status", "expires_at", "inviter")
    list_filter = ("status",)
    list_select_related = ("organization", "role", "inviter")
    search_fields = ("=email", "=organization__slug")
    ordering = ("-created_at",)
    exclude = ("token_hash",)

    @display(description="Organization")
    def shown_organization(self, invitation: Invitation) -> str:
        return link_to(invitation.organization)
