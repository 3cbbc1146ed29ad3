"""A case in a real browser: its name and its buttons stay in view, however far one reads, and on a phone too."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import DocumentType
from tests import chromium
from tests.factories.kyc import make_case

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.django_db(transaction=True)]

HEAD = "div:has(> div > #header-inner)"


@pytest.mark.parametrize("size", [chromium.WIDE, chromium.PHONE], ids=["wide", "phone"])
def test_a_case_keeps_its_name_and_buttons_in_view(
    live_server: Any, browser: Any, boss: Client, size: dict[str, int]
) -> None:
    case = make_case(DocumentType.PAN_CARD)
    context = browser.new_context(viewport=size)
    cookies = ((name, one.value) for name, one in boss.cookies.items())
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
    page = context.new_page()
    page.goto(live_server.url + reverse("admin:accounts_kycprofile_change", args=[case.pk]))
    page.add_style_tag(content="#content { min-height: 300vh }")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    head = page.locator(HEAD).bounding_box()
    name = page.locator("h1 > :last-child")

    assert page.evaluate("window.scrollY") > 900
    assert head["y"] == 0
    assert name.is_visible()
    assert name.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.locator(".desk-way").first.is_visible() == (size == chromium.WIDE)
    if size == chromium.PHONE:
        page.locator(f"{HEAD} a:has-text('more_horiz')").click()
    assert page.locator(f"{HEAD} >> text=Approve").is_visible()
