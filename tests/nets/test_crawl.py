"""The desk as each group of staff finds it in a browser: every page opens, nothing complains, nothing is misplaced."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.contrib import admin

from tests import chromium
from tests.live import START_SECONDS, Server, manage
from tests.nets import crawl_staff
from tests.nets.cells import UNKNOWN, path_of
from tests.nets.crawl import Crawl, Limits, Person
from tests.nets.crawl_page import check, check_on_a_phone, read
from tests.nets.table import PAGES
from tests.nets.world import STAFF

pytestmark = [
    pytest.mark.net,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.embedded,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
]

ROW = re.compile(r"/[0-9a-f-]{36}/")
FULL_RATE = 20  # of `make nets`: there everybody opens every kind of page that a link leads them to
LIMITS = {"RATE_LIMITS": "off"}  # seven people from one address, faster than any person clicks
UNKNOWN_LINK = "?token=nobody-has-it&code=nobody-has-it"
REFUSAL = re.compile(r"/api/.* answered 40[04]$|status of 40[04] ")
AS_A_BROWSER = {"Accept": "text/html,*/*;q=0.8"}
PLANT = """
from django.contrib.auth.models import Group, Permission
Group.objects.get(name="Content").permissions.{verb}(Permission.objects.get(codename="view_auditentry"))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    chromium.skip_without()
    data = tmp_path_factory.mktemp("crawl")
    with Server(data, prepare=True, **LIMITS) as running:
        httpx.post(f"{running.url}/api/auth/forgot-password", json={"email": "asha@example.com"})
        yield running


@pytest.fixture(scope="module")
def keys(server: Server) -> dict[str, str]:
    """Of authenticators, by whose they are; with them there is somebody of each group."""
    return crawl_staff.add_staff(server, **LIMITS)


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Any]:
    with chromium.start() as started:
        yield started


def test_desk_is_whole_for_each_group_and_shows_it_nothing_else(
    server: Server, browser: Any, keys: dict[str, str], net_rate: int
) -> None:
    limits = Limits(pages=10 * net_rate, each=min(net_rate, 3), dialogs=min(net_rate, 2))
    secrets = list(crawl_staff.secrets_of(server.data / "db.sqlite3"))
    crawl = Crawl(server.url, limits=limits, view_of=crawl_staff.view_of, secrets=secrets)
    found: list[str] = []
    people: list[Person] = []
    for name in STAFF:
        people.append(crawl_staff.person(browser, server, name, keys.get(name, "")))
        found += crawl.walk(people[-1])
        found += use_the_frame(people[-1])
        if name == "Support":
            found += crawl_staff.look_as(people[-1], server.url, "asha@example.com", secrets)
    superuser = people[-1]
    rows = {path: superuser.titles.get(path, "") if ROW.search(path) else "" for path in _met(people)}
    for one in people:
        found += crawl.knock(one, rows)
        one.page.context.close()
    assert not found, "\n".join(found)
    assert crawl.opened >= 60
    if net_rate >= FULL_RATE:
        assert {one.name: one.left_out for one in people if one.left_out} == {}
        assert {one.name: lists for one in people if (lists := _lists_of(one) - one.opened)} == {}


def _lists_of(person: Person) -> set[str]:
    """Of every model that the table of desks opens to them, whether the menu leads there or not."""
    models = [model._meta for model in admin.site._registry]
    return set(filter(person.reaches, (f"/admin/{one.app_label}/{one.model_name}/" for one in models)))


def _met(people: list[Person]) -> list[str]:
    """One address of each kind that anybody was led to."""
    return list({view: path for person in people for view, path in person.met.items()}.values())


def use_the_frame(person: Person) -> Iterator[str]:
    """The palette finds or says that it does not; the theme turns dark and stays so."""
    page = person.page
    person.heard.clear()
    page.goto(page.url.partition("/admin/")[0] + "/admin/")
    page.locator("body").press("Control+k")
    page.click("#search-input-command")
    page.keyboard.type("asha")
    page.locator("#command-results-list li").first.wait_for()
    page.keyboard.press("Escape")
    page.eval_on_selector("a[x-on\\:click*=dark]", "button => button.click()")
    page.reload()
    if not page.locator("html.dark").count():
        yield f"{person.name}: the dark theme does not last"
    yield from (f"{person.name} in the dark: {one}" for one in [*check_on_a_phone(page), *person.heard])


def test_right_too_many_is_found(server: Server, browser: Any, keys: dict[str, str]) -> None:
    """A plant: the catalogue's people are let into the audit log."""
    manage("shell", "-c", PLANT.format(verb="add"), DATA_DIR=str(server.data))
    crawl = Crawl(server.url, limits=Limits(1, 1, 0), view_of=crawl_staff.view_of)
    somebody = crawl_staff.person(browser, server, "Content")
    found = [*crawl.walk(somebody), *crawl.knock(somebody, {"/admin/accounts/auditentry/": "", "/admin/": ""})]
    manage("shell", "-c", PLANT.format(verb="remove"), DATA_DIR=str(server.data))
    assert found == [
        "Content at /admin/: it leads to /admin/accounts/auditentry/, which is not for them",
        "Content gets into /admin/accounts/auditentry/: 200",
    ]


def test_plain_pages_are_whole_for_a_visitor(server: Server, browser: Any) -> None:
    found = []
    for path in public_pages(server.url):
        page = browser.new_context(viewport=chromium.WIDE, extra_http_headers=AS_A_BROWSER).new_page()
        heard = chromium.listen(page)
        answer = page.goto(server.url + path)
        found += [f"{path}: {one}" for one in (*check(read(page)), *check_on_a_phone(page))]
        if page.locator("#outcome").count():  # a mailed link that nobody has, and the page says so
            press(page)
            page.locator("#outcome.bad").wait_for()
            found += [f"{path} at its end: {one}" for one in (*check(read(page)), *check_on_a_phone(page))]
            heard = [one for one in heard if not REFUSAL.search(one)]
        heard = [one for one in heard if "the server responded with a status of 404" not in one or answer.status != 404]
        found += [f"{path}: {one}" for one in heard]
        if answer.status >= 500:
            found.append(f"{path}: {answer.status}")
        page.context.close()
    assert found == []


def public_pages(url: str) -> list[str]:
    """Every page of the table that is one for people, whatever somebody adds to it."""
    listed = sorted({path_of(row, UNKNOWN.get(row.thing, UNKNOWN[""])) for row in PAGES})
    with httpx.Client(base_url=url, headers=AS_A_BROWSER, follow_redirects=True, timeout=START_SECONDS) as client:
        kinds = {path: client.head(path).headers.get("Content-Type", "") for path in listed}
    shown = [path + UNKNOWN_LINK for path, kind in kinds.items() if kind.startswith("text/html")]
    return ["/", *shown, "/admin/login/", "/verify/nothing"]


def press(page: Any) -> None:
    form = page.locator("form:visible:has(~ #outcome)")
    for field in form.locator("input[type=password]").all():
        field.fill(crawl_staff.PASSWORD)
    for button in form.locator("button").all():
        button.click()
