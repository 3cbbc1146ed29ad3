"""Filters that say the same as the desk's figures of occupancy."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RadioFilter

from bookings.models import Booking
from bookings.selectors.figures import list_staying
from listings.admin.spaces import CityFilter


class StayingFilter(RadioFilter):
    title = "seats"
    parameter_name = "staying"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [("today", "Taken today")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Booking]") -> "QuerySet[Booking]":
        return queryset.filter(pk__in=list_staying().values("pk")) if self.value() == "today" else queryset


class SpaceCityFilter(CityFilter):
    """The city of the space as it is now."""

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Booking]") -> "QuerySet[Booking]":  # type: ignore[override]
        return queryset.filter(space__city_key=self.value()) if self.value() else queryset
