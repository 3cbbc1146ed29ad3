"""A KYC case as its owner and reviewers see it. Reads only: somebody who never began has a case in memory."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from accounts.enums import DocumentStatus, DocumentType, KycStatus
from accounts.models import AuditEntry, KycDocument, KycProfile, User

WEIGHTS: Final = {"personal": 25, "business": 25, "documents": 40, "approved": 10}
# The papers that share the 40 points, each once it is approved or waits for review.
COUNTED: Final = (DocumentType.PAN_CARD, DocumentType.GST_CERTIFICATE, DocumentType.ADDRESS_PROOF)
GOOD: Final = (DocumentStatus.APPROVED, DocumentStatus.PENDING)


@dataclass(frozen=True)
class Case:
    """`profile` may be unsaved; `documents` are the current ones, oldest first."""

    user: User
    profile: KycProfile
    documents: list[KycDocument]
    progress: int


def get_case(user: User) -> Case:
    profile = KycProfile.objects.filter(user=user).first() or KycProfile(user=user)
    documents = list(current_documents(profile)) if not profile._state.adding else []
    return Case(user, profile, documents, progress_of(user, profile, documents))


def current_documents(profile: KycProfile) -> QuerySet[KycDocument]:
    return profile.documents.filter(superseded_at__isnull=True).order_by("uploaded_at", "pk")


def progress_of(user: User, profile: KycProfile, documents: Iterable[KycDocument]) -> int:
    """Percent: 25 personal data, 25 business data, 40 for three papers, 10 when approved."""
    good = {document.type for document in documents if document.status in GOOD}
    shares = {
        "personal": bool(user.full_name and user.phone and user.is_email_verified),
        "business": bool(profile.company_name and profile.company_type and profile.pan),
        "documents": len(good.intersection(COUNTED)) / len(COUNTED),
        "approved": profile.status == KycStatus.APPROVED,
    }
    return round(sum(weight * shares[name] for name, weight in WEIGHTS.items()))


def list_case_history(profile: KycProfile, *, most: int = 50) -> list[AuditEntry]:
    """What the audit log knows of a case and of its papers, newest first."""
    papers = [str(key) for key in profile.documents.values_list("pk", flat=True)]
    own = Q(target_type=profile._meta.label_lower, target_id=str(profile.pk))
    theirs = Q(target_type=KycDocument._meta.label_lower, target_id__in=papers)
    return list(AuditEntry.objects.filter(own | theirs).order_by("-at", "-pk")[:most])
