"""KYC cases in every state, made by the services that make them in earnest."""

from django.contrib.auth.models import Permission

from accounts.enums import DocumentType
from accounts.models import KycProfile, User
from accounts.services.kyc import submit_document, update_business_info
from accounts.services.kyc_review import approve_case
from tests.accounts.papers import paper
from tests.factories.accounts import StaffFactory, UserFactory

BUSINESS = {
    "company_name": "Talenode Analytics Pvt Ltd",
    "company_type": "Private Limited",
    "gstin": "27AABCT1234F1ZH",
    "pan": "AABCT1234F",
    "cin": "U78300DL2024PTC432593",
    "registered_address": "123, ABC Building, Mumbai - 400001",
}


def make_reviewer(*permissions: str) -> User:
    """Staff who may review KYC, and whatever else is named."""
    reviewer = StaffFactory(full_name="Ravi Reviewer")
    wanted = ("review_kyc", "open_kyc_document", "view_kycprofile", "view_kycdocument", *permissions)
    reviewer.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts", codename__in=wanted))
    return reviewer


def make_case(*types: DocumentType, user: User | None = None) -> KycProfile:
    """A case that waits for review, with business data and a paper of each type (PAN card and GST certificate)."""
    user = user or UserFactory(full_name="Anshu Prasad", phone="+919899223359", phone_typed="+91-9899223359")
    update_business_info(user=user, actor=user, **BUSINESS)
    for type_ in types or (DocumentType.PAN_CARD, DocumentType.GST_CERTIFICATE):
        submit_document(user=user, actor=user, type=type_, upload=paper())
    return KycProfile.objects.get(user=user)


def make_approved_case(user: User | None = None) -> KycProfile:
    return approve_case(case=make_case(user=user), actor=make_reviewer())
