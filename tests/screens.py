"""The pictures of docs/images, taken anew from the demo data at one moment: python -m tests.screens [directory]"""

import io
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from PIL import Image

from flashspace.env.names import ROOT
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.live import Server

NOON = "2026-11-21T09:34:00Z"  # 3:04 pm in India
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 300_000
DESK, LONG, LONGEST, PHONE = (1440, 960), (1440, 1500), (1440, 2250), (390, 844)
CUSTOMER, PASSWORD = "rohan@example.com", "demo-passw0rd"
FIRST_ROW = "#result_list a[href*='/change/'] >> nth=0"


def nothing(page: Any) -> None:
    pass


def when_papers_are_there(page: Any) -> None:
    """The agreements of the demo are drawn after its first second."""
    for _ in range(120):
        waiting = page.locator(".desk-waiting a[href*='papers=missing'] .desk-number").first.inner_text()
        if waiting.strip() == "0":
            return
        time.sleep(1)
        page.reload()
    raise AssertionError("bookings are still without papers")


def first_row(page: Any) -> None:
    page.click(FIRST_ROW)
    page.wait_for_url("**/change/**")


def first_paper(page: Any) -> None:
    first_row(page)
    page.keyboard.press("j")
    page.locator("[data-paper].is-open img, [data-paper].is-open iframe").first.wait_for()


def first_part(page: Any) -> None:
    page.locator(".opblock-tag").first.click()
    page.locator(".opblock").first.wait_for()


class Picture(NamedTuple):
    name: str
    path: str
    steps: Callable[[Any], None] = nothing
    size: tuple[int, int] = DESK
    scheme: str = "light"
    colours: int = 128


PICTURES = (
    Picture("dashboard", "/admin/", when_papers_are_there, LONGEST),
    Picture("dashboard-dark", "/admin/", scheme="dark"),
    Picture("kyc-case", "/admin/accounts/kycprofile/?status__exact=pending", first_paper, colours=256),
    Picture("kyc-case-phone", "/admin/accounts/kycprofile/?status__exact=pending", first_paper, PHONE, colours=256),
    Picture("listing-difference", "/admin/listings/spacerevision/?status__exact=pending", first_row),
    Picture("booking", f"/admin/bookings/booking/?status__exact=active&q={CUSTOMER}", first_row, LONG),
    Picture("customer", f"/admin/accounts/user/?q={CUSTOMER}", first_row, LONGEST),
    Picture("welcome", "/"),
    Picture("api-reference", "/api/docs", first_part),
)


def main(directory: Path) -> int:
    from playwright.sync_api import sync_playwright

    directory.mkdir(parents=True, exist_ok=True)
    too_large = []
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        settings = {"PUBLIC_URL": "https://flashspace.example", "ALLOWED_HOSTS": "127.0.0.1", "RATE_LIMITS": "off"}
        with Server(Path(data), prepare=True, program=("-m", "tests.frozen", NOON), **settings) as server:
            cookies = sign_in(server)
            sign_in_a_customer(server)
            for picture in PICTURES:
                size = save(take(browser, server, cookies, picture), directory / f"{picture.name}.png", picture.colours)
                print(f"{picture.name}.png: {size // 1024} kB", flush=True)
                too_large += [picture.name] if size > MOST_BYTES else []
        browser.close()
    if too_large:
        print(f"larger than {MOST_BYTES // 1000} kB: {', '.join(too_large)}")
    return 1 if too_large else 0


def sign_in(server: Server) -> dict[str, str]:
    """By hand: to a browser's clock, the cookies of that moment are over."""
    staff = json.loads((server.data / "staff.json").read_text(encoding="utf-8"))
    page = httpx.get(f"{server.url}/admin/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None, page.text[:500]
    cookies = _cookies(page)
    form = {
        "username": staff["email"],
        "password": staff["password"],
        "next": "/admin/",
        "csrfmiddlewaretoken": token[1],
    }
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Origin": server.url}
    answer = httpx.post(f"{server.url}/admin/login/", data=form, headers=headers)
    assert answer.status_code == 302, answer.text[:500]
    return cookies | _cookies(answer)


def sign_in_a_customer(server: Server) -> None:
    """For the page that tells of it."""
    device = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    form = {"email": CUSTOMER, "password": PASSWORD}
    answer = httpx.post(f"{server.url}/api/auth/login", json=form, headers={"User-Agent": device})
    assert answer.status_code == 200, answer.text[:500]


def _cookies(answer: httpx.Response) -> dict[str, str]:
    jar = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return {name: morsel.value for name, morsel in jar.items()}


def take(browser: Any, server: Server, cookies: dict[str, str], picture: Picture) -> bytes:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=picture.scheme,
        locale="en-IN",
        timezone_id="Asia/Kolkata",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    page = context.new_page()
    page.goto(server.url + picture.path)
    picture.steps(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)  # charts grow
    taken: bytes = page.screenshot()
    context.close()
    return taken


def save(content: bytes, path: Path, colours: int) -> int:
    """Few colours: a page is text on a ground. Returns how many bytes it takes."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if sys.argv[1:] else IMAGES))
