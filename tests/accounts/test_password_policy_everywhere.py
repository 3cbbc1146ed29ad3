"""Every call that sets a password: the documents' own examples pass, and where the policy is strict they do not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse

from accounts.enums import TokenPurpose
from accounts.models import Organization, User
from accounts.services.one_time_tokens import issue_token
from tests.accounts.api import Caller
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "john@example.com"
STRONG = "Quiet river under 9 bridges!"


@dataclass(frozen=True)
class Way:
    """`example` is what the dialect's own document shows."""

    set: Callable[[str, User | None], HttpResponse]
    example: str
    good: int = 200
    bad: int = 400


def signing_up(path: str, word: str = "password", **more: Any) -> Callable[[str, User | None], HttpResponse]:
    return lambda password, _: Caller().post(path, {"email": EMAIL, word: password, **more})


def resetting(path: str, word: str) -> Callable[[str, User | None], HttpResponse]:
    def reset(password: str, user: User | None) -> HttpResponse:
        user = user or UserFactory(email=EMAIL)
        return Caller().post(
            path, {"token": issue_token(user=user, purpose=TokenPurpose.RESET_PASSWORD), word: password}
        )

    return reset


def changing(password: str, user: User | None) -> HttpResponse:
    opened = sign_in_as(user or UserFactory(email=EMAIL))
    body = {"currentPassword": PASSWORD, "newPassword": password}
    return Caller(token=opened.tokens.access).post("/api/auth/change-password", body)


REGISTER = {
    "organization_name": "Acme Corp",
    "organization_email": "contact@acme.example",
    "first_name": "John",
    "last_name": "Doe",
}
SIGN_UPS = {
    "flashspace signup": Way(signing_up("/api/auth/signup", fullName="John Doe"), "securePassword123", 201),
    "rento signup": Way(signing_up("/api/user/signup", fullName="John Doe", role="Tenant"), "Password123", 201),
    "nano register": Way(signing_up("/api/auth/register", full_name="John Doe", role="customer"), "password123", 201),
    "nakksha signup": Way(signing_up("/api/v1/auth/signup", name="John Doe"), "TestPassword123!", 201),
    "workspace register": Way(
        signing_up("/api/v1/auth/organization/register", **REGISTER), "SecurePassword123!", 201, 422
    ),
}
OTHERS = {
    "flashspace reset": Way(resetting("/api/auth/reset-password", "newPassword"), "newSecurePassword123"),
    "flashspace change": Way(changing, "newPassword456"),
    "rento reset": Way(resetting("/api/user/reset-password", "password"), "NewPassword123"),
    "nakksha reset": Way(resetting("/api/v1/auth/reset-password", "password"), "NewPassword123!"),
    "workspace reset": Way(resetting("/api/v1/auth/reset-password", "new_password"), "NewPassword123!"),
}
WAYS = SIGN_UPS | OTHERS


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def wipe():
    Organization.objects.all().delete()
    User.objects.all().delete()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_documents_example_passes_in_the_contract_and_not_in_the_strict_policy(way, settings):
    settings.PASSWORD_POLICY = "strict"
    assert way.set(way.example, None).status_code == way.bad
    wipe()
    settings.PASSWORD_POLICY = "contract"
    assert way.set(way.example, None).status_code == way.good


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("policy", ["contract", "strict"])
def test_up_to_128_characters_are_good_and_more_are_not(way, policy, settings):
    settings.PASSWORD_POLICY = policy
    for length in (64, 128):
        password = ("xK7! mQ2 " * 15)[:length]
        assert way.set(password, None).status_code == way.good
        assert User.objects.get().check_password(password), "as it was typed, spaces and all"
        wipe()
    assert way.set("xK7!" * 32 + "x", None).status_code == way.bad


@pytest.mark.parametrize("way", OTHERS.values(), ids=OTHERS)
def test_a_colleague_has_the_strict_policy_whatever_customers_have(way, settings):
    settings.PASSWORD_POLICY = "contract"
    staff = StaffFactory()
    assert way.set(way.example, staff).status_code == way.bad
    assert way.set(STRONG, staff).status_code == way.good
