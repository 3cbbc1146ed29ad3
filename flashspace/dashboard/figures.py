"""The desk's figures, remembered for a minute. What somebody may not list is neither counted nor shown to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.admin.pages import staff_of
from accounts.journey import Step, known_steps
from accounts.models import KycProfile, User
from accounts.selectors import figures as people
from accounts.selectors.figures import Cohort
from billing.models import Invoice
from billing.selectors import figures as money
from billing.selectors.figures import Takings
from bookings.models import Booking
from bookings.selectors import figures as stays
from bookings.selectors.figures import Occupancy
from consultants.selectors import figures as advisers
from flashspace import __version__
from flashspace.base.cache import cached
from flashspace.base.clock import now
from flashspace.base.periods import Span
from flashspace.base.queues import Queue, Waiting, count_waiting
from listings.models import Space
from listings.selectors import figures as catalogue

SECONDS = 60
SOURCES = (people, catalogue, stays, money, advisers)
# A card shows rows of these models, so it is for whoever may list them all.
CARDS: Mapping[str, tuple[type[Model], ...]] = {
    "takings": (Invoice,),
    "occupancy": (Booking, Space),
    "newcomers": (User,),
    "funnel": (User, Booking, KycProfile),
}
# Whoever helps a customer lists invoices; what all of them come to is for those who keep the books.
BESIDES: Mapping[str, str] = {"takings": "billing.view_revenue"}


@dataclass(frozen=True)
class Board:
    """None for what the reader may not see."""

    at: datetime
    takings: tuple[Takings, ...] | None
    occupancy: Occupancy | None
    cohorts: tuple[Cohort, ...] | None
    has_funnel: bool


def may_list(request: HttpRequest, *models: type[Model]) -> bool:
    return all(admin.site.get_model_admin(model).has_view_permission(request) for model in models)


def visible_queues(request: HttpRequest) -> list[Queue]:
    return [queue for source in SOURCES for queue in source.list_queues() if may_list(request, queue.rows.model)]


def read_waiting(queues: list[Queue]) -> Mapping[str, Waiting]:
    """By the queue's name. One query a minute for everybody who sees the same queues."""
    names = ",".join(queue.name for queue in queues)
    return cached(_key("waiting", names), SECONDS, lambda: count_waiting(queues))


def read_board(request: HttpRequest, span: Span) -> Board:
    """Three queries a minute for everybody who may see the same cards."""
    cards = [name for name in CARDS if _may_see(request, name)]
    key = _key("board", span.first_on.isoformat(), span.last_on.isoformat(), ",".join(cards))
    return cached(key, SECONDS, lambda: _make_board(span, cards))


def _may_see(request: HttpRequest, card: str) -> bool:
    return may_list(request, *CARDS[card]) and (card not in BESIDES or staff_of(request).has_perm(BESIDES[card]))


def _make_board(span: Span, cards: list[str]) -> Board:
    steps = known_steps() if "funnel" in cards else [Step.SIGNED_UP]
    return Board(
        at=now(),
        takings=money.list_takings(span) if "takings" in cards else None,
        occupancy=stays.measure_occupancy() if "occupancy" in cards else None,
        cohorts=people.list_cohorts(span, steps) if "newcomers" in cards else None,
        has_funnel="funnel" in cards,
    )


def _key(*parts: Any) -> str:
    """With the version: what an older one has stored may have other fields."""
    return ":".join(("desk", __version__, *parts))
