"""workspace: asking people to join, and joining."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.organization import MemberRequest, MemberWith
from accounts.api.workspace_auth import FirstNameField, LastNameField
from accounts.api.workspace_words import PersonOut, PlaceOut, RankOut
from accounts.enums import InvitationStatus
from accounts.models import Invitation, Membership
from accounts.selectors.invitations import find_by_token, has_account, invitations_of, state_of
from accounts.selectors.members import known_in
from accounts.services import invitations, joining
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import ChoiceField, EmailField, IntegerField, IsoMillisField, PasswordField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis

LARGEST_ID = 2**63 - 1


class InvitationIn(In):
    email = EmailField()
    role_id = IntegerField(min_value=1, max_value=LARGEST_ID)
    message = TextField(multiline=True, max_length=500, required=False, allow_blank=True)


class InvitationQuery(In):
    status = ChoiceField(choices=InvitationStatus.values, required=False)
    email = TextField(max_length=254, required=False, allow_blank=True)


class AcceptIn(In):
    """Whoever has an account sends nothing of it."""

    first_name = FirstNameField(required=False)
    last_name = LastNameField(required=False)
    password = PasswordField(required=False)


class InvitationOut(Out):
    id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    email = serializers.EmailField()
    role = RankOut()
    inviter = PersonOut(allow_null=True)
    message = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=InvitationStatus.choices)
    expires_at = IsoMillisField()
    accepted_at = IsoMillisField(allow_null=True)
    user_id = serializers.UUIDField(allow_null=True, help_text="Who accepted it")
    created_at = IsoMillisField()

    @staticmethod
    def row(obj: Invitation) -> dict[str, Any]:
        inviter = known_in(obj.organization_id, obj.inviter)
        return {
            "id": obj.pk,
            "organization_id": obj.organization_id,
            "email": obj.email,
            "role": RankOut.row(obj.role),
            "inviter": PersonOut.row(inviter) if inviter else None,
            "message": obj.message or None,
            "status": state_of(obj),
            "expires_at": iso_millis(obj.expires_at),
            "accepted_at": iso_millis(obj.accepted_at) if obj.accepted_at else None,
            "user_id": obj.accepted_by_id,
            "created_at": iso_millis(obj.created_at),
        }


class InvitationOfferOut(InvitationOut):
    """For whoever has the link."""

    organization = PlaceOut()
    has_account = serializers.BooleanField(help_text="Then accepting needs no names and no password")

    @staticmethod
    def row(obj: Invitation) -> dict[str, Any]:
        return {
            **InvitationOut.row(obj),
            "organization": PlaceOut.row(obj.organization),
            "has_account": has_account(obj),
        }


class JoinedOut(Out):
    user = PersonOut()
    organization = PlaceOut()
    role = RankOut()

    @staticmethod
    def row(obj: Membership) -> dict[str, Any]:
        return {
            "user": PersonOut.row(obj.user),
            "organization": PlaceOut.row(obj.organization),
            "role": RankOut.row(obj.role),
        }


class InvitationViewSet(DialectViewSet):
    tags = "Invitations"
    permissions: ClassVar[dict[str, Permissions]] = {
        "create": [MemberWith("invitations.create")],
        "list": [MemberWith("invitations.view")],
        "destroy": [MemberWith("invitations.cancel")],
        "by_token": [],
        "accept": [],
    }

    @operation(
        summary="Create Invitation",
        request=InvitationIn,
        response={201: InvitationOut},
        errors=(400, 403, 404, 409),
        description="Whoever is asked keeps a seat until the invitation is over.",
    )
    def create(self, request: MemberRequest) -> HttpResponse:
        invitation = invitations.invite(actor=request.membership, **self.read(InvitationIn))
        return self.reply(InvitationOut(invitation).data, message="Invitation sent successfully", status=201)

    @operation(
        summary="List Invitations",
        query=InvitationQuery,
        response={200: [InvitationOut]},
        paged=True,
        errors=(403,),
    )
    def list(self, request: MemberRequest) -> HttpResponse:
        rows, page = self.page(invitations_of(request.membership.organization, **self.query(InvitationQuery)))
        return self.reply(InvitationOut(rows, many=True).data, page=page)

    @operation(summary="Get Invitation by Token", response={200: InvitationOfferOut}, errors=(400, 404))
    def by_token(self, request: Request, token: str) -> HttpResponse:
        invitation = find_by_token(token)
        invitations.check_open(invitation)
        return self.reply(InvitationOfferOut(invitation).data)

    @operation(
        summary="Accept Invitation",
        request=AcceptIn,
        response={200: JoinedOut},
        errors=(400, 403, 404, 409, 503),
        description="The link proves the address. Nobody is signed in by it.",
    )
    def accept(self, request: Request, token: str) -> HttpResponse:
        membership = joining.accept_invitation(token=token, **self.read(AcceptIn))
        return self.reply(JoinedOut(membership).data, message="Invitation accepted successfully")

    @operation(summary="Delete Invitation", response={200: None}, errors=(400, 403, 404))
    def destroy(self, request: MemberRequest, id: str) -> HttpResponse:
        invitations.cancel_invitation(actor=request.membership, invitation_id=self.public_id(id))
        return self.reply(message="Invitation cancelled successfully")


urlpatterns = routes(
    WORKSPACE,
    [
        route("POST", "/api/v1/invitations", InvitationViewSet, "create"),
        route("GET", "/api/v1/invitations", InvitationViewSet, "list"),
        route("GET", "/api/v1/invitations/token/<str:token>", InvitationViewSet, "by_token"),
        route("POST", "/api/v1/invitations/accept/<str:token>", InvitationViewSet, "accept"),
        route("DELETE", "/api/v1/invitations/<str:id>", InvitationViewSet, "destroy"),
    ],
)
