"""The pages that mailed links lead to, and in a browser the whole way from the mail to the changed account."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import email_change
from tests.accounts.api import Caller, link_token_of
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.organizations import add_newcomer, make_organization

EMAIL = "user@example.com"


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/verify-email", "Verify your address"),
        ("/reset-password", "Choose a new"),
        ("/confirm-email", "Confirm your new address"),
        ("/keep-email", "Keep your address"),
    ],
)
def test_a_page_opens_with_any_token_tells_nobody_and_changes_nothing(path, title):
    answer = Client().get(f"{path}?token=s3cret")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert title in text
    assert "s3cret" not in text
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-cache" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert Client().post(path).status_code == 405


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
def test_the_links_work_in_a_browser(live_server, browser, settings, monkeypatch):
    page = browser.new_page()
    settings.FRONTEND_URL = live_server.url
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))

    Caller().post("/api/auth/signup", {"email": EMAIL, "fullName": "John Doe", "password": PASSWORD})
    page.goto(f"{live_server.url}/verify-email?token={link_token_of(EMAIL)}")
    page.get_by_role("button", name="Verify this address").wait_for()
    assert not User.objects.get().is_email_verified, "to open the link does nothing"
    page.get_by_role("button", name="Verify this address").click()
    page.get_by_text("Your address is verified").wait_for()
    assert page.url == f"{live_server.url}/verify-email"
    assert User.objects.get().is_email_verified

    Caller().post("/api/auth/forgot-password", {"email": EMAIL})
    page.goto(f"{live_server.url}/reset-password?token={link_token_of(EMAIL, 'password_reset')}")
    page.get_by_label("Show what I type").check()
    page.get_by_label("New password").fill("newPassword456")
    page.get_by_role("button", name="Save the password").click()
    page.get_by_text("Your password is changed").wait_for()
    assert User.objects.get().check_password("newPassword456")
    assert problems == []

    user = User.objects.get()
    email_change.request_change(
        user=user, email="new@example.com", organization=add_newcomer(make_organization(), user=user).organization
    )
    page.goto(f"{live_server.url}/confirm-email?token={link_token_of('new@example.com', 'email_change')}")
    page.get_by_role("button", name="Confirm this address").click()
    page.get_by_text("Your e-mail address is changed").wait_for()
    assert page.url == f"{live_server.url}/confirm-email"
    assert User.objects.get(pk=user.pk).email == "new@example.com"

    page.goto(f"{live_server.url}/keep-email?token={link_token_of(EMAIL, 'email_change_asked')}")
    assert User.objects.get(pk=user.pk).email == "new@example.com", "to open the link does nothing"
    page.get_by_role("button", name="Keep this address").click()
    page.get_by_text("Your address stays as it was").wait_for()
    assert User.objects.get(pk=user.pk).email == EMAIL

    UserFactory(email="other@example.com")
    page.goto(f"{live_server.url}/verify-email?token=rubbish")
    page.get_by_role("button", name="Verify this address").click()
    page.get_by_text("Invalid or expired token. Ask for a new link").wait_for()
