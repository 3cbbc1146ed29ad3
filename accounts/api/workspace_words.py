"""workspace: how a person, an organization and the rank of the one in the other are shown, wherever they are."""

from typing import Any

from rest_framework import serializers

from accounts.enums import OrganizationStatus, PackageCode
from accounts.models import Membership, Organization, OrganizationRole, User
from accounts.organization_permissions import OWNER_LEVEL
from flashspace.dialects.fields import IsoMillisField
from flashspace.dialects.serializers import Out
from flashspace.dialects.wire import iso_millis


class PersonOut(Out):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {
            "id": obj.pk,
            "email": obj.email,
            "first_name": obj.first_name,
            "last_name": obj.last_name,
            "avatar_url": obj.picture_url or None,
        }


class RankOut(Out):
    """The role that somebody has, in short."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    is_organization_owner = serializers.BooleanField()

    @staticmethod
    def row(obj: OrganizationRole) -> dict[str, Any]:
        return {
            "id": obj.pk,
            "name": obj.name,
            "slug": obj.slug,
            "is_organization_owner": obj.level == OWNER_LEVEL,
        }


class PlaceOut(Out):
    """An organization in short."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()

    @staticmethod
    def row(obj: Organization) -> dict[str, Any]:
        return {"id": obj.pk, "name": obj.name, "slug": obj.slug}


class PackageNameOut(Out):
    id = serializers.IntegerField()
    name = serializers.ChoiceField(choices=PackageCode.labels)

    @staticmethod
    def row(obj: Organization) -> dict[str, Any]:
        code = PackageCode(obj.package_code)
        return {"id": code.number, "name": code.label}


TEXTS = (
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
)


class OrganizationOut(PlaceOut):
    email = serializers.EmailField()
    pending_email = serializers.EmailField(allow_null=True, help_text="Waits for its confirmation")
    phone = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    city = serializers.CharField(allow_null=True)
    state = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)
    postal_code = serializers.CharField(allow_null=True)
    website = serializers.CharField(allow_null=True)
    logo_url = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    tax_id = serializers.CharField(allow_null=True)
    registration_number = serializers.CharField(allow_null=True)
    industry = serializers.CharField(allow_null=True)
    settings = serializers.DictField()
    mfa_enabled = serializers.BooleanField()
    email_verified = serializers.BooleanField()
    status = serializers.ChoiceField(choices=OrganizationStatus.choices)
    package = PackageNameOut()
    package_id = serializers.IntegerField()
    user_limit = serializers.IntegerField(help_text="-1: no limit")
    role_limit = serializers.IntegerField(help_text="The two system roles among them; -1: no limit")
    package_expires_at = IsoMillisField(allow_null=True)
    package_auto_renew = serializers.BooleanField()
    created_at = IsoMillisField()
    updated_at = IsoMillisField()
    current_user_role = RankOut()

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        """As the member of a membership sees it."""
        membership: Membership = obj
        one = membership.organization
        return {
            **PlaceOut.row(one),
            "email": one.email,
            "pending_email": one.pending_email or None,
            **{name: getattr(one, name) or None for name in TEXTS},
            "settings": one.settings,
            "mfa_enabled": one.is_mfa_required,
            "email_verified": one.email_verified_at is not None,
            "status": one.status,
            "package": PackageNameOut.row(one),
            "package_id": PackageCode(one.package_code).number,
            "user_limit": one.user_limit,
            "role_limit": one.role_limit,
            "package_expires_at": iso_millis(one.package_expires_at) if one.package_expires_at else None,
            "package_auto_renew": one.package_auto_renew,
            "created_at": iso_millis(one.created_at),
            "updated_at": iso_millis(one.updated_at),
            "current_user_role": RankOut.row(membership.role),
        }
