"""workspace: one's own account, also for who belongs to no organization."""

from typing import Any

from django.core.validators import RegexValidator
from django.http import HttpResponse
from rest_framework import serializers

from accounts.api.organization import Person, PersonRequest
from accounts.api.workspace_auth import FirstNameField, LastNameField
from accounts.api.workspace_words import PersonOut, PlaceOut, RankOut
from accounts.exceptions import BadCredentials, WrongPassword
from accounts.models import Membership, User
from accounts.selectors.mfa import has_second_factor
from accounts.selectors.own_data import OwnData
from accounts.services import password_change
from accounts.services.own_account import update_own_account
from accounts.services.own_data import take_own_data
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import IsoMillisField, PasswordField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet
from flashspace.dialects.wire import iso_millis

# An address that clients show and nobody here fetches, so only what could break out of a page is refused. The
# document's own example is "https://...".
https_only = RegexValidator(r"\Ahttps://[^\s\"'<>\\@`]+\Z", "Must be an https:// address.")
DATA_HEADERS = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "private, no-store"}


class MeIn(In):
    """What is left out stays; an empty phone or picture is taken away."""

    first_name = FirstNameField(required=False)
    last_name = LastNameField(required=False)
    phone = TextField(max_length=32, required=False, allow_blank=True, allow_null=True)
    avatar_url = TextField(
        max_length=500, required=False, allow_blank=True, allow_null=True, validators=[https_only], source="picture_url"
    )


class ChangeIn(In):
    current_password = PasswordField()
    new_password = PasswordField()


class MeOut(PersonOut):
    fullName = serializers.CharField()  # noqa: N815  the original's word
    phone = serializers.CharField(allow_null=True)
    email_verified = serializers.BooleanField()
    mfa_enabled = serializers.BooleanField()
    organization = PlaceOut(allow_null=True)
    role = RankOut(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())
    created_at = IsoMillisField()

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        """Of a person and the membership of the session, if it has one."""
        user: User = obj[0]
        membership: Membership | None = obj[1]
        return {
            **PersonOut.row(user),
            "fullName": user.full_name,
            "phone": user.phone_typed or user.phone or None,
            "email_verified": user.is_email_verified,
            "mfa_enabled": has_second_factor(user),
            "organization": PlaceOut.row(membership.organization) if membership else None,
            "role": RankOut.row(membership.role) if membership else None,
            "permissions": membership.role.permissions if membership else [],
            "created_at": iso_millis(user.created_at),
        }


class OwnDataOut(Out):
    exported_at = IsoMillisField()
    account = serializers.DictField()
    sections = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))
    cut = serializers.ListField(child=serializers.CharField(), help_text="Sections of which only the newest are here")

    @staticmethod
    def row(obj: OwnData) -> dict[str, Any]:
        return {
            "exported_at": iso_millis(obj.at),
            "account": dict(obj.account),
            "sections": dict(obj.sections),
            "cut": obj.cut,
        }


class MeViewSet(DialectViewSet):
    tags = "Users"
    permission_classes = (Person,)

    @operation(summary="Get Current User", response={200: MeOut})
    def retrieve(self, request: PersonRequest) -> HttpResponse:
        return self.reply(MeOut((request.user, request.membership)).data)

    @operation(summary="Update Current User", request=MeIn, response={200: MeOut})
    def update(self, request: PersonRequest) -> HttpResponse:
        given = self.read(MeIn)
        values = {name: value or "" for name, value in given.items()}
        membership = request.membership
        where = membership.organization if membership else None
        user = update_own_account(user=request.user, organization=where, **values)
        return self.reply(MeOut((user, membership)).data, message="Profile updated successfully")

    @operation(
        summary="Change Password",
        description="Ends every session, this one too. A wrong current password is 401.",
        request=ChangeIn,
        response={200: None},
    )
    def change_password(self, request: PersonRequest) -> HttpResponse:
        try:
            password_change.change_password(user=request.user, **self.read(ChangeIn))
        except WrongPassword as refusal:
            raise BadCredentials(refusal.message) from None
        return self.reply(message="Password changed successfully")

    @operation(
        summary="Download User Data (GDPR)",
        description="A JSON file with everything kept of this person; within 15 minutes of signing in, once a day. "
        "Whoever has a second factor, or belongs to an organization that requires one, must have shown it: else 401.",
        response={200: OwnDataOut},
    )
    def download_data(self, request: PersonRequest) -> HttpResponse:
        return self.reply(OwnDataOut(take_own_data(session=request.auth)).data, headers=DATA_HEADERS)


urlpatterns = routes(
    WORKSPACE,
    [
        route("GET", "/api/v1/users/me", MeViewSet, "retrieve"),
        route("PUT", "/api/v1/users/me", MeViewSet, "update"),
        route("PUT", "/api/v1/users/me/change-password", MeViewSet, "change_password"),
        route("GET", "/api/v1/users/me/download-data", MeViewSet, "download_data"),
    ],
)
