"""What a reviewer sees of a listing: the public version beside the proposed one, who proposed it, what moved."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.kyc_case import Event, Fact
from accounts.admin.pages import account_page, label, link_to, page_of, staff_of, when
from accounts.admin.queues import waiting_label
from accounts.models import User
from listings.differences import FIELDS, Comparison, Difference, compare, compare_new
from listings.enums import RevisionStatus, SpaceStatus
from listings.models import Space, SpaceRevision
from listings.selectors.reviews import MOST_EVENTS, list_events, list_moves
from listings.words import Piece, mark_words

WORDS = {
    "space.created": "Entered",
    "space.updated": "Changed",
    "space.submitted": "Asked for approval",
    "space.approved": "Approved",
    "space.rejected": "Rejected",
    "space.deleted": "Put into the bin",
    "space.restored": "Restored",
    "space.change_proposed": "Change proposed",
    "space.change_approved": "Change approved",
    "space.change_rejected": "Change rejected",
    "space.photo_added": "Photo added",
    "space.photo_removed": "Photo taken away",
    "space.photo_changed": "Photo described anew",
}
DECISIONS = {"space.approved", "space.rejected", "space.change_approved", "space.change_rejected"}
MAP = "https://www.openstreetmap.org/"


COLOURS = {
    RevisionStatus.PENDING: "warning",
    RevisionStatus.APPROVED: "success",
    RevisionStatus.REJECTED: "danger",
}


def status_label(revision: SpaceRevision) -> str:
    return label(revision.get_status_display(), COLOURS[RevisionStatus(revision.status)])


class Line(NamedTuple):
    """A difference with its words in pieces."""

    label: str
    before: list[Piece]
    after: list[Piece]
    note: str


def change_page(revision: SpaceRevision, request: HttpRequest) -> dict[str, Any]:
    """The context of `revision.html`."""
    viewer, space, proposer = staff_of(request), revision.space, revision.proposed_by
    is_pending = revision.status == RevisionStatus.PENDING
    return {
        **difference_context(revision),
        "listing": space,
        "facts": [
            Fact("Listing", space.name, page_of(space)),
            *_owner(space, viewer),
            Fact("Proposed by", str(proposer or "Somebody who left"), _account(proposer, viewer)),
            Fact("Proposed", when(revision.created_at)),
            Fact("Last edited", when(revision.updated_at)),
            *_map(space),
        ],
        "revision": revision,
        "decider": link_to(revision.decided_by) if revision.decided_by else "somebody who left",
        "status_label": status_label(revision),
        "waits": waiting_label(revision.created_at) if is_pending else "",
        "moves": [_moved(revision, move) for move in list_moves(revision)] if is_pending else [],
        "events": list(_events(space, viewer)),
        "next_url": reverse("admin:listings_spacerevision_next", args=[revision.pk]),
    }


def first_page(space: Space, request: HttpRequest) -> dict[str, Any]:
    """The context of `first.html`: of a listing that waits for its first approval, everything is new."""
    viewer = staff_of(request)
    waits = space.status == SpaceStatus.PENDING and space.deleted_at is None
    shown = _shown(compare_new(space), is_side_by_side=False) if waits else {}
    return {
        **shown,
        "waits": waiting_label(space.submitted_at) if waits else "",
        "facts": [*_owner(space, viewer), *_map(space)],
        "events": list(_events(space, viewer)),
        "next_url": reverse("admin:listings_space_next", args=[space.pk]) if waits else "",
    }


def difference_context(revision: SpaceRevision) -> dict[str, Any]:
    """The context of `differences.html`: on the page, and in the dialog that approves."""
    return _shown(compare(revision), is_side_by_side=revision.status == RevisionStatus.PENDING)


def _shown(comparison: Comparison, *, is_side_by_side: bool) -> dict[str, Any]:
    return {
        "has_differences": bool(comparison.rows),
        "is_side_by_side": is_side_by_side,
        "field_lines": [_line(row, is_side_by_side) for row in comparison.fields],
        "plan_lines": comparison.plans,
        "photo_rows": comparison.photos,
    }


def _line(row: Difference, is_side_by_side: bool) -> Line:
    if not is_side_by_side:
        return Line(row.label, [], [Piece(row.after, is_changed=False)], row.note)
    return Line(row.label, *mark_words(row.before, row.after), row.note)


def _owner(space: Space, viewer: User) -> list[Fact]:
    return [Fact("Owner", str(space.owner or "The platform"), _account(space.owner, viewer))]


def _account(user: User | None, viewer: User) -> str:
    return page_of(user) if user is not None and viewer.has_perm("accounts.view_user") else ""


def _map(space: Space) -> list[Fact]:
    if space.latitude is None or space.longitude is None:
        return [Fact("On the map", "Nobody knows where")]
    place = urlencode({"mlat": space.latitude, "mlon": space.longitude})
    return [Fact("On the map", f"{space.latitude:.4f}, {space.longitude:.4f}", f"{MAP}?{place}#map=16")]


def _moved(revision: SpaceRevision, move: Any) -> dict[str, Any]:
    """`both`: what the owner proposes to change was changed by somebody else, too."""
    labels = {name: FIELDS.get(name, name.replace("_", " ").capitalize()) for name in move.fields}
    return {
        "at": move.entry.at,
        "by": move.entry.actor_email or "the system",
        "by_url": account_page(move.entry.actor_id),
        "what": ", ".join(labels.values()),
        "both": ", ".join(label for name, label in labels.items() if name in revision.changes),
    }


def _events(space: Space, viewer: User) -> Iterable[Event]:
    may_look = viewer.has_perm("accounts.view_auditentry")
    for entry in list_events(space)[:MOST_EVENTS]:
        yield Event(
            entry.at,
            WORDS.get(entry.action, entry.action),
            entry.actor_email or "the system",
            account_page(entry.actor_id),
            "",
            entry.reason,
            page_of(entry) if may_look else "",
            entry.action in DECISIONS,
        )
