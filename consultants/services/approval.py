"""Staff decide who may do business here. Row, audit entry, notification and mail are one transaction."""

from accounts.models import User
from accounts.services import audit
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from consultants.enums import APPROVAL_TRANSITIONS, Approval
from consultants.exceptions import OwnProfile, ReasonMissing
from consultants.models import Consultant
from consultants.policies import can_review
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden
from flashspace.base.locks import atomic, lock_row
from flashspace.base.transitions import check_transition

FIELDS = ("approval", "is_active")
TITLES = {
    Approval.APPROVED: "You are approved as a consultant",
    Approval.REJECTED: "You were not approved as a consultant",
}


def approve_consultant(*, consultant: Consultant, actor: User, reason: str = "") -> Consultant:
    """`reason` is a note for colleagues. Raises Forbidden, OwnProfile, IllegalTransition."""
    return _decide(consultant, Approval.APPROVED, actor, reason.strip())


def reject_consultant(*, consultant: Consultant, actor: User, reason: str) -> Consultant:
    """Also what ends an approval. The person reads the reason.

    Raises Forbidden, OwnProfile, ReasonMissing, IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    return _decide(consultant, Approval.REJECTED, actor, reason.strip())


def _decide(consultant: Consultant, wanted: Approval, actor: User, reason: str) -> Consultant:
    if consultant.user_id == actor.pk:
        raise OwnProfile
    if not can_review(actor, consultant):
        raise Forbidden
    with atomic():
        locked = lock_row(Consultant.objects.select_related("user"), pk=consultant.pk)
        check_transition(APPROVAL_TRANSITIONS, thing="consultant", current=locked.approval, wanted=wanted)
        before = audit.snapshot(locked, FIELDS)
        _set(locked, wanted, actor, reason)
        entry = audit.record(
            action=f"consultant.{wanted}",
            actor=actor,
            target=locked,
            before=before,
            after=audit.snapshot(locked, FIELDS),
            reason=reason,
        )
        _tell(locked, wanted, key=f"consultant:{entry.pk}")
    return locked


def _set(consultant: Consultant, wanted: Approval, actor: User, reason: str) -> None:
    is_approved = wanted == Approval.APPROVED
    consultant.approval = wanted
    consultant.is_active = is_approved
    consultant.approved_at, consultant.approved_by = (now(), actor) if is_approved else (None, None)
    consultant.rejection_reason = "" if is_approved else reason
    consultant.save(
        update_fields=["approval", "is_active", "approved_at", "approved_by", "rejection_reason", "updated_at"]
    )


def _tell(consultant: Consultant, wanted: Approval, *, key: str) -> None:
    user, told = consultant.user, consultant.rejection_reason
    notify(user=user, kind=f"consultant.{wanted}", title=TITLES[wanted], message=told, data={"status": str(wanted)})
    queue_mail(
        to=user.email,
        user=user,
        template=f"consultant_{wanted}",
        context={"name": user.get_short_name(), "reason": told},
        dedupe_key=key,
    )
