"""The admin's first page."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime

from flashspace.base.clock import now, today
from flashspace.dashboard import cards
from flashspace.dashboard.figures import Board, read_board, read_waiting, visible_queues
from flashspace.dashboard.ranges import CUSTOM, PRESETS, Choice, choose


def fill_index(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Called by the theme: the page's context with the figures that the reader may see."""
    choice = choose(request.GET.dict(), today())
    queues = visible_queues(request)
    board = read_board(request, choice.span)
    return {
        **context,
        "title": "Desk",
        "waiting": cards.waiting_cards(queues, read_waiting(queues), now()),
        "range": _range_context(choice),
        "as_of": date_format(localtime(board.at), "j M Y, H:i"),
        **_cards_of(board, choice),
    }


def _cards_of(board: Board, choice: Choice) -> dict[str, Any]:
    span = choice.span
    return {
        "money": cards.money_card(board.takings, span) if board.takings is not None else None,
        "newcomers": cards.newcomers_card(board.cohorts, span) if board.cohorts is not None else None,
        "funnel": cards.funnel_rows(board.cohorts, span) if board.cohorts is not None and board.has_funnel else None,
        "occupancy": cards.occupancy_card(board.occupancy) if board.occupancy is not None else None,
    }


def _range_context(choice: Choice) -> dict[str, Any]:
    return {
        "presets": [
            {"title": preset.title, "link": f"?range={name}", "active": name == choice.name}
            for name, preset in PRESETS.items()
        ],
        "is_custom": choice.name == CUSTOM,
        "label": cards.span_label(choice.span),
        "unit": choice.span.unit.value,
        "first": date_format(choice.span.first_on, "d/m/Y"),
        "last": date_format(choice.span.last_on, "d/m/Y"),
        "notice": choice.notice,
    }
