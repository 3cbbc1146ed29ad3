"""Figures as they are written and where each of them leads: the list of the very rows behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince

from accounts.journey import CUSTOMERS, Step
from accounts.models import User
from accounts.selectors.figures import Cohort
from billing.enums import InvoiceStatus
from billing.models import Invoice
from billing.selectors.figures import Takings
from bookings.models import Booking
from bookings.selectors.figures import CityOccupancy, Occupancy, SpaceOccupancy
from flashspace.base.money import format_rupees, group_digits
from flashspace.base.periods import Span, Unit
from flashspace.base.queues import Queue, Waiting
from flashspace.dashboard.charts import bars, chart_options
from listings.models import Space


@dataclass(frozen=True)
class Figure:
    """`count` rows stand behind `url`."""

    title: str
    count: int
    url: str

    @property
    def text(self) -> str:
        return group_digits(self.count)


@dataclass(frozen=True)
class WaitingCard:
    figure: Figure
    icon: str
    since: str


@dataclass(frozen=True)
class MoneyRow:
    figure: Figure
    net: str
    gst: str
    total: str


@dataclass(frozen=True)
class FunnelRow:
    """`width`: percent of everybody who signed up; `rate`: of those who came to the step before."""

    figure: Figure
    width: int
    rate: int | None


@dataclass(frozen=True)
class SeatsRow:
    figure: Figure
    place: str
    page: str
    taken: str
    seats: str
    percent: int | None


def list_url(model: type[Model], query: Mapping[str, Any] | str = "") -> str:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    text = query if isinstance(query, str) else urlencode(query, safe=",")
    return f"{url}?{text}" if text else url


def waiting_cards(queues: list[Queue], waiting: Mapping[str, Waiting], at: datetime) -> list[WaitingCard]:
    """Queues in which nobody waits come last."""
    cards = []
    for queue in queues:
        rows = waiting[queue.name]
        figure = Figure(queue.title, rows.count, list_url(queue.rows.model, queue.query))
        since = timesince(rows.oldest_at, at, depth=1) if rows.oldest_at else ""
        cards.append(WaitingCard(figure, queue.icon, since))
    return sorted(cards, key=lambda card: not card.figure.count)


def days_of(span: Span, field: str) -> dict[str, str]:
    return {f"{field}_from": span.first_on.isoformat(), f"{field}_to": span.last_on.isoformat()}


def part_label(part: Span, unit: Unit) -> str:
    if unit is Unit.MONTH:
        return date_format(part.first_on, "M Y")
    first, last = date_format(part.first_on, "j M"), date_format(part.last_on, "j M")
    return first if unit is Unit.DAY or part.days == 1 else f"{first} – {last}"


def span_label(span: Span) -> str:
    first, last = (date_format(day, "j M Y") for day in (span.first_on, span.last_on))
    return first if span.days == 1 else f"{first} – {last}"


def money_card(takings: tuple[Takings, ...], span: Span) -> dict[str, Any]:
    labels = [part_label(one.span, span.unit) for one in takings]
    whole = Takings(
        span,
        sum((one.net for one in takings), Decimal(0)),
        sum((one.gst for one in takings), Decimal(0)),
        sum(one.count for one in takings),
    )
    heights = {"Net": [float(one.net) for one in takings], "GST": [float(one.gst) for one in takings]}
    return {
        "rows": [_money_row(label, one) for label, one in zip(labels, takings, strict=True) if one.count],
        "whole": _money_row("Together", whole),
        "chart": bars(labels, heights),
        "options": chart_options(is_money=True),
    }


def _money_row(title: str, one: Takings) -> MoneyRow:
    query = {"status__exact": InvoiceStatus.PAID.value, **days_of(one.span, "paid_at")}
    figure = Figure(title, one.count, list_url(Invoice, query))
    return MoneyRow(figure, format_rupees(one.net), format_rupees(one.gst), format_rupees(one.total))


def newcomers_card(cohorts: tuple[Cohort, ...], span: Span) -> dict[str, Any]:
    labels = [part_label(one.span, span.unit) for one in cohorts]
    counts = [one.counts[Step.SIGNED_UP] for one in cohorts]
    figures = [
        Figure(label, count, _newcomers_url(one.span))
        for label, count, one in zip(labels, counts, cohorts, strict=True)
    ]
    return {
        "figures": [figure for figure in figures if figure.count],
        "whole": Figure("New customers", sum(counts), _newcomers_url(span)),
        "chart": bars(labels, {"New customers": counts}),
        "options": chart_options(),
    }


def _newcomers_url(span: Span) -> str:
    return list_url(User, {"is_staff__exact": 0, "role__in": ",".join(CUSTOMERS), **days_of(span, "created_at")})


def funnel_rows(cohorts: tuple[Cohort, ...], span: Span) -> list[FunnelRow]:
    rows: list[FunnelRow] = []
    for step in cohorts[0].counts:
        count = sum(one.counts[step] for one in cohorts)
        url = list_url(User, {"reached": step.value, **days_of(span, "created_at")})
        first, before = (rows[0].figure.count, rows[-1].figure.count) if rows else (count, None)
        rate = percent(count, before) if before is not None else None
        rows.append(FunnelRow(Figure(str(step.label), count, url), percent(count, first) or 0, rate))
    return rows


def percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def occupancy_card(occupancy: Occupancy) -> dict[str, Any]:
    return {
        "cities": [_city_row(one) for one in occupancy.cities],
        "fullest": [_space_row(one) for one in occupancy.fullest],
        "emptiest": [_space_row(one) for one in occupancy.emptiest],
    }


def _city_row(one: CityOccupancy) -> SeatsRow:
    figure = Figure(one.city, one.bookings, list_url(Booking, {"staying": "today", "city": one.key}))
    return SeatsRow(
        figure,
        "",
        list_url(Space, {"city": one.key, "status__exact": "approved"}),
        group_digits(one.taken),
        group_digits(one.seats),
        percent(one.taken, one.seats),
    )


def _space_row(one: SpaceOccupancy) -> SeatsRow:
    return SeatsRow(
        Figure(one.name, one.bookings, list_url(Booking, {"staying": "today", "space__id__exact": one.id})),
        one.city,
        space_url(one.id),
        group_digits(one.taken),
        group_digits(one.seats),
        percent(one.taken, one.seats),
    )


def space_url(id: UUID) -> str:
    return reverse("admin:listings_space_change", args=[id])
