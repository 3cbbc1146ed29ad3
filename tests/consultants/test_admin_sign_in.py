"""The staff's own way in: separate from everybody else's, and by the second factor where there is one."""

import pytest

from accounts.models import Session
from tests.accounts.api import Caller
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory
from tests.factories.consultants import make_approved
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db

PATH = "/api/v1/auth/admin/login"
ME = "/api/v1/auth/me"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def log_in(user, path=PATH, **more):
    return Caller().post(path, {"email": user.email, "password": PASSWORD, **more})


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_whoever_is_no_colleague_is_told_nothing_whatever_the_password():
    customer, consultant = UserFactory(), make_approved().user
    answers = [log_in(customer), log_in(consultant), log_in(StaffFactory(), password="Wrong123!")]
    answers.append(Caller().post(PATH, {"email": "nobody@example.com", "password": PASSWORD}))
    bodies = [{**answer.json(), "timestamp": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["code"] == "INVALID_ADMIN_CREDENTIALS"
    assert not Session.objects.exists()


def test_a_colleague_who_left_is_told_so_after_the_right_password_only():
    left = StaffFactory(is_active=False)
    assert refusal(log_in(left)) == (403, "ACCOUNT_DISABLED")
    assert refusal(log_in(left, password="Wrong123!")) == (401, "INVALID_ADMIN_CREDENTIALS")


@pytest.mark.parametrize(
    ("make", "role", "permissions"),
    [
        (StaffFactory, "ADMIN", (False, False, False)),
        (lambda: make_member("Operators"), "ADMIN", (True, True, False)),
        (lambda: make_member("KYC"), "ADMIN", (False, False, False)),
        (lambda: StaffFactory(is_superuser=True), "SUPER_ADMIN", (True, True, True)),
    ],
)
def test_role_and_permissions_are_those_of_djangos_groups(make, role, permissions):
    body = log_in(make()).json()["data"]
    assert body["admin"]["role"] == role
    assert tuple(body["permissions"].values()) == permissions
    me = Caller(token=body["tokens"]["accessToken"]).get(ME).json()["data"]
    assert me == {"admin": body["admin"], "adminPermissions": body["permissions"]}


@pytest.mark.parametrize("policy", ["required", "optional"])
def test_who_has_a_second_factor_shows_it(settings, policy):
    settings.STAFF_MFA = policy
    colleague = StaffFactory()
    phone, backup = enrol(colleague)
    for nothing in ({}, {"mfa_code": None}, {"mfa_code": ""}):
        assert refusal(log_in(colleague, **nothing)) == (401, "MFA_REQUIRED")
    assert refusal(log_in(colleague, mfa_code=phone.wrong_code())) == (401, "MFA_CODE_INVALID")
    assert not Session.objects.exists()
    code = phone.code()
    body = log_in(colleague, mfa_code=code).json()
    assert Session.objects.get().mfa_verified_at is not None
    assert Caller(token=body["data"]["tokens"]["accessToken"]).get(ME).status_code == 200
    assert refusal(log_in(colleague, mfa_code=code)) == (401, "MFA_CODE_INVALID"), "no code twice"
    assert log_in(colleague, mfa_code=backup[0]).status_code == 200


def test_staff_who_must_have_a_factor_and_have_none_do_not_get_in(settings):
    settings.STAFF_MFA = "required"
    colleague = StaffFactory()
    assert refusal(log_in(colleague)) == (401, "MFA_REQUIRED")
    assert refusal(log_in(colleague, mfa_code="123456")) == (401, "MFA_SETUP_REQUIRED")
    assert not Session.objects.exists()


def test_staff_who_need_none_get_in_by_the_password(settings):
    settings.STAFF_MFA = "optional"
    log_in(StaffFactory())
    assert Session.objects.get().mfa_verified_at is None


def test_the_consultants_way_in_opens_nothing_of_staff_that_needs_the_factor(settings):
    settings.STAFF_MFA = "required"
    colleague = StaffFactory()
    make_approved(colleague)
    phone, _ = enrol(colleague)
    token = log_in(colleague, "/api/v1/auth/login").json()["data"]["tokens"]["accessToken"]
    assert refusal(Caller(token=token).get(ME)) == (401, "MFA_REQUIRED")
    assert Caller(token=token).post("/api/v1/auth/logout").status_code == 200
    shown = log_in(colleague, "/api/v1/auth/login", mfa_code=phone.code()).json()["data"]["tokens"]["accessToken"]
    assert set(Caller(token=shown).get(ME).json()["data"]) == {
        "admin",
        "adminPermissions",
        "consultant",
        "permissions",
    }


def test_five_tries_in_a_quarter_of_an_hour_shared_with_the_other_sign_ins_of_the_dialect(settings):
    settings.RATE_LIMITS = ""
    colleague = StaffFactory()
    statuses = [log_in(colleague, path).status_code for path in (PATH, "/api/v1/auth/login") * 3]
    assert statuses == [200] * 5 + [429]


def test_ten_failures_of_one_account_in_an_hour_from_wherever(settings):
    settings.RATE_LIMITS = "nakksha.signin=100000/15m,nakksha.general=100000/15m"
    colleague = StaffFactory()
    statuses = [
        Caller(address=f"203.0.113.{number}")
        .post(PATH, {"email": colleague.email, "password": "Wrong123!"})
        .status_code
        for number in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2


@pytest.mark.parametrize("body", [{}, {"email": "x", "password": "y"}, {"email": "a@example.com", "password": None}])
def test_an_invalid_body_is_400(body):
    assert refusal(Caller().post(PATH, body)) == (400, "VALIDATION_ERROR")
