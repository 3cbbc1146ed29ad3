"""A headless Chromium, and what it complains of."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GIVEN_UP = "net::ERR_ABORTED"  # the page was left, or an answer was a file


@contextmanager
def start() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # a second to import, and only here

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def skip_without() -> None:
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI must have Chromium"
        pytest.skip("NO CHROMIUM HERE: nothing was tried in a browser (Debian's package: chromium)")


def listen(page: Any) -> list[str]:
    """Whatever console, scripts and requests of the page complain of, from now on."""
    heard: list[str] = []

    def failed(request: Any) -> None:
        if request.failure != GIVEN_UP:
            heard.append(f"{request.url} failed: {request.failure}")

    def answered(answer: Any) -> None:
        is_part = not answer.request.is_navigation_request()
        if answer.status >= 400 and is_part:
            heard.append(f"{answer.url} answered {answer.status}")

    page.on(
        "console", lambda said: heard.append(f"console: {said.text}") if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.on("requestfailed", failed)
    page.on("response", answered)
    return heard


def sign_in(page: Any, url: str, email: str, password: str) -> None:
    """Through the form; the second step, where there is one, is what comes next."""
    page.goto(f"{url}/admin/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_load_state()
