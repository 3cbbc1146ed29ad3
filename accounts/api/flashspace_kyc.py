"""flashspace, section 6.3: a person's KYC case and its papers."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers

from accounts.api.links import HasFileLink
from accounts.api.permissions import EmailVerified, SignedIn
from accounts.api.requests import SignedInRequest
from accounts.downloads import hand_out
from accounts.enums import DocumentStatus, DocumentType, KycStatus
from accounts.models import KycDocument, User
from accounts.selectors.kyc import Case, get_case
from accounts.services.kyc import submit_document, update_business_info
from accounts.services.kyc_files import link_to, open_document
from accounts.web_addresses import is_public_address
from flashspace.dialects import FLASHSPACE
from flashspace.dialects.fields import BooleanField, ChoiceField, HttpsUrlField, IsoMillisField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis

OVERALL = {status: status for status in KycStatus.values} | {KycStatus.APPROVED: "verified"}


def _optional(**options: Any) -> TextField:
    return TextField(required=False, allow_blank=True, allow_null=True, **options)


class BusinessIn(CamelIn):
    """What is left out stays as it is."""

    company_name = _optional(max_length=200)
    company_type = _optional(max_length=60)
    gst_number = _optional(max_length=30, source="gstin")
    pan_number = _optional(max_length=30, source="pan")
    cin_number = _optional(max_length=40, source="cin")
    registered_address = _optional(max_length=500, multiline=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError({"companyName": "This field is required."}, code="required")
        return attrs


class DocumentIn(CamelIn):
    """A multipart `file`, or `fileUrl`: a reference that is never fetched."""

    document_type = ChoiceField(choices=DocumentType.choices)
    name = _optional(max_length=150)
    file_url = HttpsUrlField(required=False, max_length=1000)
    file = serializers.FileField(required=False, max_length=255, help_text="PDF, JPG or PNG, at most 10 MB")

    def validate_file_url(self, value: str) -> str:
        if not is_public_address(value):
            raise serializers.ValidationError("Must be an https:// address of a public host.", code="url")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("file" in attrs) == ("file_url" in attrs):
            raise serializers.ValidationError({"file": "Send either file or fileUrl."}, code="required")
        return attrs


class PersonalOut(CamelOut):
    full_name = serializers.CharField()
    email = serializers.EmailField()
    phone = serializers.CharField()
    verified = BooleanField(help_text="The e-mail address")

    @staticmethod
    def row(obj: User) -> dict[str, Any]:
        return {
            "fullName": obj.full_name,
            "email": obj.email,
            "phone": obj.phone_typed or obj.phone,
            "verified": obj.is_email_verified,
        }


class BusinessOut(CamelOut):
    company_name = serializers.CharField()
    company_type = serializers.CharField()
    gst_number = serializers.CharField()
    pan_number = serializers.CharField()
    cin_number = serializers.CharField()
    registered_address = serializers.CharField()
    verified = BooleanField()

    @staticmethod
    def row(obj: Case) -> dict[str, Any]:
        profile = obj.profile
        return {
            "companyName": profile.company_name,
            "companyType": profile.company_type,
            "gstNumber": profile.gstin,
            "panNumber": profile.pan,
            "cinNumber": profile.cin,
            "registeredAddress": profile.registered_address,
            "verified": profile.status == KycStatus.APPROVED,
        }


class DocumentOut(CamelOut):
    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=DocumentType.values)
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=DocumentStatus.values)
    uploaded_at = IsoMillisField()
    reason = serializers.CharField(help_text="Why it was refused; empty otherwise")
    url = serializers.URLField(help_text="Opens it for five minutes without a token; a reference as it was given")

    @staticmethod
    def show(document: KycDocument, viewer: User) -> dict[str, Any]:
        return {
            "id": str(document.pk),
            "type": document.type,
            "name": document.name,
            "status": document.status,
            "uploadedAt": iso_millis(document.uploaded_at),
            "reason": document.reason,
            "url": link_to(document, viewer),
        }


class KycOut(CamelOut):
    overall_status = serializers.ChoiceField(choices=sorted(OVERALL.values()))
    progress = serializers.IntegerField(help_text="Percent")
    reason = serializers.CharField(help_text="What the reviewer said when it was refused or asked again")
    personal_info = PersonalOut()
    business_info = BusinessOut()
    documents = DocumentOut(many=True)

    @staticmethod
    def row(obj: Case) -> dict[str, Any]:
        return {
            "overallStatus": OVERALL[obj.profile.status],
            "progress": obj.progress,
            "reason": obj.profile.reason,
            "personalInfo": PersonalOut.row(obj.user),
            "businessInfo": BusinessOut.row(obj),
            "documents": [DocumentOut.show(one, obj.user) for one in obj.documents],
        }


class KycViewSet(DialectViewSet):
    tags = "User Dashboard"
    permission_classes = (SignedIn, EmailVerified)
    permissions: ClassVar[dict[str, Permissions]] = {"file": [HasFileLink]}
    limits: ClassVar[dict[str, str]] = {"upload": "uploads"}
    uploads: ClassVar[set[str]] = {"upload"}
    produces: ClassVar[dict[str, str]] = {"file": "application/octet-stream"}

    @operation(summary="Get KYC Status", response={200: KycOut})
    def show(self, request: SignedInRequest) -> HttpResponse:
        return self.reply(KycOut(get_case(request.user)).data)

    @operation(summary="Update Business Info", request=BusinessIn, response={200: None})
    def update_business(self, request: SignedInRequest) -> HttpResponse:
        update_business_info(user=request.user, actor=request.user, **self.read(BusinessIn))
        return self.reply(message="Business information updated")

    @operation(summary="Upload KYC Document", request=DocumentIn, response={201: DocumentOut})
    def upload(self, request: SignedInRequest) -> HttpResponse:
        data = self.read(DocumentIn)
        document = submit_document(
            user=request.user,
            actor=request.user,
            type=data["document_type"],
            name=data.get("name") or "",
            upload=data.get("file"),
            file_url=data.get("file_url", ""),
        )
        shown = DocumentOut.show(document, request.user)
        return self.reply(shown, message="Document uploaded successfully", status=201)

    @operation(summary="Open a KYC document", response={200: None}, errors=(404, 410))
    def file(self, request: SignedInRequest, id: str) -> HttpResponse:
        return hand_out(open_document(document_id=self.public_id(id), viewer=request.user))


urlpatterns = routes(
    FLASHSPACE,
    [
        route("GET", "/api/user/kyc", KycViewSet, "show"),
        route("PUT", "/api/user/kyc/business-info", KycViewSet, "update_business"),
        route("POST", "/api/user/kyc/upload", KycViewSet, "upload"),
        route("GET", "/api/user/kyc/documents/<str:id>/file", KycViewSet, "file"),
    ],
)
