"""Walks every link of the admin in a browser, as somebody, and says what is wrong.

Kinds of pages that this person has not seen before others, pages themselves before lists that are filtered or ordered,
and of those what fewest have seen. A kind is a view, with the name of the one parameter that a filter, a tab or an
order adds; at most `each` pages of a kind are opened.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as TooLate

from tests.chromium import listen
from tests.nets.crawl_page import check, check_on_a_phone, raw_words, read

KEPT_BY_LISTS = ("_changelist_filters", "_facets", "_saved_filters")
DIALOG_MILLISECONDS = 8000
REFUSED = (403, 404)
DIALOG = "#modal-content form, #dialog form"


@dataclass(frozen=True)
class Limits:
    pages: int  # of one person
    each: int  # rows of a kind of page, values of a filter
    dialogs: int  # of one kind, of one person


@dataclass
class Person:
    """Somebody in a browser of their own. `reaches` says whether a path is theirs, whatever the server thinks."""

    name: str
    page: Any
    reaches: Callable[[str], bool]
    heard: list[str] = field(init=False)
    met: dict[str, str] = field(default_factory=dict)  # kind -> the first address of it
    opened: set[str] = field(default_factory=set)  # paths
    left_out: set[str] = field(
        default_factory=set
    )  # kinds of pages to which a link leads and for which no time was left
    told: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)  # address -> what its title says

    def __post_init__(self) -> None:
        self.heard = listen(self.page)


class Crawl:
    def __init__(
        self, base: str, *, limits: Limits, view_of: Callable[[str], str], start: str = "/admin/", secrets: Any = ()
    ) -> None:
        self.base, self.limits, self.start = base, limits, start
        self.view_of, self.secrets, self.raw = view_of, tuple(secrets), raw_words()
        self.seen: Counter[str] = Counter()  # pages of a kind, by anybody
        self.opened = 0

    def walk(self, person: Person) -> Iterator[str]:
        """Findings, as they come."""
        queue, known, mine = [self.start], {self.start}, Counter[str]()
        for _ in range(self.limits.pages):
            queue = [url for url in queue if mine[self.kind(url)] < self.limits.each]
            if not queue:
                break
            url = min(queue, key=lambda one: self._turn(one, mine, queue.index(one)))
            queue.remove(url)
            person.opened.add(urlsplit(url).path)
            mine[self.kind(url)] += 1
            self.seen[self.kind(url)] += 1
            found, links = self.visit(person, url)
            yield from (f"{person.name} at {url}: {one}" for one in found)
            fresh = [one for one in dict.fromkeys(links) if one not in known]
            known.update(fresh)
            queue += fresh
        person.left_out = {self.kind(url) for url in queue if not mine[self.kind(url)] and "?" not in url}

    def _turn(self, url: str, mine: Counter[str], place: int) -> tuple[bool, bool, int, int]:
        kind = self.kind(url)
        return mine[kind] > 0, "?" in url, self.seen[kind], place

    def visit(self, person: Person, url: str) -> tuple[list[str], list[str]]:
        """One page: what is wrong with it, and where it leads."""
        person.heard.clear()
        self.opened += 1
        try:
            answer = person.page.goto(self.base + url)
        except Error as error:
            return [f"it does not open: {error.message.splitlines()[0]}"], []
        if answer is None or answer.status >= 400:
            return [f"it answered {answer.status if answer else 'nothing'}"], []
        if "html" not in answer.headers.get("content-type", ""):
            return list(person.heard), []
        facts = read(person.page)
        person.titles[url] = facts["title"].partition(" | ")[0]
        found = [*check(facts, raw=self.raw, secrets=self.secrets), *check_on_a_phone(person.page)]
        links, dialogs = [], []
        for link in facts["links"]:
            there = self.tidy(person.page.url, link["to"])
            if there is None:
                continue
            found += self._meet(person, there)
            if link["opens_dialog"]:
                dialogs.append(there)
            elif link["is_file"]:
                found += self._fetch(person, there)
            else:
                links.append(there)
        found += self._open_dialogs(person, dialogs)
        return list(dict.fromkeys([*found, *person.heard])), links

    def kind(self, url: str) -> str:
        parts = urlsplit(url)
        return f"{self.view_of(parts.path)}?{parts.query.partition('=')[0]}"

    def tidy(self, page: str, href: str) -> str | None:
        """The address within the admin, with the one parameter that it adds; None for what is not followed."""
        parts = urlsplit(urljoin(page, href))
        is_ours = f"{parts.scheme}://{parts.netloc}" == self.base and parts.path.startswith(self.start)
        if href.startswith("#") or not is_ours:
            return None
        asked = [(name, value) for name, value in parse_qsl(parts.query) if name not in KEPT_BY_LISTS]
        return parts.path + (f"?{urlencode(asked)}" if asked else "") if len(asked) < 2 else None

    def _meet(self, person: Person, url: str) -> Iterator[str]:
        """Told once of each kind: the sidebar is on every page."""
        path = urlsplit(url).path
        if person.met.setdefault(self.view_of(path), path) == path and path not in person.told:
            person.told.add(path)
            if not person.reaches(path):
                yield f"it leads to {path}, which is not for them"

    def _fetch(self, person: Person, url: str) -> Iterator[str]:
        """A file is not opened in the browser, which would keep it."""
        kind = f"{person.name} {self.view_of(urlsplit(url).path)}"
        if self.seen[kind] < self.limits.each and person.reaches(url):
            self.seen[kind] += 1
            answer = person.page.context.request.get(self.base + url)
            if answer.status >= 400:
                yield f"the file {url} answered {answer.status}"

    def _open_dialogs(self, person: Person, urls: list[str]) -> Iterator[str]:
        for url in dict.fromkeys(urls):
            kind = f"{person.name} {self.view_of(url)}"
            if self.seen[kind] < self.limits.dialogs and person.reaches(url):
                self.seen[kind] += 1
                yield from (f"dialog {url}: {one}" for one in self._open_dialog(person.page, url))

    def _open_dialog(self, page: Any, url: str) -> Iterator[str]:
        """Opened by its button, looked at on both widths, and closed without an answer."""
        try:
            page.eval_on_selector(f'a[hx-get$="{url}"]', "button => button.click()")
            page.locator(DIALOG).first.wait_for(timeout=DIALOG_MILLISECONDS)
            yield from check(read(page), raw=self.raw, secrets=self.secrets)
            yield from check_on_a_phone(page)
            page.keyboard.press("Escape")
            page.locator(DIALOG).first.wait_for(state="hidden", timeout=DIALOG_MILLISECONDS)
        except TooLate:
            yield "it does not open and close"

    def knock(self, person: Person, addresses: dict[str, str]) -> Iterator[str]:
        """Every address that is not theirs, typed by hand: nothing opens, and nothing of it is shown."""
        for path, title in addresses.items():
            if person.reaches(path):
                continue
            answer = person.page.context.request.get(self.base + path, max_redirects=0)
            there = urljoin(self.base + path, answer.headers.get("location", ""))
            if answer.status not in REFUSED and not (300 <= answer.status < 400 and self._is_door(there)):
                yield f"{person.name} gets into {path}: {answer.status}"
            if title and title in answer.text():
                yield f"{person.name} reads {title!r} at {path}"

    def _is_door(self, there: str) -> bool:
        return urlsplit(there).path in (self.start, f"{self.start}login/")
