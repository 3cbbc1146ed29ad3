"""In a browser: the whole way through Google, to the page that ends it where no front end stands before the server."""

import pytest

from accounts.models import Session, User
from tests.accounts.test_rento_google import BEGIN, _peer, peer

__all__ = ["_peer", "peer"]

EMAIL = "user@gmail.com"


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
def test_a_person_who_comes_from_google_is_signed_in_and_the_address_tells_nothing(
    live_server, browser, peer, settings
):
    page = browser.new_page()
    settings.PUBLIC_URL = settings.FRONTEND_URL = live_server.url
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))

    page.goto(f"{live_server.url}{BEGIN}")
    page.get_by_text("You are signed in as John Doe").wait_for()
    assert page.url == f"{live_server.url}/auth/success"
    [cookie] = [one for one in page.context.cookies() if one["name"] == "token"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert page.evaluate("document.cookie") == ""
    assert User.objects.get().email == EMAIL
    chosen = page.evaluate(
        """fetch("/api/user/select-role", {method: "POST", headers: {"Content-Type": "application/json"},
        body: '{"role": "Landlord"}'}).then((answer) => answer.status)"""
    )
    assert chosen == 200, "the cookie and the page's origin are enough"
    assert Session.objects.count() == 1
    assert problems == []

    page.goto(f"{live_server.url}/auth/success?code=rubbish")
    page.get_by_text("Please begin again").wait_for()
