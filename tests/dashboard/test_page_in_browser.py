"""The desk in a real browser, under its content policy: charts are drawn, nothing complains, nothing is too wide."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from flashspace.base.clock import now
from tests import chromium
from tests.dashboard.rows import put_booking, put_case, put_invoice, put_person
from tests.factories.listings import SpaceFactory

# How many points of a chart are not empty.
DRAWN = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _noon() -> None:
    """Real time: the browser's cookies have it."""


def test_desk_and_welcome_page_work_in_light_and_dark_and_on_a_phone(
    live_server: Any, browser: Any, client: Client
) -> None:
    for back in range(0, 300, 30):
        put_invoice(now() - timedelta(days=back), "1234567.50", "222222.15")
    put_case(now() - timedelta(days=3))
    put_booking(now(), space=SpaceFactory(total_seats=9, plans=(), name="A space with quite a long name " * 4), seats=3)
    put_person(now())
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    for scheme, size in (("light", chromium.WIDE), ("dark", chromium.WIDE), ("light", chromium.PHONE)):
        context = browser.new_context(color_scheme=scheme, viewport=size)
        context.add_cookies([{**cookie, "url": live_server.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said, to=complaints: to.append(said.text))
        page.on("pageerror", lambda error, to=complaints: to.append(str(error)))
        page.goto(f"{live_server.url}/admin/")
        page.wait_for_selector(".desk canvas")
        assert page.eval_on_selector_all("canvas", f"all => all.map({DRAWN})") == [True, True]
        assert page.locator("html.dark").count() == (scheme == "dark")
        page.click("text=7 days")
        page.wait_for_url("**?range=7d")
        assert _width(page) == size["width"]
        page.goto(f"{live_server.url}/")
        assert _width(page) == size["width"]
        assert complaints == []
        context.close()


def test_custom_days_are_chosen_by_hand(live_server: Any, browser: Any, client: Client) -> None:
    put_invoice(now())
    context = browser.new_context(viewport=chromium.WIDE)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/")
    page.fill("input[name=from]", "05/01/2026")
    page.fill("input[name=to]", "07/02/2026")
    page.click("text=Show")
    page.wait_for_selector("text=5 Jan 2026 – 7 Feb 2026")


def _width(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
