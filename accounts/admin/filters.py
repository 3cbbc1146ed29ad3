"""Filters of the staff's lists that say the same as the figures that link to them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RadioFilter, RangeDateFilter
from unfold.utils import parse_date_str

from accounts.journey import Step, known_steps, reached
from accounts.models import User
from flashspace.base.clock import start_of
from flashspace.base.periods import DAY

FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


class DayRangeFilter(RangeDateFilter):
    """Indian days, both included; the theme's own ends at the midnight before the last."""

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any] | None":
        if not isinstance(self.field, DateTimeField):
            return super().queryset(request, queryset)
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": start_of(first)})
        if last:
            queryset = queryset.filter(**{f"{self.field_path}__lt": start_of(last + DAY)})
        return queryset

    def _day(self, end: str) -> date | None:
        day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}"))
        return min(max(day, FIRST), LAST) if day else None


class JourneyFilter(RadioFilter):
    """How far a customer came: the steps of the dashboard's funnel."""

    title = "came as far as"
    parameter_name = "reached"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(step.value, str(step.label)) for step in known_steps()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[User]") -> "QuerySet[User]":
        return queryset.filter(reached(Step(self.value()))) if self.value() in known_steps() else queryset
