"""How the admin looks."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _mark(_request: HttpRequest) -> str:
    return static("flashspace/mark.svg")


def _desk_style(_request: HttpRequest) -> str:
    return static("flashspace/desk.css")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "FlashSpace",
    "SITE_HEADER": "FlashSpace",
    "SITE_SUBHEADER": "Operations",
    "SITE_SYMBOL": "apartment",
    "SITE_URL": "/",
    "SITE_ICON": _mark,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _mark}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
            {"title": "Two-step sign-in", "link": reverse_lazy("admin:second_factor")},
        ]
    },
    "DASHBOARD_CALLBACK": "flashspace.dashboard.page.fill_index",
    "STYLES": [_desk_style],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": "flashspace.dashboard.navigation.sidebar",
    },
    "BORDER_RADIUS": "8px",
    # the brand's green, light to dark
    "COLORS": {
        "primary": {
            "50": "#f0fdfa",
            "100": "#ccfbf1",
            "200": "#99f6e4",
            "300": "#5eead4",
            "400": "#2dd4bf",
            "500": "#14b8a6",
            "600": "#0f766e",
            "700": "#0f766e",
            "800": "#115e59",
            "900": "#134e4a",
            "950": "#042f2e",
        }
    },
}
