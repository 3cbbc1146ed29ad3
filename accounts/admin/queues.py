"""Lists that are worked off: tabs, each with a count that never reads a whole table, and words for an empty one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince

from accounts.admin.pages import label, staff_of
from accounts.models import User
from flashspace.base.clock import now
from flashspace.base.paging import BoundedPaginator

TAB = "tab"
EVERYTHING = "all"
COUNT_UP_TO = 99
# Parameters that say how a list is shown, and do not choose among its rows.
OF_THE_PAGE = {"o", "p", "e", "all", "_changelist_filters"}
AMBER, RED = timedelta(hours=24), timedelta(hours=48)
RECENTLY = timedelta(days=7)
_COUNT = "SELECT count(*) FROM"  # around what the ORM compiled; values stay parameters


@dataclass(frozen=True)
class Tab:
    """`where` chooses the rows for whoever looks. `empty` says what to do when there are none."""

    name: str
    title: str
    where: Callable[[User], Q]
    order: tuple[Any, ...]
    empty: str


def mine(user: User) -> Q:
    return Q(decided_by=user, decided_at__gte=now() - RECENTLY)


class TabFilter(admin.SimpleListFilter):
    """The tab as a filter, so that search, order and paging keep it. Shown above the list, not among the filters."""

    title = "tab"
    parameter_name = TAB
    template = "accounts/admin/queue_tab_field.html"
    tabs: ClassVar[tuple[Tab, ...]] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(tab.name, tab.title) for tab in self.tabs]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(tab_of(request, self.tabs).where(staff_of(request)))


def tab_of(request: HttpRequest, tabs: Iterable[Tab]) -> Tab:
    """The chosen one. Without a choice: the first, or all rows for who searches or filters."""
    by_name = {tab.name: tab for tab in tabs}
    first = next(iter(by_name.values()))
    is_looking_for = any(value for name, value in request.GET.items() if name not in OF_THE_PAGE)
    return by_name.get(request.GET.get(TAB, EVERYTHING if is_looking_for else first.name), first)


class QueuePaginator(BoundedPaginator):
    """Counts no further than anybody leafs."""

    rows_up_to = 1_000


class Queue:
    """Mixin for a ModelAdmin whose list has tabs. `tab_filter` stands in its `list_filter`."""

    tab_filter: ClassVar[type[TabFilter]]
    model: Any
    paginator = QueuePaginator
    change_list_template = "accounts/admin/queue.html"

    @property
    def empty(self) -> str:
        """What every list says when it has no rows; here it is that of the tab with all of them."""
        return next(tab.empty for tab in self.tab_filter.tabs if tab.name == EVERYTHING)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return tab_of(request, self.tab_filter.tabs).order

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        tabs, user = self.tab_filter.tabs, staff_of(request)
        chosen = tab_of(request, tabs)
        counts = count_each(self.model.objects.filter(tab.where(user)) for tab in tabs)
        rows = [(tab, _shown(count), tab == chosen) for tab, count in zip(tabs, counts, strict=True)]
        context = {"queue_tabs": rows, "queue_tab": chosen, **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc]


def count_each(querysets: Iterable[QuerySet[Any]]) -> list[int]:
    """How many rows each has, up to one more than is told, in one statement."""
    parts = [rows.order_by().values("pk")[: COUNT_UP_TO + 1].query.sql_with_params() for rows in querysets]
    counts = ", ".join(f"({_COUNT} ({sql}) AS part_{place})" for place, (sql, _) in enumerate(parts))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _, values in parts for value in values])
        return list(cursor.fetchone())


def _shown(count: int) -> str:
    return f"{COUNT_UP_TO}+" if count > COUNT_UP_TO else str(count)


def waiting_label(since: datetime | None) -> str:
    """How long something waits; amber after a day, red after two."""
    if since is None:
        return "–"
    age = now() - since
    colour = "danger" if age > RED else "warning" if age > AMBER else ""
    return label(timesince(since, now(), depth=1), colour)
