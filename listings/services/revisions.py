"""Changes that owners make of what is approved: one waits at a time, later ones join it."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from accounts.services import audit
from listings.changes import PlanChange, merge
from listings.enums import RevisionStatus
from listings.models import Plan, Space, SpaceRevision
from listings.services.documents import render_proposed


def propose_change(space: Space, changes: Mapping[str, Any], *, actor: User) -> SpaceRevision | None:
    """Let `changes` wait for approval, together with what waits already. The space's row is locked.

    None when nothing would be other than it is. Raises Invalid for a price that cannot be read.
    """
    revision = space.revisions.filter(status=RevisionStatus.PENDING).first()
    if revision is None:
        changes = leave_out_equal(space, changes)
        if not changes:
            return None
        revision = SpaceRevision(space=space, changes=dict(changes))
    else:
        revision.changes = merge(revision.changes, changes)
    revision.proposed_by = actor
    render_proposed(space, list(space.plans.all()), [], revision)  # what cannot be shown could not be approved
    revision.save()
    audit.record(action="space.change_proposed", actor=actor, target=space, after=changes)
    return revision


def leave_out_equal(space: Space, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Without the values that the space has already: a client may send back everything it was shown."""
    left = {
        name: value for name, value in changes.items() if name in ("plans", "photos") or getattr(space, name) != value
    }
    if "plans" in left:
        current = {plan.code: plan for plan in space.plans.all()}
        plans = {code: change for code, change in left["plans"].items() if _is_other(current.get(code), change)}
        left = {name: plans if name == "plans" else value for name, value in left.items() if name != "plans" or plans}
    return left


def _is_other(plan: Plan | None, change: PlanChange | None) -> bool:
    if change is None:
        return plan is not None
    return plan is None or any(getattr(plan, name) != value for name, value in change.items())
