"""nakksha: how a consultant, a colleague, their tokens and what they may do are shown."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.models import User
from accounts.services.sessions import Refreshed, SignIn
from consultants.enums import Subscription
from consultants.models import Consultant
from flashspace.dialects.fields import IsoMillisField
from flashspace.dialects.serializers import CamelOut
from flashspace.dialects.wire import iso_millis

UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


class NewConsultantOut(CamelOut):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    slug = serializers.CharField()
    is_approved_by_admin = serializers.BooleanField()
    profile_completed = serializers.BooleanField()

    @staticmethod
    def row(obj: Consultant) -> dict[str, Any]:
        return {
            "id": obj.pk,
            "email": obj.user.email,
            "firstName": obj.user.first_name,
            "lastName": obj.user.last_name,
            "slug": obj.slug,
            "isApprovedByAdmin": obj.is_approved,
            "profileCompleted": obj.is_profile_complete,
        }


class ConsultantOut(NewConsultantOut):
    is_email_verified = serializers.BooleanField()

    @staticmethod
    def row(obj: Consultant) -> dict[str, Any]:
        return {**NewConsultantOut.row(obj), "isEmailVerified": obj.user.is_email_verified}


class OwnConsultantOut(ConsultantOut):
    profile_photo_url = serializers.CharField(allow_null=True)
    subscription_plan = serializers.ChoiceField(choices=Subscription.choices)
    subscription_expires_at = IsoMillisField(allow_null=True)
    created_at = IsoMillisField()

    @staticmethod
    def row(obj: Consultant) -> dict[str, Any]:
        ends = obj.subscription_expires_at
        return {
            **ConsultantOut.row(obj),
            "profilePhotoUrl": obj.user.picture_url or None,
            "subscriptionPlan": obj.subscription_plan,
            "subscriptionExpiresAt": iso_millis(ends) if ends else None,
            "createdAt": iso_millis(obj.created_at),
        }


class PermissionsOut(CamelOut):
    """Where a consultant stands on the way from sign-up to business."""

    can_login = serializers.BooleanField()
    can_access_dashboard = serializers.BooleanField(help_text="Verified and approved")
    can_complete_profile = serializers.BooleanField()
    needs_email_verification = serializers.BooleanField()
    needs_profile_completion = serializers.BooleanField()
    needs_admin_approval = serializers.BooleanField()

    @staticmethod
    def row(obj: Consultant) -> dict[str, Any]:
        is_verified = obj.user.is_email_verified
        return {
            "canLogin": True,
            "canAccessDashboard": is_verified and obj.is_approved,
            "canCompleteProfile": True,
            "needsEmailVerification": not is_verified,
            "needsProfileCompletion": not obj.is_profile_complete,
            "needsAdminApproval": not obj.is_approved,
        }


class NextStepsOut(CamelOut):
    verify_email = serializers.BooleanField()
    complete_profile = serializers.BooleanField()
    await_admin_approval = serializers.BooleanField()


class TokensOut(CamelOut):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()

    @staticmethod
    def row(obj: SignIn) -> dict[str, Any]:
        return {"accessToken": obj.tokens.access, "refreshToken": obj.tokens.refresh}


class RefreshedOut(CamelOut):
    access_token = serializers.CharField()
    expires_in = serializers.CharField()
    refresh_token = serializers.CharField(required=False, help_text="Where refresh tokens rotate")

    @staticmethod
    def row(obj: Refreshed) -> dict[str, Any]:
        rotated = {"refreshToken": obj.refresh} if obj.refresh else {}
        return {"accessToken": obj.access, "expiresIn": duration_text(settings.JWT_EXPIRES_IN), **rotated}


class AdminOut(CamelOut):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    role = serializers.ChoiceField(choices=["ADMIN", "SUPER_ADMIN"])

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {
            "id": obj.pk,
            "email": obj.email,
            "firstName": obj.first_name,
            "lastName": obj.last_name,
            "role": "SUPER_ADMIN" if obj.is_superuser else "ADMIN",
        }


class AdminPermissionsOut(CamelOut):
    """What Django's groups say."""

    can_manage_consultants = serializers.BooleanField()
    can_view_analytics = serializers.BooleanField()
    can_manage_settings = serializers.BooleanField()

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {
            "canManageConsultants": obj.has_perm("consultants.review_consultant"),
            "canViewAnalytics": obj.has_perm("consultants.view_consultant"),
            "canManageSettings": obj.is_superuser,
        }


def duration_text(life: timedelta) -> str:
    """`15m`, in the largest unit that fits."""
    seconds = int(life.total_seconds())
    return next(f"{seconds // size}{unit}" for unit, size in UNITS if seconds % size == 0)
