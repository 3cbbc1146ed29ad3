"""The tabs of the two lists: listings, and owners' changes of them."""

from collections.abc import Callable
from typing import Any

from django.db.models import Case, F, Q, Value, When

from accounts.admin.queues import EVERYTHING, Tab, TabFilter, mine
from listings.enums import RevisionStatus, SpaceStatus

NEWEST_FIRST = ("-created_at",)
DECIDED_FIRST = (F("decided_at").desc(nulls_last=True), "pk")
WAITING_FIRST = Case(When(status=RevisionStatus.PENDING, then=Value(0)), default=Value(1)).asc()


def _alive(status: SpaceStatus | None = None) -> Callable[[Any], Q]:
    where = Q(deleted_at=None) if status is None else Q(deleted_at=None, status=status)
    return lambda _user: where


def _is(status: RevisionStatus) -> Callable[[Any], Q]:
    return lambda _user: Q(status=status)


class SpaceTab(TabFilter):
    tabs = (
        Tab(EVERYTHING, "Catalogue", _alive(), NEWEST_FIRST, "The catalogue is empty. Add a listing, or let owners."),
        Tab(
            "waiting",
            "Waiting for approval",
            _alive(SpaceStatus.PENDING),
            ("submitted_at", "pk"),
            "No new listing waits. One comes here when its owner asks for approval.",
        ),
        Tab("public", "Public", _alive(SpaceStatus.APPROVED), NEWEST_FIRST, "Nothing is public yet."),
        Tab(
            "rejected",
            "Rejected",
            _alive(SpaceStatus.REJECTED),
            ("-rejected_at", "pk"),
            "No listing is rejected. Whatever is, stays here until its owner asks again.",
        ),
        Tab("draft", "Drafts", _alive(SpaceStatus.DRAFT), NEWEST_FIRST, "Nobody has a draft."),
        Tab("bin", "In the bin", lambda _user: ~Q(deleted_at=None), ("-deleted_at", "pk"), "The bin is empty."),
        Tab("any", "With the bin", lambda _user: Q(), NEWEST_FIRST, "There is no listing at all. Add one."),
    )


class ChangeTab(TabFilter):
    tabs = (
        Tab(
            "waiting",
            "Waiting",
            _is(RevisionStatus.PENDING),
            ("created_at", "pk"),
            "No change waits. One comes here when an owner changes a public listing.",
        ),
        Tab("approved", "Approved", _is(RevisionStatus.APPROVED), DECIDED_FIRST, "No change is approved yet."),
        Tab("rejected", "Rejected", _is(RevisionStatus.REJECTED), DECIDED_FIRST, "No change is rejected."),
        Tab("mine", "Mine, last 7 days", mine, DECIDED_FIRST, "You decided no change in the last seven days."),
        Tab(
            EVERYTHING,
            "All",
            lambda _user: Q(),
            (WAITING_FIRST, "created_at", "pk"),
            "No owner has changed a public listing yet.",
        ),
    )
