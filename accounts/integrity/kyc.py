"""KYC: decisions by others, with a trace, and papers that are what was handed in."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.enums import DocumentStatus, DocumentType, KycStatus
from accounts.models import AuditEntry, KycDocument, KycProfile
from accounts.models.kyc import private_storage
from accounts.services.kyc_files import find_orphans
from accounts.services.kyc_review import ACTIONS
from flashspace.base.clock import now
from flashspace.base.integrity import Findings, findings, rule

DECIDED: Final = tuple(ACTIONS)
PIECE: Final = 1024 * 1024


@rule("I-K1", "A KYC case stands where its papers allow, decided by somebody else, with an entry in the audit log")
def cases_follow_from_their_papers() -> Findings:
    return findings(KycProfile.objects.count() + KycDocument.objects.count(), _unfounded())


def _unfounded() -> Iterator[str]:
    cases, papers = KycProfile.objects.order_by("pk"), KycDocument.objects.order_by("pk")
    approved, decided = cases.filter(status=KycStatus.APPROVED), cases.filter(status__in=DECIDED)
    current = KycDocument.objects.filter(profile=OuterRef("pk"), superseded_at=None)
    pan = current.filter(type=DocumentType.PAN_CARD, status=DocumentStatus.APPROVED)
    yield from _case(approved.exclude(Exists(pan)), "is approved without an approved PAN card")
    yield from _case(
        approved.filter(Exists(current.filter(status=DocumentStatus.PENDING))), "is approved before a paper"
    )
    yield from _case(cases.filter(status=KycStatus.NOT_STARTED).filter(Exists(current)), "has papers and never began")
    yield from _case(cases.filter(status=KycStatus.PENDING, submitted_at=None), "waits since nobody knows when")
    yield from _case(decided.filter(Q(decided_at=None) | Q(decided_by=None)), "was decided by nobody")
    yield from _case(decided.filter(decided_by=F("user")), "was decided by its own person")
    for status, action in ACTIONS.items():
        untraced = _untraced(cases.filter(status=status), action)
        yield from (f"case {pk} was decided without a trace" for pk in untraced)
    yield from _paper(papers.filter(decided_by=F("profile__user")), "was decided by its own person")
    yield from _paper(
        papers.filter(status=DocumentStatus.APPROVED, sha256="", file_url=""), "is approved without a hash"
    )
    for document_status in (DocumentStatus.APPROVED, DocumentStatus.REJECTED, DocumentStatus.RESUBMIT):
        untraced = _untraced(papers.filter(status=document_status), f"kyc.document_{document_status}")
        yield from (f"paper {pk} was decided without a trace" for pk in untraced)


def _untraced(rows: QuerySet[Any], action: str) -> Iterator[str]:
    traced = set(AuditEntry.objects.filter(action=action).values_list("target_id", flat=True))
    return (str(pk) for pk in rows.values_list("pk", flat=True) if str(pk) not in traced)


@rule("I-K2", "Every stored paper is there and is what was handed in; no file is without a row, none lies in public")
def papers_are_what_was_handed_in() -> Findings:
    stored = KycDocument.objects.exclude(file="").order_by("pk")
    return findings(stored.count(), _damaged(stored))


def _damaged(stored: QuerySet[KycDocument]) -> Iterator[str]:
    storage = private_storage()
    if isinstance(storage, FileSystemStorage):
        public = [Path(root).resolve() for root in (settings.MEDIA_ROOT, settings.STATIC_ROOT) if root]
        if any(Path(storage.location).resolve().is_relative_to(root) for root in public):
            yield f"private files lie in {storage.location}, which is served"
    for document in stored.iterator(500):
        if problem := _problem(document):
            yield f"paper {document.pk} {problem}"
    yield from (f"{name} belongs to no paper" for name in find_orphans(now()))


def _problem(document: KycDocument) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with document.file.open("rb") as file:
            for piece in file.chunks(PIECE):
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        return "is gone"
    return "" if (digest.hexdigest(), size) == (document.sha256, document.size) else "is not what was handed in"


def _case(cases: QuerySet[Any], problem: str) -> Iterator[str]:
    return (f"case {pk} {problem}" for pk in cases.values_list("pk", flat=True))


def _paper(papers: QuerySet[Any], problem: str) -> Iterator[str]:
    return (f"paper {pk} {problem}" for pk in papers.values_list("pk", flat=True))
