"""Workspace's sign-in beyond its examples: who is refused, what is still missing, what nobody learns."""

from typing import Any

import pytest

from accounts.models import Mail, Organization, Session, User
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.organizations import add_member, make_organization, owner_of
from tests.organizations.workers import Worker, worker

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"
REGISTER = "/api/v1/auth/organization/register"
ACME = {
    "organization_name": "Acme Corp",
    "organization_email": "contact@acme.com",
    "first_name": "John",
    "last_name": "Doe",
    "email": "john@acme.com",
    "password": "SecurePassword123!",
}


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "off"


def log_in(user: User, **more: Any) -> Any:
    return Caller().post(LOGIN, {"email": user.email, "password": PASSWORD, **more})


def test_refusals_of_a_registration_name_every_field() -> None:
    answer = Caller().post(REGISTER, {"organization_name": "A", "email": "nobody", "last_name": None})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(ACME)
    assert (answer.json()["statusCode"], answer.json()["error"]) == (422, "Unprocessable Entity")


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{", ""])
def test_malformed_body_is_400_or_422_in_workspaces_words(body: str) -> None:
    answer = Caller()._client.post(REGISTER, body, "application/json")
    assert answer.status_code in (400, 422)
    assert {"statusCode", "message", "error"} <= set(answer.json())


def test_organization_or_address_that_is_taken_is_409_and_leaves_nothing() -> None:
    assert Caller().post(REGISTER, ACME).status_code == 201
    for change in (
        {"email": "other@acme.com", "organization_email": "other@example.com"},
        {"email": "other@acme.com", "organization_name": "Other"},
        {"organization_name": "Other", "organization_email": "other@example.com"},
    ):
        assert Caller().post(REGISTER, {**ACME, **change}).status_code == 409
    assert (User.objects.count(), Organization.objects.count()) == (1, 1)


def test_strict_profile_tells_nobody_that_a_persons_address_is_taken(settings: Any) -> None:
    settings.SECURITY_PROFILE = "strict"
    owner = UserFactory(email=ACME["email"])
    answer = Caller().post(REGISTER, ACME)
    assert (answer.status_code, set(answer.json())) == (201, {"message", "user_id", "organization_id"})
    assert answer.json()["user_id"] != str(owner.pk)
    assert not Organization.objects.exists()
    assert [mail.template for mail in Mail.objects.filter(to=owner.email)] == ["account_exists"]


def test_new_organizations_log_begins_with_itself_and_its_owner() -> None:
    Caller().post(REGISTER, ACME)
    entries = Organization.objects.get().audit_entries.all()
    assert {(entry.action, entry.actor_email) for entry in entries} == {
        ("organization.created", ACME["email"]),
        ("user.created", ACME["email"]),
    }


def test_person_and_organization_must_have_proved_their_addresses() -> None:
    Caller().post(REGISTER, ACME)
    credentials = {"email": ACME["email"], "password": ACME["password"]}
    for address, template in ((ACME["email"], "verify_email"), (ACME["organization_email"], "verify_organization")):
        refused = Caller().post(LOGIN, credentials)
        assert (refused.status_code, refused.json()["code"]) == (401, "EMAIL_NOT_VERIFIED")
        Caller().get(f"/api/v1/auth/verify-email?token={link_token_of(address, template)}")
    assert Caller().post(LOGIN, credentials).status_code == 200
    assert Session.objects.count() == 1


def test_link_of_an_organization_is_no_link_of_a_person_and_goes_on_answering() -> None:
    Caller().post(REGISTER, ACME)
    link = link_token_of(ACME["organization_email"], "verify_organization")
    for _ in range(2):
        assert Caller().get(f"/api/v1/auth/verify-email?token={link}").status_code == 200
    assert not User.objects.get().is_email_verified
    reset = Caller().post("/api/v1/auth/reset-password", {"token": link, "new_password": "Orchid lantern 42"})
    assert reset.status_code == 400


@pytest.mark.parametrize("password", ["wrong", PASSWORD])
def test_wrong_password_and_an_organization_of_others_are_the_same_401(password: str) -> None:
    user, foreign = UserFactory(), make_organization()
    add_member(make_organization(), user=user)
    answer = Caller().post(LOGIN, {"email": user.email, "password": password, "organization_id": str(foreign.pk)})
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid e-mail or password")
    unknown = Caller().post(
        LOGIN, {"email": user.email, "password": PASSWORD, "organization_id": "7f3b1c9e-0d1e-4c55-9c76-2f1f6a3d9b10"}
    )
    assert unknown.json()["message"] == answer.json()["message"]


def test_organization_id_that_is_none_is_refused_by_name() -> None:
    answer = log_in(UserFactory(), organization_id="uuid")
    assert answer.status_code == 400  # an address that nakksha documents, too
    assert set(answer.json()["errors"]) == {"organization_id"}


def test_person_with_a_second_factor_gets_a_token_for_it_and_no_session() -> None:
    organization = make_organization()
    enrol(owner_of(organization))
    answer = log_in(owner_of(organization)).json()
    assert answer.pop("message")
    assert answer.pop("temp_token")
    assert answer == {"requires_mfa_verification": True}
    assert not Session.objects.exists()


def test_organization_that_wants_a_second_factor_offers_the_set_up() -> None:
    organization = make_organization(is_mfa_required=True)
    answer = log_in(owner_of(organization)).json()
    assert answer.pop("message")
    assert answer.pop("temp_setup_token")
    assert answer == {"requires_mfa_setup": True}
    assert not Session.objects.exists()


def test_session_opened_elsewhere_is_no_way_around_the_second_factor() -> None:
    organization = make_organization(is_mfa_required=True)
    opened = Caller().post("/api/auth/login", {"email": owner_of(organization).email, "password": PASSWORD}).json()
    elsewhere = Worker(token=opened["accessToken"])
    switched = elsewhere.put("/api/v1/organizations/switch", {"organization_id": str(organization.pk)})
    assert switched.json()["requires_mfa_setup"] is True
    assert elsewhere.get("/api/v1/organizations/me").status_code == 403
    bare = worker(owner_of(organization), organization)
    for path in ("/api/v1/organizations/me", "/api/v1/users/me", "/api/v1/users/me/download-data"):
        assert (bare.get(path).status_code, bare.get(path).json()["code"]) == (401, "MFA_SETUP_REQUIRED")


def test_access_token_ends_with_logout_and_so_does_the_refresh_token() -> None:
    organization = make_organization()
    opened = log_in(owner_of(organization)).json()
    signed_in = Worker(token=opened["access_token"])
    assert signed_in.post("/api/v1/auth/logout").status_code == 200
    assert signed_in.get("/api/v1/organizations/me").status_code == 401
    assert Caller().post("/api/v1/auth/refresh", {"refresh_token": opened["refresh_token"]}).status_code == 401


def test_forgotten_password_answers_alike_for_nobody() -> None:
    user = UserFactory()
    answers = [
        Caller().post("/api/v1/auth/forgot-password", {"email": email}).json()
        for email in (user.email, "nobody@example.com")
    ]
    assert answers[0] == answers[1]
    assert len(mails_to(user.email, "password_reset")) == 1


def test_sign_in_of_workspace_spends_the_budget_of_its_address(settings: Any) -> None:
    settings.RATE_LIMITS = "workspace.general=100/m"
    user = UserFactory()
    assert [log_in(user).status_code for _ in range(6)] == [200] * 5 + [429]
