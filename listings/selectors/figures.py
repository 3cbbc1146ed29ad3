"""What waits for whoever looks after the catalogue."""

from flashspace.base.queues import Queue
from listings.enums import RevisionStatus, SpaceStatus
from listings.models import Space, SpaceRevision


def list_queues() -> list[Queue]:
    return [
        Queue(
            name="spaces",
            title="Listings to approve",
            icon="add_home_work",
            rows=Space.objects.alive().filter(status=SpaceStatus.PENDING),
            since="submitted_at",
            query="status__exact=pending",
        ),
        Queue(
            name="revisions",
            title="Changes by owners",
            icon="edit_note",
            rows=SpaceRevision.objects.filter(status=RevisionStatus.PENDING),
            since="created_at",
            query="status__exact=pending",
        ),
    ]
