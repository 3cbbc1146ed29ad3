"""Forgotten passwords as a thief would have them: another host in the link, another use, another way round the code."""

import pytest
from django.test import Client

from accounts.marks import open_marks
from accounts.models import Mail
from tests.accounts.api import Caller, link_token_of
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "user@example.com"
NEW = "Quiet river under 9 bridges!"
FORGOT = ("/api/auth/forgot-password", "/api/user/forgot-password", "/api/v1/auth/forgot-password")
POISON = [
    {"X-Forwarded-Host": "attacker.example"},
    {"X-Forwarded-Server": "attacker.example", "X-Host": "attacker.example"},
    {"X-Original-URL": "https://attacker.example/", "X-Rewrite-URL": "/attacker.example"},
    {"Forwarded": "host=attacker.example;proto=http"},
    {"Origin": "https://attacker.example", "Referer": "https://attacker.example/x"},
    {"Host": "localhost"},
    {"X-Forwarded-Proto": "gopher", "X-Forwarded-Port": "1"},
]


@pytest.fixture(autouse=True)
def user(settings):
    settings.RATE_LIMITS = "off"
    settings.FRONTEND_URL = "https://app.flashspace.example"
    return UserFactory(email=EMAIL)


@pytest.mark.parametrize("path", FORGOT)
@pytest.mark.parametrize("headers", POISON, ids=lambda headers: next(iter(headers)))
def test_the_link_leads_to_the_configured_host_whatever_the_request_says(path, headers):
    assert Client().post(path, {"email": EMAIL}, "application/json", headers=headers).status_code == 200
    mail = Mail.objects.get(template="password_reset")
    for part in (open_marks(mail.text), open_marks(mail.html)):
        assert "https://app.flashspace.example/reset-password?token=" in part
        assert "attacker" not in part
        assert "localhost" not in part


@pytest.mark.parametrize("path", FORGOT)
def test_another_host_is_refused_and_mails_nothing(path):
    answer = Client().post(path, {"email": EMAIL}, "application/json", headers={"Host": "attacker.example"})
    assert answer.status_code == 400
    assert not Mail.objects.exists()


def test_a_second_address_in_the_body_gets_nothing():
    for body in (
        {"email": [EMAIL, "thief@example.com"]},
        {"email": f"{EMAIL},thief@example.com"},
        {"email": f"{EMAIL}\nBcc: x"},
    ):
        assert Caller().post(FORGOT[0], body).status_code == 400
    assert not Mail.objects.exists()


def test_a_new_password_does_not_stand_for_the_second_factor(user):
    phone, _ = enrol(user)
    Caller().post(FORGOT[0], {"email": EMAIL})
    body = {"token": link_token_of(EMAIL, "password_reset"), "newPassword": NEW}
    assert Caller().post("/api/auth/reset-password", body).status_code == 200
    asked = Caller().post("/api/v1/auth/login", {"email": EMAIL, "password": NEW}).json()
    assert asked["requires_mfa_verification"] is True
    assert "access_token" not in asked
    named = {"identifier": EMAIL, "password": NEW}
    assert Caller().post("/api/auth/login", named).status_code == 401
    assert Caller().post("/api/auth/login", {**named, "mfa_code": phone.code()}).status_code == 200
