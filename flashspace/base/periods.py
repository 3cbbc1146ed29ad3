"""Stretches of Indian days, and what they are cut into for a chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import DateTimeField, Expression
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from flashspace.base.clock import INDIA, add_months, start_of

DAY = timedelta(days=1)
MOST_DAYS_BY_DAY, MOST_DAYS_BY_WEEK = 31, 120


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def begin(self, day: date) -> date:
        """The first day of the unit that `day` is in; weeks begin on Monday."""
        if self is Unit.MONTH:
            return day.replace(day=1)
        return day - timedelta(days=day.weekday()) if self is Unit.WEEK else day

    def after(self, first: date) -> date:
        """The first day of the next one."""
        if self is Unit.MONTH:
            return add_months(first, 1)
        return first + timedelta(days=7 if self is Unit.WEEK else 1)

    def cut(self, field: str) -> Expression:
        """The instant at which the Indian unit of `field` begins, for grouping in SQL."""
        cut = {Unit.DAY: TruncDay, Unit.WEEK: TruncWeek, Unit.MONTH: TruncMonth}[self]
        return cut(field, tzinfo=INDIA, output_field=DateTimeField())


@dataclass(frozen=True)
class Span:
    """From `first_on` to `last_on`, both included."""

    first_on: date
    last_on: date

    @property
    def begins_at(self) -> datetime:
        return start_of(self.first_on)

    @property
    def ends_at(self) -> datetime:
        """The instant after it."""
        return start_of(self.last_on + DAY)

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    @property
    def unit(self) -> Unit:
        """What a chart of it shows: at most some thirty bars."""
        if self.days <= MOST_DAYS_BY_DAY:
            return Unit.DAY
        return Unit.WEEK if self.days <= MOST_DAYS_BY_WEEK else Unit.MONTH

    def parts(self, unit: Unit) -> Iterator[tuple[date, "Span"]]:
        """Its units in order: the day each begins on, and the part of it that is inside."""
        first = unit.begin(self.first_on)
        while first <= self.last_on:
            after = unit.after(first)
            yield first, Span(max(first, self.first_on), min(after - DAY, self.last_on))
            first = after
