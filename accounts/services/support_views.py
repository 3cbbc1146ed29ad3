"""Support sees what a customer sees, read only, for a quarter of an hour, and both know it.

It is a session of the customer's that opens what views name in `open_to_support`, by reading. No token of it leaves the
server. It hangs on the colleague's own sign-in, which it never replaces, and ends with that or with either account.
"""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.enums import EndReason
from accounts.exceptions import FactorNotShown, SessionEnded
from accounts.models import Session, SupportView, User
from accounts.policies import can_impersonate
from accounts.selectors.sessions import is_open
from accounts.selectors.support_views import may_go_on, open_views
from accounts.services import audit, sessions
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden, Invalid
from flashspace.base.locks import atomic, lock_row
from flashspace.base.sweeps import Sweep

LIFE = timedelta(minutes=15)


@atomic
def start_view(*, customer: User, staff_session: Session, reason: str) -> SupportView:
    """Begin to look, which ends what the colleague looked at before. `staff_session.user` is loaded.

    Raises Invalid without a reason, Forbidden, FactorNotShown, SessionEnded.
    """
    staff = staff_session.user
    if not reason.strip():
        raise Invalid("Say why", field="reason")
    locked = lock_row(User.objects.all(), pk=customer.pk)
    if not can_impersonate(staff, locked):
        raise Forbidden
    behind = lock_row(Session.objects.select_related("user"), pk=staff_session.pk)
    if not is_open(behind):
        raise SessionEnded
    if behind.mfa_verified_at is None:
        raise FactorNotShown
    for earlier in open_views().filter(staff_session=behind):
        _close(earlier, actor=staff, how="looked at somebody else")
    session = sessions.open_support_session(user=locked, expires_at=now() + LIFE)
    view = SupportView.objects.create(session=session, staff=staff, staff_session=behind, reason=reason.strip()[:500])
    audit.record(
        action="support_view.started",
        actor=staff,
        target=locked,
        after={"view": str(view.pk), "until": session.expires_at},
        reason=view.reason,
    )
    return view


def end_view(*, view: SupportView, actor: User) -> bool:
    """By the colleague who looks, or a superuser. False when it was over already. Raises Forbidden."""
    if actor.pk != view.staff_id and not actor.is_superuser:
        raise Forbidden
    with atomic():
        return _close(view, actor=actor, how="ended")


def list_over(at: datetime) -> list[UUID]:
    """Views that ended without anybody saying so: by the clock, or with a session or an account."""
    return [view.pk for view in open_views().order_by("created_at", "pk") if _is_over(view, at)]


def close_view(id: UUID, at: datetime) -> bool:
    with atomic():
        view = open_views().filter(pk=id).first()
        return view is not None and _is_over(view, at) and _close(view, actor=None, how=_why_over(view, at))


CLOSE_VIEWS = Sweep("accounts.close_support_views", find=list_over, apply=close_view)


def _close(view: SupportView, *, actor: User | None, how: str) -> bool:
    """However many say that it is over: the log is told once."""
    at = now()
    if not SupportView.objects.filter(pk=view.pk, closed_at=None).update(closed_at=at, updated_at=at):
        return False
    sessions.end_session(session=view.session, reason=EndReason.LOGOUT)
    audit.record(
        action="support_view.ended",
        actor=actor,
        target=view.session.user,
        after={"view": str(view.pk), "staff": view.staff.email, "how": how},
    )
    return True


def _is_over(view: SupportView, at: datetime) -> bool:
    return view.session.expires_at <= at or not may_go_on(view)


def _why_over(view: SupportView, at: datetime) -> str:
    if view.session.ended_at is not None:
        return str(EndReason(view.session.end_reason).label).lower()
    if view.session.expires_at <= at:
        return "time was up"
    return "the colleague may not look any more"
