"""workspace: colleagues, for those whose role lets them see, change or end."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers

from accounts.api.organization import MemberRequest, MemberWith
from accounts.api.workspace_auth import FirstNameField, LastNameField
from accounts.api.workspace_words import PersonOut, RankOut
from accounts.enums import MembershipStatus
from accounts.models import Membership
from accounts.selectors.members import as_known, find_member, members_of
from accounts.services import members
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import (
    BooleanField,
    ChoiceField,
    EmailField,
    IntegerField,
    IsoMillisField,
    PublicIdField,
    TextField,
)
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis

LARGEST_ID = 2**63 - 1
# `revoked` is what the revoke call makes.
SETTABLE = [MembershipStatus.ACTIVE.value, MembershipStatus.SUSPENDED.value, MembershipStatus.DELETED.value]


class ColleagueQuery(In):
    search = TextField(max_length=100, required=False, allow_blank=True)
    role_id = IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    status = ChoiceField(choices=MembershipStatus.values, required=False)


class ColleagueIn(In):
    """Only what is sent is changed."""

    first_name = FirstNameField(required=False)
    last_name = LastNameField(required=False)
    email = EmailField(required=False, help_text="Counts once the person has confirmed it")
    status = ChoiceField(choices=SETTABLE, required=False)
    role_id = IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


class RevokeIn(In):
    """With `transfer_data` goes who takes over."""

    reason = TextField(multiline=True, max_length=500, required=False, allow_blank=True)
    transfer_data = BooleanField(required=False)
    transfer_to_user_id = PublicIdField(required=False, allow_null=True, source="successor_id")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.pop("transfer_data", False) != bool(attrs.get("successor_id")):
            told = "Goes with transfer_data: true, and that with it."
            raise serializers.ValidationError({"transfer_to_user_id": told}, code="invalid")
        return attrs


class ColleagueOut(PersonOut):
    full_name = serializers.CharField()
    phone = serializers.CharField(allow_null=True)
    pending_email = serializers.EmailField(allow_null=True, help_text="Waits for its confirmation")
    email_verified = serializers.BooleanField()
    role = RankOut()
    status = serializers.ChoiceField(choices=MembershipStatus.choices)
    membership_status = serializers.ChoiceField(choices=MembershipStatus.choices)
    joined_at = IsoMillisField()
    ended_at = IsoMillisField(allow_null=True)
    end_reason = serializers.CharField(allow_null=True)

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        member: Membership = obj
        user = as_known(member)
        return {
            **PersonOut.row(user),
            "full_name": user.full_name,
            "phone": user.phone_typed or user.phone or None,
            "pending_email": user.pending_email or None,
            "email_verified": user.is_email_verified,
            "role": RankOut.row(member.role),
            "status": member.status,
            "membership_status": member.status,
            "joined_at": iso_millis(member.joined_at),
            "ended_at": iso_millis(member.ended_at) if member.ended_at else None,
            "end_reason": member.end_reason or None,
        }


class RevokedOut(Out):
    revoked_user = ColleagueOut()


class ColleagueViewSet(DialectViewSet):
    tags = "Users"
    permissions: ClassVar[dict[str, Permissions]] = {
        "list": [MemberWith("users.view")],
        "retrieve": [MemberWith("users.view")],
        "update": [MemberWith("users.edit")],
        "revoke": [MemberWith("users.revoke")],
    }

    @operation(
        summary="List Organization Users",
        query=ColleagueQuery,
        response={200: [ColleagueOut]},
        paged=True,
        errors=(403,),
        description="Active and suspended people, unless a status is asked for.",
    )
    def list(self, request: MemberRequest) -> HttpResponse:
        rows, page = self.page(members_of(request.membership.organization, **self.query(ColleagueQuery)))
        return self.reply(ColleagueOut(rows, many=True).data, page=page)

    @operation(summary="Get User by ID", response={200: ColleagueOut}, errors=(403, 404))
    def retrieve(self, request: MemberRequest, id: str) -> HttpResponse:
        member = find_member(organization=request.membership.organization, user_id=self.public_id(id))
        return self.reply(ColleagueOut(member).data)

    @operation(
        summary="Update User (Admin)",
        request=ColleagueIn,
        response={200: ColleagueOut},
        errors=(400, 403, 404, 409),
        description="A new e-mail address is the person's once they confirm it; nobody here changes who somebody is "
        "that had the account before or also uses it elsewhere. Who left comes back by an accepted invitation only.",
    )
    def update(self, request: MemberRequest, id: str) -> HttpResponse:
        values = self.read(ColleagueIn)
        member = members.update_member(actor=request.membership, user_id=self.public_id(id), values=values)
        return self.reply(ColleagueOut(member).data, message="User updated successfully")

    @operation(
        summary="Revoke User Access",
        request=RevokeIn,
        response={200: RevokedOut},
        errors=(400, 403, 404, 409),
        description="Whoever takes over is another active member with the same role; the audit log names them.",
    )
    def revoke(self, request: MemberRequest, id: str) -> HttpResponse:
        member = members.revoke_member(actor=request.membership, user_id=self.public_id(id), **self.read(RevokeIn))
        return self.reply({"revoked_user": ColleagueOut.row(member)}, message="User access revoked successfully")


urlpatterns = routes(
    WORKSPACE,
    [
        route("GET", "/api/v1/users", ColleagueViewSet, "list"),
        route("GET", "/api/v1/users/<str:id>", ColleagueViewSet, "retrieve"),
        route("PUT", "/api/v1/users/<str:id>", ColleagueViewSet, "update"),
        route("POST", "/api/v1/users/<str:id>/revoke", ColleagueViewSet, "revoke"),
    ],
)
