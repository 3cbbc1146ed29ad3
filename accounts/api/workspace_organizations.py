"""workspace: one's organizations, the one that is signed in to, and going to another."""

import re
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.api.clients import client_of
from accounts.api.organization import Member, MemberRequest, MemberWith, OrganizationOwner
from accounts.api.permissions import EmailVerified
from accounts.api.requests import SignedInRequest
from accounts.api.workspace_auth import ArrivalOut, arrival_body, arrival_message
from accounts.api.workspace_words import OrganizationOut, PackageNameOut, PlaceOut, RankOut
from accounts.models import Membership
from accounts.selectors.organization_stats import Stats, percent, stats_of
from accounts.selectors.organizations import live_memberships
from accounts.services import organization_changes
from accounts.services.organization_sign_in import Arrival, switch_organization
from flashspace.base.text import is_storable
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import BooleanField, EmailField, IsoMillisField, NumberField, PublicIdField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.paging import LARGEST_PAGE
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis

SWITCHED = "Organization switched successfully"
SETTING = re.compile(r"[A-Za-z0-9_.-]{1,64}")
MFA = "mfa_enabled"
slug_like = RegexValidator(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", "Small letters, digits and single hyphens between them.")


def _text(most: int) -> TextField:
    return TextField(max_length=most, required=False, allow_blank=True, allow_null=True)


class OrganizationIn(In):
    """What is left out stays. Another e-mail address waits until its mailbox confirms it."""

    name = TextField(min_length=2, max_length=120, required=False)
    email = EmailField(required=False)
    phone = _text(32)
    address = _text(300)
    city = _text(100)
    state = _text(100)
    country = _text(100)
    postal_code = _text(20)
    website = _text(300)
    logo_url = _text(500)
    description = _text(1000)
    tax_id = _text(50)
    registration_number = _text(50)
    industry = _text(100)


class SettingsField(serializers.DictField):
    """An organization's own settings: names with values that JSON has, not deep and without what cannot be stored."""

    default_error_messages = {"setting": "Contains a setting that cannot be kept."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if not all(isinstance(name, str) and SETTING.fullmatch(name) for name in data) or not _is_kept(data, depth=4):
            self.fail("setting")
        return data


def _is_kept(value: Any, *, depth: int) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return depth > 0 and all(is_storable(name) and _is_kept(one, depth=depth - 1) for name, one in value.items())
    if isinstance(value, list):
        return depth > 0 and all(_is_kept(one, depth=depth - 1) for one in value)
    return True


class SettingsIn(In):
    """Merged into what there is; null takes a setting away. `mfa_enabled` is the owner's to set."""

    settings = SettingsField()

    def validate_settings(self, value: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(value.get(MFA, False), bool):
            raise ValidationError(f"{MFA} must be true or false.", code="invalid")
        return value


class SlugIn(In):
    slug = TextField(min_length=3, max_length=50, validators=[slug_like])


class SwitchIn(In):
    organization_id = PublicIdField()


class MyOrganizationOut(PlaceOut):
    """An organization in the list of one's own."""

    email = serializers.EmailField()
    logo_url = serializers.CharField(allow_null=True)
    email_verified = serializers.BooleanField()
    mfa_enabled = serializers.BooleanField()
    package = PackageNameOut()
    role = RankOut()
    joined_at = IsoMillisField()

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        membership: Membership = obj
        one = membership.organization
        return {
            **PlaceOut.row(one),
            "email": one.email,
            "logo_url": one.logo_url or None,
            "email_verified": one.email_verified_at is not None,
            "mfa_enabled": one.is_mfa_required,
            "package": PackageNameOut.row(one),
            "role": RankOut.row(membership.role),
            "joined_at": iso_millis(membership.joined_at),
        }


class SettingsOut(OrganizationOut):
    requires_mfa_setup = BooleanField(required=False)
    temp_setup_token = serializers.CharField(required=False, help_text="For who turned it on without having one")

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        """Of a membership and a token, which may be empty."""
        membership, setup_token = obj
        setup = {"requires_mfa_setup": True, "temp_setup_token": setup_token} if setup_token else {}
        return {**OrganizationOut.row(membership), **setup}


class StatsOut(Out):
    organization_id = serializers.UUIDField()
    organization_name = serializers.CharField()
    total_users = serializers.IntegerField()
    user_limit = serializers.IntegerField()
    user_usage_percentage = NumberField()
    total_roles = serializers.IntegerField()
    role_limit = serializers.IntegerField()
    role_usage_percentage = NumberField()
    pending_invitations = serializers.IntegerField()
    mfa_enabled = serializers.BooleanField()
    package = PackageNameOut()

    @staticmethod
    def row(obj: tuple[Membership, Stats]) -> dict[str, Any]:
        one, stats = obj[0].organization, obj[1]
        return {
            "organization_id": one.pk,
            "organization_name": one.name,
            "total_users": stats.users,
            "user_limit": one.user_limit,
            "user_usage_percentage": percent(stats.users, one.user_limit),
            "total_roles": stats.roles,
            "role_limit": one.role_limit,
            "role_usage_percentage": percent(stats.roles, one.role_limit),
            "pending_invitations": stats.pending_invitations,
            "mfa_enabled": one.is_mfa_required,
            "package": PackageNameOut.row(one),
        }


class OrganizationViewSet(DialectViewSet):
    tags = "Organizations"
    permission_classes = (Member,)
    permissions: ClassVar[dict[str, Permissions]] = {
        # Of the person, not of one organization: the way out of one that cannot be entered any more.
        "list": [EmailVerified],
        "switch": [EmailVerified],
        "retrieve": [MemberWith("organizations.view")],
        "stats": [MemberWith("organizations.view")],
        "update": [MemberWith("organizations.edit")],
        "update_settings": [MemberWith("organizations.settings")],
        "update_slug": [OrganizationOwner],
    }

    @operation(summary="List User Organizations", response={200: [MyOrganizationOut]}, paged=True)
    def list(self, request: SignedInRequest) -> HttpResponse:
        rows, page = self.page(live_memberships(request.user), default=LARGEST_PAGE)
        return self.reply(MyOrganizationOut(rows, many=True).data, page=page)

    @operation(summary="Get Current Organization", response={200: OrganizationOut})
    def retrieve(self, request: MemberRequest) -> HttpResponse:
        return self.reply(OrganizationOut(request.membership).data)

    @operation(
        summary="Update Organization", request=OrganizationIn, response={200: OrganizationOut}, errors=(403, 409)
    )
    def update(self, request: MemberRequest) -> HttpResponse:
        values = {name: value or "" for name, value in self.read(OrganizationIn).items()}
        changed = organization_changes.update_organization(
            actor=request.membership, values=values, client=client_of(self)
        )
        return self.reply(OrganizationOut(changed).data, message="Organization updated successfully")

    @operation(summary="Update Organization Settings", request=SettingsIn, response={200: SettingsOut}, errors=(403,))
    def update_settings(self, request: MemberRequest) -> HttpResponse:
        settings = dict(self.read(SettingsIn)["settings"])
        is_mfa_required = settings.pop(MFA, None)
        changed = organization_changes.update_settings(
            actor=request.membership, settings=settings, is_mfa_required=is_mfa_required
        )
        return self.reply(SettingsOut(changed).data, message="Settings updated successfully")

    @operation(
        summary="Update Organization Slug",
        description="By the owner, in the Basic, Platinum and Diamond packages.",
        request=SlugIn,
        response={200: OrganizationOut},
        errors=(403, 409),
    )
    def update_slug(self, request: MemberRequest) -> HttpResponse:
        changed = organization_changes.update_slug(actor=request.membership, **self.read(SlugIn))
        return self.reply(OrganizationOut(changed).data, message="Slug updated successfully")

    @operation(summary="Get Organization Statistics", response={200: StatsOut})
    def stats(self, request: MemberRequest) -> HttpResponse:
        membership = request.membership
        return self.reply(StatsOut((membership, stats_of(membership.organization))).data)

    @operation(
        summary="Switch Organization",
        description="New tokens, as a sign-in gives them; the old ones end.",
        request=SwitchIn,
        response={200: ArrivalOut},
        errors=(403, 404),
        flat=True,
    )
    def switch(self, request: SignedInRequest) -> HttpResponse:
        arrival = switch_organization(session=request.auth, client=client_of(self), **self.read(SwitchIn))
        return self.reply(message=_told(arrival), flat=arrival_body(arrival))


def _told(arrival: Arrival) -> str:
    return SWITCHED if arrival.signed_in else arrival_message(arrival)


urlpatterns = routes(
    WORKSPACE,
    [
        route("GET", "/api/v1/organizations", OrganizationViewSet, "list"),
        route("GET", "/api/v1/organizations/me", OrganizationViewSet, "retrieve"),
        route("PUT", "/api/v1/organizations/me", OrganizationViewSet, "update"),
        route("PUT", "/api/v1/organizations/me/settings", OrganizationViewSet, "update_settings"),
        route("PUT", "/api/v1/organizations/me/slug", OrganizationViewSet, "update_slug"),
        route("GET", "/api/v1/organizations/me/stats", OrganizationViewSet, "stats"),
        route("PUT", "/api/v1/organizations/switch", OrganizationViewSet, "switch"),
    ],
)
