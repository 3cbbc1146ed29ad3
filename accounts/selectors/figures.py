"""What the desk wants to know about people: who waits, how many are new, how far they came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accounts.enums import KycStatus, MailStatus
from accounts.journey import IS_CUSTOMER, Step, known_steps, reached
from accounts.models import KycProfile, Mail, User
from flashspace.base.clock import india_date
from flashspace.base.periods import Span
from flashspace.base.queues import Queue


@dataclass(frozen=True)
class NewPeople:
    span: Span
    count: int


def list_queues() -> list[Queue]:
    return [
        Queue(
            name="kyc",
            title="KYC cases",
            icon="verified_user",
            rows=KycProfile.objects.filter(status=KycStatus.PENDING),
            since="submitted_at",
            query="status__exact=pending",
        ),
        Queue(
            name="mails",
            title="Failed mails",
            icon="unsubscribe",
            rows=Mail.objects.filter(status=MailStatus.DEAD),
            since="created_at",
            query="status__exact=dead",
        ),
    ]


def list_new_customers(span: Span) -> tuple[NewPeople, ...]:
    """Customers who signed up in each unit of the span, empty ones included. One query."""
    unit = span.unit
    rows = (
        User.objects.filter(IS_CUSTOMER, created_at__gte=span.begins_at, created_at__lt=span.ends_at)
        .order_by()
        .values_list(unit.cut("created_at"))
        .annotate(how_many=Count("pk"))
    )
    counts: dict[date, int] = {india_date(begins_at): count for begins_at, count in rows}
    return tuple(NewPeople(part, counts.get(first, 0)) for first, part in span.parts(unit))


def measure_funnel(span: Span) -> Mapping[Step, int]:
    """Of the customers who signed up in the span: how many have reached each step by now. One query."""
    counts = User.objects.filter(created_at__gte=span.begins_at, created_at__lt=span.ends_at).aggregate(
        **{step.value: Count("pk", filter=Q(reached(step))) for step in known_steps()}
    )
    return {step: counts[step.value] for step in known_steps()}
