"""Every pair of every transition table, through the services."""

from itertools import product
from typing import Any

import pytest

from accounts.models import User
from flashspace.base.clock import now
from flashspace.base.errors import IllegalTransition
from listings.enums import (
    REVISION_TRANSITIONS,
    SPACE_TRANSITIONS,
    RevisionStatus,
    SpaceStatus,
)
from listings.models import Space, SpaceRevision
from listings.services.reviews import approve_revision, approve_space, reject_revision, reject_space
from listings.services.spaces import submit_space
from tests.factories.listings import SpaceFactory

SPACE_MOVES: dict[str, Any] = {
    SpaceStatus.PENDING: lambda space, actor: submit_space(space=space, actor=actor),
    SpaceStatus.APPROVED: lambda space, actor: approve_space(space=space, actor=actor),
    SpaceStatus.REJECTED: lambda space, actor: reject_space(space=space, reason="No picture", actor=actor),
}
REVISION_MOVES: dict[str, Any] = {
    RevisionStatus.APPROVED: lambda revision, actor: approve_revision(revision=revision, actor=actor),
    RevisionStatus.REJECTED: lambda revision, actor: reject_revision(revision=revision, reason="Too dear", actor=actor),
}


def test_the_tables_name_every_state() -> None:
    assert set(SPACE_TRANSITIONS) == set(SpaceStatus)
    assert set(REVISION_TRANSITIONS) == set(RevisionStatus)


@pytest.mark.parametrize(("current", "wanted"), list(product(SpaceStatus, SPACE_MOVES)))
def test_space_moves_only_as_the_table_says(current: SpaceStatus, wanted: str, owner: User, staff: User) -> None:
    space = SpaceFactory(status=current, owner=owner)

    if wanted in SPACE_TRANSITIONS[current]:
        SPACE_MOVES[wanted](space, staff)
        assert Space.objects.get().status == wanted
    else:
        with pytest.raises(IllegalTransition):
            SPACE_MOVES[wanted](space, staff)
        assert Space.objects.get().status == current


@pytest.mark.parametrize(("current", "wanted"), list(product(RevisionStatus, REVISION_MOVES)))
def test_revision_moves_only_as_the_table_says(current: RevisionStatus, wanted: str, owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    revision = SpaceRevision.objects.create(
        space=space, changes={"name": "New"}, proposed_by=owner, status=current, decided_at=now()
    )

    if wanted in REVISION_TRANSITIONS[current]:
        REVISION_MOVES[wanted](revision, staff)
        assert SpaceRevision.objects.get().status == wanted
    else:
        with pytest.raises(IllegalTransition):
            REVISION_MOVES[wanted](revision, staff)
        assert SpaceRevision.objects.get().status == current
