"""From the mail to the seat, in a browser."""

import os

import pytest
from django.test import Client

from accounts.models import Membership, User
from accounts.services.invitations import invite
from tests.factories.accounts import UserFactory
from tests.factories.organizations import make_organization
from tests.organizations.calls import invitation_token_of, owner

EMAIL = "jane@example.com"
SHOTS = os.environ.get("SHOTS", "")  # a directory, for whoever wants to look


def test_the_page_opens_with_any_token_tells_nobody_and_changes_nothing():
    answer = Client().get("/invitation?token=s3cret")
    assert answer.status_code == 200
    assert "s3cret" not in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-cache" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert Client().post("/invitation").status_code == 405


@pytest.fixture(params=[("light", 1200), ("dark", 390)], ids=["light", "dark and narrow"])
def page(request, browser):
    scheme, width = request.param
    return browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
def test_people_join_by_the_link_of_their_mail(live_server, page, settings, monkeypatch):
    settings.FRONTEND_URL = live_server.url
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    acme = make_organization("Acme Corporation of Northern Karnataka")
    boss = owner(acme).membership

    invite(actor=boss, email=EMAIL, role_id=2, message="See you on Monday.\nBring your laptop.")
    page.goto(f"{live_server.url}/invitation?token={invitation_token_of(EMAIL)}")
    page.get_by_role("heading", name="Join Acme").wait_for()
    assert page.url == f"{live_server.url}/invitation"
    shoot(page, "newcomer")
    page.get_by_label("First name").fill("Jane")
    page.get_by_label("Last name").fill("Doe")
    page.get_by_label("Password").fill("SecurePassword123!")
    page.get_by_role("button", name="Join").click()
    page.get_by_text("You are in").wait_for()
    shoot(page, "joined")
    jane = User.objects.get(email=EMAIL)
    assert (jane.full_name, jane.is_email_verified) == ("Jane Doe", True)
    assert Membership.objects.get(user=jane, organization=acme).status == "active"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert problems == []

    known = UserFactory(email="known@example.com")
    invite(actor=boss, email=known.email, role_id=2)
    page.goto(f"{live_server.url}/invitation?token={invitation_token_of(known.email)}")
    page.get_by_role("button", name="Join").wait_for()
    assert not page.get_by_label("First name").is_visible()
    shoot(page, "known")
    page.get_by_role("button", name="Join").click()
    page.get_by_text("You are in").wait_for()
    assert Membership.objects.filter(user=known, organization=acme).exists()

    page.goto(f"{live_server.url}/invitation?token=rubbish")
    page.get_by_text("Invitation not found").wait_for()
    shoot(page, "unknown")


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{page.viewport_size['width']}.png")
