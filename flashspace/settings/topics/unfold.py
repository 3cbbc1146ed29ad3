"""How the admin looks."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "FlashSpace",
    "SITE_HEADER": "FlashSpace",
    "SITE_SUBHEADER": "Operations",
    "SITE_SYMBOL": "apartment",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
}
