"""A reviewer's side of KYC. Case, audit entry, notification, mail and what follows from it are one transaction."""

from typing import Final, Protocol

from accounts.enums import DOCUMENT_TRANSITIONS, KYC_TRANSITIONS, DocumentStatus, DocumentType, KycStatus
from accounts.exceptions import CaseChanged, CaseClosed, CaseIncomplete, DocumentUnknown, OwnCase, ReasonMissing
from accounts.models import KycDocument, KycProfile, User
from accounts.policies import can_review_case
from accounts.selectors.kyc import current_documents
from accounts.selectors.kyc_review import edition_of
from accounts.services import audit
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden
from flashspace.base.locks import atomic, lock_row
from flashspace.base.transitions import check_transition

ACTIONS: Final = {
    KycStatus.APPROVED: "kyc.approved",
    KycStatus.REJECTED: "kyc.rejected",
    KycStatus.RESUBMIT: "kyc.asked_again",
}
TITLES: Final = {
    KycStatus.APPROVED: "Your KYC is approved",
    KycStatus.REJECTED: "Your KYC was not approved",
    KycStatus.RESUBMIT: "We need something more for your KYC",
}
ASKED_AGAIN: Final = (DocumentStatus.RESUBMIT, DocumentStatus.REJECTED)


class Decided(Protocol):
    def __call__(self, *, user: User, actor: User | None) -> object: ...


class NobodyActsError(LookupError):
    """No app registered what an approval means, so paid bookings would wait for ever."""


_handlers: list[Decided] = []


def register_decided(handler: Decided) -> None:
    """`handler(user=…, actor=…)` runs inside the transaction that approves a case, with the case locked."""
    if handler not in _handlers:
        _handlers.append(handler)


def approve_case(*, case: KycProfile, actor: User, reason: str = "", seen: str = "") -> KycProfile:
    """Approve the case and every paper of it that waits. Raises CaseIncomplete without a PAN card.

    `reason` is a note for colleagues. `seen` is the `edition_of` the case that was looked at: raises CaseChanged for a
    decision about data or papers that are not the ones there are now.
    """
    with atomic():
        case = _open_case(case, actor, KycStatus.APPROVED, seen)
        documents = list(current_documents(case))
        if not any(one.type == DocumentType.PAN_CARD and one.status not in ASKED_AGAIN for one in documents):
            raise CaseIncomplete
        for document in documents:
            if document.status == DocumentStatus.PENDING:
                _decide(document, DocumentStatus.APPROVED, actor, "")
        _close_case(case, KycStatus.APPROVED, actor, reason, documents)
        if not _handlers:
            raise NobodyActsError
        for handler in _handlers:
            handler(user=case.user, actor=actor)
    return case


def reject_case(*, case: KycProfile, actor: User, reason: str, seen: str = "") -> KycProfile:
    """Raises ReasonMissing, CaseChanged; the person is told the reason."""
    return _refuse(case, KycStatus.REJECTED, actor, reason, seen)


def ask_again(*, case: KycProfile, actor: User, reason: str, seen: str = "") -> KycProfile:
    """The person is told what is missing, and which papers were refused. Raises ReasonMissing, CaseChanged."""
    return _refuse(case, KycStatus.RESUBMIT, actor, reason, seen)


def decide_document(*, document: KycDocument, status: DocumentStatus, actor: User, reason: str = "") -> KycDocument:
    """Approve, reject or ask again for one paper of a case that waits. Its owner hears of it when the case is decided.

    Raises CaseClosed, ReasonMissing unless it is approved, DocumentUnknown for one that was superseded meanwhile.
    """
    if status != DocumentStatus.APPROVED:
        reason = _required(reason)
    with atomic():
        case = _locked(document.profile, actor)
        if case.status != KycStatus.PENDING:
            raise CaseClosed
        found = current_documents(case).filter(pk=document.pk).first()
        if found is None:
            raise DocumentUnknown("A newer document has taken its place")
        check_transition(DOCUMENT_TRANSITIONS, thing="document", current=found.status, wanted=status)
        _decide(found, status, actor, reason)
    return found


def _refuse(case: KycProfile, status: KycStatus, actor: User, reason: str, seen: str) -> KycProfile:
    reason = _required(reason)
    with atomic():
        case = _open_case(case, actor, status, seen)
        _close_case(case, status, actor, reason, list(current_documents(case)))
    return case


def _locked(case: KycProfile, actor: User) -> KycProfile:
    """The case, locked, if this person may decide it. Raises OwnCase, Forbidden."""
    if case.user_id == actor.pk:
        raise OwnCase
    if not can_review_case(actor, case):
        raise Forbidden
    return lock_row(KycProfile.objects.select_related("user"), pk=case.pk)


def _open_case(case: KycProfile, actor: User, wanted: KycStatus, seen: str) -> KycProfile:
    locked = _locked(case, actor)
    check_transition(KYC_TRANSITIONS, thing="KYC case", current=locked.status, wanted=wanted)
    if seen and seen != edition_of(locked):
        raise CaseChanged
    return locked


def _close_case(case: KycProfile, status: KycStatus, actor: User, reason: str, documents: list[KycDocument]) -> None:
    before, told = case.status, _told(status, reason)
    case.status, case.decided_at, case.decided_by, case.reason = status, now(), actor, told
    case.save(update_fields=["status", "decided_at", "decided_by", "reason", "updated_at"])
    entry = audit.record(
        action=ACTIONS[status],
        actor=actor,
        target=case,
        before={"status": before},
        after={"status": str(status)},
        reason=reason,
    )
    notify(user=case.user, kind=ACTIONS[status], title=TITLES[status], message=told, data={"status": str(status)})
    queue_mail(
        to=case.user.email,
        user=case.user,
        template=f"kyc_{status}",
        context={
            "name": case.user.get_short_name(),
            "reason": told,
            "documents": [(one.name, one.reason) for one in documents if one.status in ASKED_AGAIN],
        },
        dedupe_key=f"kyc:{entry.pk}",
    )


def _decide(document: KycDocument, status: DocumentStatus, actor: User, reason: str) -> None:
    before, told = document.status, _told(status, reason)
    document.status, document.decided_at, document.decided_by, document.reason = status, now(), actor, told
    document.save(update_fields=["status", "decided_at", "decided_by", "reason", "updated_at"])
    audit.record(
        action=f"kyc.document_{status}",
        actor=actor,
        target=document,
        before={"status": before},
        after={"status": str(status)},
        reason=reason,
    )


def _told(status: str, reason: str) -> str:
    """What the person reads: why something was refused. A note with an approval is for colleagues, in the audit log."""
    return "" if status == KycStatus.APPROVED else reason


def _required(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
