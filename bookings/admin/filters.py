"""Filters that ask an index, and never the bookings which values there are."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from bookings.enums import BookingStatus
from bookings.models import Booking


class PapersFilter(admin.SimpleListFilter):
    """As the index over active bookings without their papers has it."""

    title = "documents"
    parameter_name = "papers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("missing", "Missing")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        if self.value() != "missing":
            return queryset
        return queryset.filter(status=BookingStatus.ACTIVE, documents_issued_at=None)
