"""What the theme's chart component wants: JSON for Chart.js. Numbers are written the Indian way by the browser."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

INK = "#8b9aa8"  # between the texts of the light and the dark theme
STRONG, LIGHT = "var(--color-primary-600)", "var(--color-primary-300)"
RUPEES = {"style": "currency", "currency": "INR", "notation": "compact", "maximumFractionDigits": 1}


def chart_options(*, is_money: bool = False) -> str:
    """Given whole, for it replaces the theme's own."""
    ticks: dict[str, Any] = {"color": INK, "maxTicksLimit": 5, "precision": 0}
    legend = {"boxWidth": 6, "boxHeight": 6, "usePointStyle": True, "pointStyle": "circle", "color": INK}
    return json.dumps(
        {
            "locale": "en-IN",
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "maxBarThickness": 26,
            "interaction": {"mode": "index", "intersect": False},
            "plugins": {"legend": {"display": is_money, "align": "end", "labels": legend}},
            "scales": {
                "x": {
                    "stacked": True,
                    "border": {"display": False},
                    "grid": {"display": False},
                    "ticks": {"color": INK, "maxRotation": 0, "autoSkipPadding": 12},
                },
                "y": {
                    "stacked": True,
                    "beginAtZero": True,
                    "border": {"display": False, "dash": [3, 4]},
                    "grid": {"tickLength": 0},
                    "ticks": {**ticks, **({"format": RUPEES} if is_money else {})},
                },
            },
        }
    )


def bars(labels: Iterable[str], heights: Mapping[str, Iterable[float]]) -> str:
    """Bars on one another; the first at the foot."""
    colours = (STRONG, LIGHT)
    datasets = [
        {"label": name, "data": list(values), "backgroundColor": colour, "borderRadius": 3}
        for (name, values), colour in zip(heights.items(), colours, strict=False)
    ]
    return json.dumps({"labels": list(labels), "datasets": datasets})
