"""Whether a colleague may still look at what a customer sees."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Session, SupportView
from accounts.policies import can_impersonate
from accounts.selectors.sessions import is_open


def open_views() -> "QuerySet[SupportView]":
    """Those whose end the audit log has not been told of."""
    return SupportView.objects.filter(closed_at=None).select_related("session__user", "staff_session__user", "staff")


def find_view(view_id: UUID, staff_session: Session) -> SupportView | None:
    """Of this sign-in of the colleague, over or not."""
    views = SupportView.objects.select_related("session__user", "staff_session__user", "staff")
    return views.filter(pk=view_id, staff_session=staff_session).first()


def is_backed(session: Session) -> bool:
    """Whether the colleague behind a session of support is signed in, has shown the second factor and may look."""
    view = open_views().filter(session=session.pk).first()
    return view is not None and may_go_on(view)


def may_go_on(view: SupportView) -> bool:
    """Both sign-ins are open, and the colleague may do it still. Read anew each time."""
    behind = view.staff_session
    is_there = is_open(view.session) and is_open(behind) and behind.mfa_verified_at is not None
    return is_there and can_impersonate(behind.user, view.session.user)
