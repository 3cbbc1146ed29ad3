"""What the desk wants to know about people: who waits, how many are new, how far they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from accounts.enums import KycStatus, MailStatus
from accounts.journey import IS_CUSTOMER, Step, last_step
from accounts.models import KycProfile, Mail, User
from flashspace.base.clock import india_date
from flashspace.base.periods import Span
from flashspace.base.queues import Queue


@dataclass(frozen=True)
class Cohort:
    """Customers who signed up in the span: how many of them have reached each step by now."""

    span: Span
    counts: Mapping[Step, int]


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


def list_cohorts(span: Span, steps: Sequence[Step]) -> tuple[Cohort, ...]:
    """Who signed up in each unit of the span, empty ones included, and how far they came. One query."""
    unit = span.unit
    rows = (
        User.objects.filter(IS_CUSTOMER, created_at__gte=span.begins_at, created_at__lt=span.ends_at)
        .order_by()
        .values_list(unit.cut("created_at"), last_step(steps))
        .annotate(how_many=Count("pk"))
    )
    counts: dict[date, dict[Step, int]] = {}
    for begins_at, last, how_many in rows:
        reached = counts.setdefault(india_date(begins_at), dict.fromkeys(steps, 0))
        for step in steps[: last + 1]:
            reached[step] += how_many
    nobody = dict.fromkeys(steps, 0)
    return tuple(Cohort(part, counts.get(first, nobody)) for first, part in span.parts(unit))
