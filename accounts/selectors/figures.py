"""What the desk wants to know about people: who waits, how many are new, how far they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.enums import KycStatus, MailStatus
from accounts.journey import IS_CUSTOMER, Step, did, rows_of
from accounts.models import KycProfile, Mail, Sms, User
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
        Queue(
            name="sms",
            title="Failed SMS",
            icon="sms_failed",
            rows=Sms.objects.filter(status=MailStatus.DEAD),
            since="created_at",
            query="status__exact=dead",
        ),
    ]


def list_cohorts(span: Span, steps: Sequence[Step]) -> tuple[Cohort, ...]:
    """Who signed up in each unit of the span, empty ones included, and how far they came. One query."""
    unit = span.unit
    counts: dict[date, dict[Step, int]] = {}
    for begins_at, last, how_many in _count(span, steps):
        # the database's own Indian time: SQLite's is text
        reached = counts.setdefault(date.fromisoformat(str(begins_at)[:10]), dict.fromkeys(steps, 0))
        for step in steps[: last + 1]:
            reached[step] += how_many
    nobody = dict.fromkeys(steps, 0)
    return tuple(Cohort(part, counts.get(first, nobody)) for first, part in span.parts(unit))


def _count(span: Span, steps: Sequence[Step]) -> list[tuple[Any, int, int]]:
    """(when a unit begins, the place of the last step that was reached, how many people).

    What the later steps ask of other tables is joined once for everybody; a condition for each person, which is how
    a list filters, takes PostgreSQL twice as long for all of them.
    """
    ways = rows_of(steps)
    own = [step for step in steps[1:] if not any(step in some for some in ways)]
    people = User.objects.filter(IS_CUSTOMER, created_at__gte=span.begins_at, created_at__lt=span.ends_at).order_by()
    tables = [
        _table("people", ["begins_at", *own], people.values_list("pk", span.unit.cut("created_at"), *map(did, own)))
    ]
    tables += [_table(f"way_{place}", some, rows()) for place, (some, rows) in enumerate(ways.items())]
    named = ", ".join(sql for sql, _ in tables)
    joins = " ".join(f"LEFT JOIN way_{place} ON way_{place}.id = people.id" for place in range(len(ways)))
    missed = " ".join(f"WHEN COALESCE({step}, 0) = 0 THEN {place}" for place, step in enumerate(steps[1:]))
    last = f"CASE {missed} ELSE {len(steps) - 1} END" if missed else "0"
    sql = f"WITH {named} SELECT begins_at, {last}, COUNT(*) FROM people {joins} GROUP BY 1, 2"  # noqa: S608  steps and the ORM's
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _, given in tables for value in given])
        return list(cursor.fetchall())


def _table(name: str, columns: Sequence[str], rows: "QuerySet[Any, Any]") -> tuple[str, tuple[Any, ...]]:
    """A name for rows of which the first column is a person's id."""
    sql, parameters = rows.query.sql_with_params()
    return f"{name} (id, {', '.join(columns)}) AS ({sql})", parameters
