"""The crawl shown to find what it looks for: pages with a fault each, served by a small real server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests import chromium
from tests.nets.crawl import Crawl, Limits, Person

pytestmark = [pytest.mark.net, pytest.mark.browser, pytest.mark.embedded]

SECRET = "5f4dcc3b5aa765d61d8327deb882cf99"
POLICY = "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
SCRIPTS = {
    "/admin/complains.js": "console.error('no such thing')",
    "/admin/breaks.js": "undefined_thing()",
    "/admin/dialog.js": """document.querySelector('[hx-get]').addEventListener('click', event => {
        event.preventDefault(); document.querySelector('#dialog').hidden = false; });""",
}
ASK = "<a href='/admin/ask/' hx-get='/admin/ask/'>Ask</a>"
# The body of /admin/plant/, and what the crawl must say of it.
PLANTS = {
    "inline script": ("<script>document.title = 'mine'</script>", "Executing inline script violates"),
    "strange script": ("<script src='https://elsewhere.example/a.js'></script>", "violates the following Content"),
    "console error": ("<script src='/admin/complains.js'></script>", "console: no such thing"),
    "broken script": ("<script src='/admin/breaks.js'></script>", "script: undefined_thing is not defined"),
    "missing picture": ("<img src='/admin/nothing.png' alt='nothing'>", "/admin/nothing.png answered 404"),
    "tuple": ("<p>('pending', 'Pending')</p>", "a tuple, list or dict: ('pending', 'Pending')"),
    "empty value": ("<p>None</p>", "an empty value: None"),
    "object": ("<p>&lt;accounts.models.User object at 0x7f&gt;</p>", "a Python object: "),
    "raw status": ("<p>pending_kyc</p>", "an untranslated value: pending_kyc"),
    "markup as text": ("<p>&lt;b&gt;Paid&lt;/b&gt;</p>", "markup: <b>Paid</b>"),
    "American date": ("<p>Nov. 21, 2026</p>", "an American date: Nov. 21, 2026"),
    "American days": ("<p>11/21/2026</p>", "an American date: 11/21/2026"),
    "filled field": ("<input aria-label='Until' value='11/21/2026'>", "an American date: 11/21/2026"),
    "browser's day": ("<input type='date' aria-label='Until'>", "a day as the browser's language has it: <input"),
    "machine's time": ("<p>2026-11-21T09:30:00+00:00</p>", "a machine's time: 2026-11-21T09:30"),
    "foreign commas": ("<p>₹1,234,567</p>", "money without Indian commas: ₹1,234,567"),
    "hash": (f"<p data-x='{SECRET}'>x</p>", "a secret of the database stands in it: 5f4dcc…"),
    "token": ("<p>eyJhbGciOiJIUzI1.eyJ1c2VySWQiOiIx.c2lnbmF0dXJlLXg</p>", "a token stands in it"),
    "password": ("<p>argon2id$v=19$m=19456</p>", "a password's hash stands in it"),
    "blind picture": ("<img src='/admin/ok.svg'>", "a picture without words: <img"),
    "nameless field": ("<form><input name='q'></form>", "a field without a label: <input"),
    "too wide": ("<pre style='width: 700px'>wide</pre>", "it scrolls sideways: 7"),
    "dead dialog": (ASK, "dialog /admin/ask/: it does not open"),
    "dialog that stays": (
        f"{ASK}<div id='dialog' hidden><form></form></div><script src='/admin/dialog.js'></script>",
        "dialog /admin/ask/: it does not open and close",
    ),
    "link out of reach": ("<a href='/admin/secret/'>Secret</a>", "it leads to /admin/secret/, which is not for them"),
    "dead link": ("<a href='/admin/broken/'>Broken</a>", "/admin/broken/: it answered 500"),
    "dead file": ("<a target='_blank' href='/admin/gone.pdf'>File</a>", "the file /admin/gone.pdf answered 404"),
}

OPEN_SECRET = "Somebody gets into /admin/secret/: 200"  # the plant that is always there


class Pages(BaseHTTPRequestHandler):
    body = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in SCRIPTS:
            self._answer(200, SCRIPTS[path], "text/javascript")
        elif path == "/admin/ok.svg":
            self._answer(200, "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
        elif path == "/admin/":
            self._page("<a href='/admin/plant/'>The plant</a>")
        elif path in ("/admin/plant/", "/admin/secret/"):
            self._page(self.body)
        else:
            self._answer(500 if path == "/admin/broken/" else 404, "no", "text/plain")

    def _page(self, body: str) -> None:
        head = "<meta name='viewport' content='width=device-width'><title>A page | Desk</title>"
        head += "<link rel='icon' href='/admin/ok.svg'>"
        self._answer(200, f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>", "text/html")

    def _answer(self, status: int, text: str, kind: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    chromium.skip_without()
    served = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture(scope="module")
def browser(server: str) -> Iterator[Any]:
    with chromium.start() as started:
        yield started


def crawl_with(server: str, browser: Any, body: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(Pages, "body", body)
    monkeypatch.setattr("tests.nets.crawl.DIALOG_MILLISECONDS", 400)
    context = browser.new_context(viewport=chromium.WIDE)
    person = Person("Somebody", context.new_page(), reaches=lambda path: path != "/admin/secret/")
    crawl = Crawl(server, limits=Limits(9, 1, 1), view_of=lambda path: path, secrets=[SECRET])
    found = [*crawl.walk(person), *crawl.knock(person, {"/admin/secret/": "", "/admin/plant/": ""})]
    context.close()
    return found


def test_page_without_a_fault_is_left_in_peace(server, browser, monkeypatch):
    whole = "<form><label>Name <input name='q'></label></form><p>₹12,34,567 on 21 Nov 2026, None of it is odd</p>"
    assert crawl_with(server, browser, whole, monkeypatch) == [OPEN_SECRET]


@pytest.mark.parametrize("name", PLANTS)
def test_each_plant_is_found(server, browser, monkeypatch, name):
    body, words = PLANTS[name]
    found = crawl_with(server, browser, body, monkeypatch)
    assert [one for one in found if words in one], found


def test_page_that_says_a_name_which_is_not_theirs_is_found(server, browser, monkeypatch):
    monkeypatch.setattr(Pages, "body", "<p>Asha Iyer</p>")
    context = browser.new_context()
    person = Person("Somebody", context.new_page(), reaches=lambda path: False)
    crawl = Crawl(server, limits=Limits(1, 1, 1), view_of=lambda path: path)
    found = list(crawl.knock(person, {"/admin/secret/": "Asha Iyer", "/admin/gone.pdf": "Asha Iyer"}))
    context.close()
    assert found == [OPEN_SECRET, "Somebody reads 'Asha Iyer' at /admin/secret/"]
