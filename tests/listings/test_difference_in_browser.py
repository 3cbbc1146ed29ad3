"""The approved and the proposed version of a listing, side by side in a real browser, and approved there by keys."""

from typing import Any

import pytest
from django.urls import reverse

from listings.models import Space, SpaceRevision
from listings.services.spaces import update_space
from tests import chromium
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory
from tests.factories.listings import SpaceFactory
from tests.nets.crawl_page import check_on_a_phone

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Any) -> Any:
    return browser.new_context(viewport=chromium.WIDE).new_page()


def test_difference_is_read_and_approved_by_keys(live_server: Any, page: Any) -> None:
    owner = UserFactory(role="owner")
    space = SpaceFactory(owner=owner, description="A quiet office near the station", plans={"gst": 1000})
    changes = {"gst": {"price_text": "₹1,500/month"}}
    values = {"description": "A quiet floor near the station"}
    update_space(space=space, values=values, plans=changes, actor=owner)
    boss = StaffFactory(is_superuser=True)
    chromium.sign_in(page, live_server.url, boss.email, PASSWORD)
    page.wait_for_url("**/admin/")
    heard = chromium.listen(page)
    revision = SpaceRevision.objects.get()
    page.goto(live_server.url + reverse("admin:listings_spacerevision_change", args=[revision.pk]))
    public, proposed = page.locator("del", has_text="office").first, page.locator("ins", has_text="floor").first
    left, right = public.bounding_box(), proposed.bounding_box()
    assert left["x"] < right["x"], "the public one stands on the left"
    assert abs(left["y"] - right["y"]) < 20, "in one line"
    page.get_by_text("₹500 more (+50%)").first.wait_for()
    assert list(check_on_a_phone(page)) == []

    page.locator("body").press("a")
    page.get_by_text("Approve this change?").wait_for()
    page.locator("#dialog [type=submit]:focus").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: str(revision.pk) not in url or "change" in url)
    page.locator("#dialog").wait_for(state="hidden")
    page.wait_for_load_state("networkidle")

    assert Space.objects.get().description == values["description"]
    assert heard == []
