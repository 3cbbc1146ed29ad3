"""A person's own side of KYC: business information and papers. A reviewer's side is `kyc_review`."""

from typing import Final

from django.core.files.base import ContentFile, File

from accounts.enums import KYC_TRANSITIONS, DocumentType, KycStatus
from accounts.models import KycDocument, KycProfile, User
from accounts.models.kyc import document_path, private_storage
from accounts.services import audit
from accounts.services.uploads import CleanFile, clean_upload
from accounts.validators import check_cin, check_gstin, check_pan, cross_check
from flashspace.base.clock import now
from flashspace.base.locks import atomic, lock_row
from flashspace.base.transitions import check_transition

BUSINESS_FIELDS: Final = ("company_name", "company_type", "gstin", "pan", "cin", "registered_address")
# What an approval rests on: changed, the case goes back to review.
IDENTITY_FIELDS: Final = frozenset({"company_name", "gstin", "pan", "cin"})
CHECKS: Final = {"gstin": check_gstin, "pan": check_pan, "cin": check_cin}


def update_business_info(*, user: User, actor: User, **changes: str | None) -> KycProfile:
    """Set the given ones of BUSINESS_FIELDS; an empty text or None takes one away.

    A change of company, GSTIN, PAN or CIN returns the case to review; after a refusal every change does, because the
    reviewer may have asked for any of them. Raises Invalid for a malformed number; what only looks wrong becomes one of
    the case's warnings.
    """
    given = {name: _stored_form(name, value or "") for name, value in changes.items()}
    with atomic():
        case = lock_case(user)
        before = audit.snapshot(case, BUSINESS_FIELDS)
        changed = {name for name, value in given.items() if value != before[name]}
        if not changed:
            return case
        for name in changed:
            setattr(case, name, given[name])
        case.warnings = find_warnings(case)
        case.save(update_fields=[*changed, "warnings", "updated_at"])
        after = audit.snapshot(case, BUSINESS_FIELDS)
        audit.record(
            action="kyc.business_info_changed", actor=actor, target=case, before=_masked(before), after=_masked(after)
        )
        if changed & IDENTITY_FIELDS or case.status in (KycStatus.REJECTED, KycStatus.RESUBMIT):
            return_to_review(case)
    return case


def _stored_form(name: str, value: str) -> str:
    return CHECKS[name](value, field=name).value if value and name in CHECKS else value


def find_warnings(case: KycProfile) -> list[str]:
    """What a reviewer should look at twice: check digits, and numbers that do not fit together."""
    own = [text for name, check in CHECKS.items() if (value := getattr(case, name)) for text in check(value).warnings]
    return [*own, *cross_check(gstin=case.gstin, pan=case.pan, cin=case.cin, company_type=case.company_type)]


def submit_document(
    *,
    user: User,
    actor: User,
    type: DocumentType,
    name: str = "",
    upload: "File[bytes] | None" = None,
    file_url: str = "",
) -> KycDocument:
    """Add a paper, by its file or as a reference that nobody fetches; it supersedes the one of its type.

    The case goes back to review. Raises Invalid for a file that is not taken.
    """
    file = clean_upload(upload) if upload else None
    stored = _store(user, file) if file else ""
    try:
        with atomic():
            case = lock_case(user)
            at = now()
            case.documents.filter(type=type, superseded_at__isnull=True).update(superseded_at=at, updated_at=at)
            document = KycDocument.objects.create(
                profile=case,
                type=type,
                name=name or DocumentType(type).label,
                file=stored,
                file_url=file_url,
                content_type=file.content_type if file else "",
                size=len(file.content) if file else 0,
                sha256=file.sha256 if file else "",
                uploaded_at=at,
            )
            audit.record(action="kyc.document_uploaded", actor=actor, target=document, after={"type": str(type)})
            return_to_review(case)
    except BaseException:
        if stored:
            private_storage().delete(stored)  # no row will ever name it
        raise
    return document


def lock_case(user: User) -> KycProfile:
    """The person's case, opened where there is none, locked until the transaction ends."""
    KycProfile.objects.get_or_create(user=user)
    return lock_row(KycProfile.objects.select_related("user"), user=user)


def return_to_review(case: KycProfile) -> None:
    """Back to pending, whatever it was; a case that waits already keeps its place in the queue."""
    if case.status == KycStatus.PENDING:
        return
    check_transition(KYC_TRANSITIONS, thing="KYC case", current=case.status, wanted=KycStatus.PENDING)
    case.status, case.submitted_at = KycStatus.PENDING, now()
    case.decided_at, case.decided_by, case.reason = None, None, ""
    case.save(update_fields=["status", "submitted_at", "decided_at", "decided_by", "reason", "updated_at"])


def _store(user: User, file: CleanFile) -> str:
    """Before the transaction: a slow disk holds no lock."""
    case, _ = KycProfile.objects.get_or_create(user=user)
    path = document_path(KycDocument(profile=case), f"paper{file.suffix}")
    return private_storage().save(path, ContentFile(file.content))


def _masked(values: dict[str, str]) -> dict[str, str]:
    """For the audit log: of a number its last characters, because the numbers stay within KYC."""
    return {name: f"…{value[-4:]}" if value and name in CHECKS else value for name, value in values.items()}
