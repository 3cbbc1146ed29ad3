"""What the desk wants to know about consultants: who waits for a decision."""

from consultants.enums import Approval
from consultants.models import Consultant
from flashspace.base.queues import Queue


def list_queues() -> list[Queue]:
    return [
        Queue(
            name="consultants",
            title="Consultants",
            icon="support_agent",
            rows=Consultant.objects.filter(approval=Approval.PENDING),
            since="created_at",
            query="approval__exact=pending",
        ),
    ]
