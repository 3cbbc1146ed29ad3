"""The document's four states, and what leads from one to the next. Read live: no token remembers a state."""

import pytest

from accounts.services.verification import verify_by_link
from consultants.models import Consultant
from consultants.services.approval import approve_consultant, reject_consultant
from tests.accounts.api import Caller, link_token_of
from tests.factories.accounts import UserFactory, sign_in_as
from tests.factories.consultants import COMPLETE, make_consultant
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db

BASE = "/api/v1/auth"
PERSON = {"email": "john@example.com", "password": "SecurePass123!"}
NAMES = ("canLogin", "canAccessDashboard", "canCompleteProfile")
NEEDS = ("needsEmailVerification", "needsProfileCompletion", "needsAdminApproval")


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def log_in():
    answer = Caller().post(f"{BASE}/login", PERSON)
    assert answer.status_code == 200
    data = answer.json()["data"]
    return data, [data["permissions"][name] for name in NAMES], [data["permissions"][name] for name in NEEDS]


def test_a_consultant_goes_through_the_four_states():
    Caller().post(f"{BASE}/signup", {"name": "John Doe", **PERSON})
    registered, may, needs = log_in()
    assert (may, needs) == ([True, False, True], [True, True, True])

    verify_by_link(token=link_token_of(PERSON["email"]))
    _, may, needs = log_in()
    assert (may, needs) == ([True, False, True], [False, True, True])

    consultant = Consultant.objects.get()
    approve_consultant(consultant=consultant, actor=make_member("Operators"))
    approved, may, needs = log_in()
    assert (may, needs) == ([True, True, True], [False, True, False])
    assert approved["consultant"]["isApprovedByAdmin"] is True
    assert approved["consultant"]["profileCompleted"] is False

    Consultant.objects.update(**COMPLETE)
    complete, may, needs = log_in()
    assert (may, needs) == ([True, True, True], [False, False, False])
    assert complete["consultant"]["profileCompleted"] is True

    first_token = registered["tokens"]["accessToken"]
    me = Caller(token=first_token).get(f"{BASE}/me").json()["data"]
    assert me["consultant"]["isEmailVerified"] is True
    assert me["permissions"] == complete["permissions"], "the token of the first state tells of the last"


def test_approved_before_the_address_is_verified_opens_no_dashboard():
    consultant = make_consultant(UserFactory(**PERSON, email_verified_at=None))
    approve_consultant(consultant=consultant, actor=make_member("Operators"))
    _, may, needs = log_in()
    assert (may, needs) == ([True, False, True], [True, True, False])


def test_rejected_ends_the_next_request_of_the_profile_and_the_next_sign_in():
    consultant = make_consultant(UserFactory(**PERSON))
    caller = Caller(token=sign_in_as(consultant.user).tokens.access)
    assert caller.get(f"{BASE}/me").status_code == 200
    operator = make_member("Operators")
    reject_consultant(consultant=consultant, actor=operator, reason="Not now")
    for answer in (caller.get(f"{BASE}/me"), Caller().post(f"{BASE}/login", PERSON)):
        assert (answer.status_code, answer.json()["code"]) == (403, "ACCOUNT_DISABLED")
    assert caller.get("/api/auth/profile").status_code == 200, "the person's other doors stay open"
    approve_consultant(consultant=consultant, actor=operator)
    assert caller.get(f"{BASE}/me").status_code == 200


@pytest.mark.parametrize("missing", [*COMPLETE, "last name"])
def test_profile_is_complete_with_all_of_it(missing):
    user = UserFactory(full_name="John" if missing == "last name" else "John Doe")
    empty = None if missing == "personal_session_price" else ""
    values = {name: empty if name == missing else value for name, value in COMPLETE.items()}
    assert make_consultant(user, **COMPLETE).is_profile_complete is (missing != "last name")
    if missing != "last name":
        assert not make_consultant(**values).is_profile_complete


def test_me_of_who_is_no_consultant_is_404():
    answer = Caller(token=sign_in_as(UserFactory()).tokens.access).get(f"{BASE}/me")
    assert (answer.status_code, answer.json()["code"]) == (404, "CONSULTANT_NOT_FOUND")


def test_me_without_a_token_is_401():
    answer = Caller().get(f"{BASE}/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")


def test_me_asks_twice(django_assert_num_queries):
    caller = Caller(token=sign_in_as(make_consultant().user).tokens.access)
    with django_assert_num_queries(2):
        assert caller.get(f"{BASE}/me").status_code == 200
