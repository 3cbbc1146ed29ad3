"""An organization's own log: what was done in it, as far as somebody with this rank may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from accounts.exceptions import EntryUnknown
from accounts.models import AuditEntry, Membership
from accounts.organization_permissions import OWNER_LEVEL
from accounts.selectors.members import as_known
from accounts.selectors.roles import SEATED
from flashspace.base.clock import now, start_of, today

MOST: Final = 10
# What a thing is called on the wire, where its own name is another.
ENTITY_WORDS: Final = {"organizationrole": "role"}
_MODELS: Final = {word: model for model, word in ENTITY_WORDS.items()}


@dataclass(frozen=True, slots=True)
class Statistics:
    """`by_user` are those who did most, `recent` the newest entries."""

    total: int
    by_action: dict[str, int]
    by_user: list[dict[str, Any]]
    recent: list[AuditEntry]
    people: int
    today: int
    this_week: int


def entries_for(viewer: Membership) -> QuerySet[Any]:
    """One's own, those of lower ranks and the machine's; an owner sees all. `is_colleague` tells who may be named:
    whoever is or was a member.
    """
    colleagues = Membership.objects.filter(organization=viewer.organization_id)
    entries: QuerySet[Any] = AuditEntry.objects.filter(organization=viewer.organization_id)
    entries = entries.select_related("actor").prefetch_related("actor__memberships")
    entries = entries.annotate(is_colleague=Exists(colleagues.filter(user=OuterRef("actor"))))
    if viewer.role.level != OWNER_LEVEL:
        lower = colleagues.filter(role__level__gt=viewer.role.level).values("user")
        entries = entries.filter(Q(actor=viewer.user_id) | Q(actor=None) | Q(actor__in=lower))
    return entries.order_by("-at", "-pk")


def filtered(
    entries: QuerySet[Any],
    *,
    action: str = "",
    entity_type: str = "",
    entity_id: str = "",
    user_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    search: str = "",
) -> QuerySet[Any]:
    """`until` is not part of it any more."""
    if action:
        entries = entries.filter(action=action)
    if entity_type:
        entries = entries.filter(target_type__endswith=f".{_MODELS.get(entity_type, entity_type)}")
    if entity_id:
        entries = entries.filter(target_id=entity_id)
    if user_id:
        entries = entries.filter(actor=user_id, is_colleague=True)
    if since:
        entries = entries.filter(at__gte=since)
    if until:
        entries = entries.filter(at__lt=until)
    for word in search.split():
        named = Q(actor_email__icontains=word, is_colleague=True)
        entries = entries.filter(Q(action__icontains=word) | Q(target_label__icontains=word) | named)
    return entries


def find_entry(*, viewer: Membership, entry_id: UUID) -> AuditEntry:
    """Raises EntryUnknown, also for what this rank may not see."""
    entry: AuditEntry | None = entries_for(viewer).filter(pk=entry_id).first()
    if entry is None:
        raise EntryUnknown
    return entry


def statistics_for(viewer: Membership) -> Statistics:
    """Days and weeks are Indian; a week begins on Monday."""
    entries = entries_for(viewer)
    bare = entries.order_by()
    day = today()
    since_monday = start_of(day - timedelta(days=day.weekday()))
    by_action = bare.values_list("action").annotate(Count("pk"))
    counts = bare.filter(actor__isnull=False, is_colleague=True).values_list("actor").annotate(times=Count("pk"))
    numbers = bare.aggregate(
        total=Count("pk"),
        people=Count("actor", distinct=True),
        today=Count("pk", filter=Q(at__gte=start_of(day), at__lte=now())),
        this_week=Count("pk", filter=Q(at__gte=since_monday)),
    )
    return Statistics(
        **numbers,
        by_action=dict(sorted(by_action)),
        by_user=_named(viewer.organization_id, list(counts.order_by("-times", "actor")[:MOST])),
        recent=list(entries[:MOST]),
    )


def viewable_members(viewer: Membership) -> "QuerySet[Membership]":
    """Whose entries this rank may see, oneself among them."""
    here = Membership.objects.filter(organization=viewer.organization_id)
    if viewer.role.level != OWNER_LEVEL:
        here = here.filter(Q(user=viewer.user_id) | Q(role__level__gt=viewer.role.level))
    name = Case(When(status__in=SEATED, then=F("user__full_name")), default=F("ended_name"))
    return here.select_related("user").order_by(name, "user")


def _named(organization_id: UUID, counts: list[tuple[UUID, int]]) -> list[dict[str, Any]]:
    """Only members are counted."""
    doers = [user_id for user_id, _ in counts]
    seats = Membership.objects.filter(organization=organization_id, user__in=doers).select_related("user")
    names = {seat.user_id: str(as_known(seat)) for seat in seats}
    return [{"user_id": user_id, "user_name": names[user_id], "count": count} for user_id, count in counts]
