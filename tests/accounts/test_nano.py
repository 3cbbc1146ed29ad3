"""nano's accounts: the document's examples, what the original answers, and the rules."""

import pytest

from accounts.enums import Role
from accounts.models import AuditEntry, OtpChallenge, Session, User
from flashspace.base.clock import now
from tests.accounts.api import Caller, code_of, link_token_of, mails_to
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL, PHONE = "user@example.com", "+919876543210"
# The document's two calls, word by word.
REGISTER = {"email": EMAIL, "password": "password123", "full_name": "John Doe", "role": "customer"}
LOGIN = {"identifier": EMAIL, "password": "password123"}
PERSON = {
    "email": EMAIL,
    "phone": None,
    "full_name": "John Doe",
    "role": "customer",
    "email_verified": False,
    "phone_verified": False,
}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def register(**changes):
    return Caller().post("/api/auth/register", {**REGISTER, **changes})


def log_in(path="/api/auth/login", **changes):
    return Caller().post(path, {**LOGIN, **changes})


def verified_phone(phone=PHONE, **fields):
    return UserFactory(phone=phone, phone_typed="098765 43210", phone_verified_at=now(), **fields)


# The documented examples


def test_the_document_s_register_and_login():
    answer = register()
    assert answer.status_code == 201
    body = answer.json()
    user = User.objects.get()
    assert set(body) == {"message", "user", "access_token", "refresh_token"}
    assert {name: body["user"][name] for name in PERSON} == PERSON
    assert set(body["user"]) == {*PERSON, "id", "created_at", "last_login"}
    assert body["user"]["id"] == str(user.pk)
    assert user.role == Role.CUSTOMER
    assert Caller(token=body["access_token"]).get("/api/auth/me").status_code == 200

    answer = log_in()
    assert answer.status_code == 200
    assert set(answer.json()) == {"message", "user", "access_token", "refresh_token"}
    assert {name: answer.json()["user"][name] for name in PERSON} == PERSON
    assert answer.json()["user"]["last_login"]
    assert list(Session.objects.filter(user=user).values_list("dialect", flat=True)) == ["nano", "nano"]


def test_me_refresh_and_update_profile():
    body = register().json()
    caller = Caller(token=body["access_token"])
    assert caller.get("/api/auth/me").json() == {"user": {**body["user"], "last_login": shown_login()}}

    for refreshed in (
        Caller(token=body["refresh_token"]).post("/api/auth/refresh"),
        Caller().post("/api/auth/refresh", {"refresh_token": body["refresh_token"]}),
    ):
        assert (refreshed.status_code, set(refreshed.json())) == (200, {"access_token"})
        assert Caller(token=refreshed.json()["access_token"]).get("/api/auth/me").status_code == 200

    answer = caller.put("/api/auth/update-profile", {"full_name": "Jane Doe", "phone": "098765 43210"})
    assert (answer.status_code, set(answer.json())) == (200, {"message", "user"})
    assert answer.json()["user"]["full_name"] == "Jane Doe"
    assert answer.json()["user"]["phone"] == "098765 43210"
    assert User.objects.get().phone == PHONE


def shown_login():
    return User.objects.get().last_login.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("token", ["", "rubbish"])
def test_without_a_good_refresh_token_there_is_no_access_token(token):
    answer = Caller(token=token).post("/api/auth/refresh")
    assert (answer.status_code, set(answer.json())) == (401, {"error", "code"})
    assert answer.json()["code"] == "UNAUTHORIZED"


def test_an_access_token_is_no_refresh_token_and_the_other_way_round():
    body = register().json()
    assert Caller(token=body["access_token"]).post("/api/auth/refresh").status_code == 401
    assert Caller(token=body["refresh_token"]).get("/api/auth/me").status_code == 401


def test_a_rotated_refresh_token_comes_along(settings):
    settings.JWT_ROTATE_REFRESH = True
    first = register().json()["refresh_token"]
    answer = Caller(token=first).post("/api/auth/refresh").json()
    assert set(answer) == {"access_token", "refresh_token"}
    assert Caller(token=answer["refresh_token"]).post("/api/auth/refresh").status_code == 200


# Registering


def test_an_owner_registers_with_a_phone_which_is_not_verified_yet():
    user = register(role="owner", phone="+91-98765 43210").json()["user"]
    assert (user["role"], user["phone"], user["phone_verified"]) == ("owner", "+91-98765 43210", False)
    assert User.objects.get().role == Role.OWNER
    assert User.objects.get().phone == PHONE


@pytest.mark.parametrize("role", ["admin", "Admin", ["admin"], "admin\u0000", "staff", "", None, {"$ne": ""}])
def test_nobody_becomes_staff_by_registering(role):
    answer = register(role=role, is_staff=True, is_superuser=True, email_verified=True)
    assert answer.status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["email", "password", "full_name", "role"])
def test_what_is_missing_is_named(name):
    answer = Caller().post("/api/auth/register", {key: value for key, value in REGISTER.items() if key != name})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]
    assert set(answer.json()) == {"error", "code", "errors"}


def test_a_password_has_eight_characters_and_is_never_repeated():
    answer = register(password="pass12")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["password"])
    assert "pass12" not in answer.content.decode()


def test_a_taken_address_or_verified_phone_is_409():
    verified_phone(email=EMAIL)
    assert (register(email="USER@example.com").status_code, register().json()["code"]) == (409, "EMAIL_TAKEN")
    answer = register(email="other@example.com", phone="98765-43210")
    assert (answer.status_code, answer.json()["code"]) == (409, "PHONE_TAKEN")
    assert User.objects.count() == 1


def test_a_phone_that_somebody_only_claims_stops_nobody():
    UserFactory(phone=PHONE)
    assert register(phone=PHONE).status_code == 201


def test_what_is_taken_is_told_five_times_in_a_quarter_of_an_hour(settings):
    settings.RATE_LIMITS = ""
    verified_phone(email=EMAIL)
    answers = [register().status_code for _ in range(3)]
    answers += [register(email=f"{n}@example.com", phone=PHONE).status_code for n in range(3)]
    assert answers == [409] * 5 + [429]


def test_the_strict_profile_tells_nobody_that_an_address_or_phone_is_taken(settings):
    settings.SECURITY_PROFILE = "strict"
    verified_phone(email=EMAIL)
    bodies = [register(email=email, phone=PHONE).json() for email in (EMAIL, "new@example.com")]
    shown = [{**body, "user": {**body["user"], "id": "", "email": "", "created_at": ""}} for body in bodies]
    assert shown[0] == shown[1]
    assert [body["access_token"] for body in bodies] == ["", ""]
    assert not Session.objects.exists()
    assert len(mails_to(EMAIL, "account_exists")) == 1
    assert log_in(identifier="new@example.com").status_code == 200


def test_the_first_code_is_good_for_five_minutes_here_and_for_ten_elsewhere(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    register()
    Caller().post("/api/auth/signup", {"email": "b@example.com", "fullName": "B", "password": PASSWORD})
    lives = {one.identifier: (one.expires_at - one.sent_at).total_seconds() for one in OtpChallenge.objects.all()}
    assert lives == {EMAIL: 300, "b@example.com": 600}
    assert "good for 5 minutes" in mails_to(EMAIL, "verify_email")[0].text
    code = code_of(EMAIL)
    time_machine.shift(301)
    assert Caller().post("/api/otp/verify", {"identifier": EMAIL, "otp": code}).status_code == 400


# Signing in: the words of the request


BOTH_PATHS = pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/signin"])


@BOTH_PATHS
def test_the_words_of_the_request_choose_the_answer(path):
    UserFactory(email=EMAIL, password="password123")
    nano = Caller().post(path, LOGIN)
    flashspace = Caller().post(path, {"email": EMAIL, "password": "password123"})
    both = Caller().post(path, {**LOGIN, "email": EMAIL})
    assert [one.status_code for one in (nano, flashspace, both)] == [200, 200, 200]
    assert "access_token" in nano.json()
    assert "success" not in nano.json()
    assert set(flashspace.json()) == set(both.json()) == {"success", "message", "user", "accessToken", "refreshToken"}
    assert set(Session.objects.values_list("dialect", flat=True)) == {"flashspace", "nano"}


@BOTH_PATHS
@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"password": "x"}, 400), (b"{", 400), (b"[]", 400), (b"\xff", 400)]
)
def test_neither_and_unreadable_are_flashspace_s(path, body, status):
    answer = Caller()._client.generic("POST", path, body if isinstance(body, bytes) else b"{}", "application/json")
    assert answer.status_code == status
    assert answer.json()["error"]["code"] in {"BAD_REQUEST", "VALIDATION_ERROR"}


@BOTH_PATHS
def test_refusals_speak_as_the_request_does(path):
    UserFactory(email=EMAIL, password="password123")
    wrong = Caller().post(path, {**LOGIN, "password": "wrong"})
    assert (wrong.status_code, wrong.json()) == (401, {"error": "Invalid credentials", "code": "AUTHENTICATION_FAILED"})
    unnamed = Caller().post(path, {**LOGIN, "identifier": "nothing"})
    assert (unnamed.status_code, list(unnamed.json()["errors"])) == (400, ["identifier"])
    assert Caller().post(path, {"email": EMAIL, "password": "wrong"}).json()["success"] is False


@BOTH_PATHS
def test_too_many_sign_ins_are_refused_in_the_words_of_the_request_and_counted_together(path, settings):
    settings.RATE_LIMITS = ""
    UserFactory(email=EMAIL, password="password123")
    speak = {"nano": LOGIN, "flashspace": {"email": EMAIL, "password": "password123"}}
    statuses = [Caller().post(path, speak["nano" if n % 2 else "flashspace"]).status_code for n in range(5)]
    assert statuses == [200] * 5
    nano, flashspace = (Caller().post(path, speak[name]) for name in ("nano", "flashspace"))
    assert (nano.status_code, flashspace.status_code) == (429, 429)
    assert set(nano.json()) == {"error", "code"}
    assert nano["Retry-After"]
    assert flashspace.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"


# Signing in by phone


@pytest.mark.parametrize("typed", [PHONE, "9876543210", "098765 43210", "+91-98765-43210"])
def test_a_verified_phone_signs_in_however_it_is_typed(typed):
    user = verified_phone(password="password123")
    answer = log_in(identifier=typed)
    assert (answer.status_code, answer.json()["user"]["id"]) == (200, str(user.pk))


def test_a_phone_that_is_not_verified_signs_nobody_in():
    UserFactory(phone=PHONE, password="password123")
    assert log_in(identifier=PHONE).status_code == 401


def test_a_stranger_s_phone_in_the_own_profile_signs_nobody_in_as_the_stranger():
    owner = verified_phone(password="password456")
    thief = UserFactory(phone=PHONE, password="password123")
    assert log_in(identifier=PHONE).status_code == 401
    answer = log_in(identifier=PHONE, password="password456")
    assert answer.json()["user"]["id"] == str(owner.pk) != str(thief.pk)


def test_guesses_by_phone_and_by_address_are_guesses_at_one_account(settings):
    settings.RATE_LIMITS = "flashspace.signin=100/15m"
    user = verified_phone(password="password123")
    names = [PHONE, user.email] * 5
    statuses = [
        Caller(address=f"203.0.113.{n}").post("/api/auth/login", {**LOGIN, "identifier": name, "password": "no"})
        for n, name in enumerate(names)
    ]
    assert [one.status_code for one in statuses] == [401] * 10
    for name in (PHONE, user.email):
        answer = Caller(address="203.0.113.99").post("/api/auth/login", {**LOGIN, "identifier": name})
        assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")


def test_a_disabled_account_is_told_after_the_right_password_only():
    UserFactory(email=EMAIL, password="password123", is_active=False)
    assert log_in(password="wrong").status_code == 401
    assert (log_in().status_code, log_in().json()["code"]) == (403, "ACCOUNT_DISABLED")


# The second factor


@pytest.fixture
def _time_stands(time_machine):
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)


@pytest.mark.usefixtures("_time_stands")
@BOTH_PATHS
def test_who_has_a_second_factor_needs_it_here(path):
    user = UserFactory(email=EMAIL, password="password123")
    phone, codes = enrol(user)
    for refused in (log_in(path), log_in(path, mfa_code=""), log_in(path, mfa_code=None)):
        assert (refused.status_code, refused.json()["code"]) == (401, "MFA_REQUIRED")
    assert log_in(path, mfa_code=phone.wrong_code()).json()["code"] == "MFA_CODE_INVALID"
    assert log_in(path, password="wrong", mfa_code=phone.code()).json()["code"] == "AUTHENTICATION_FAILED"
    assert not Session.objects.exists()
    assert log_in(path, mfa_code=phone.code()).status_code == 200
    assert log_in(path, mfa_code=codes[0]).status_code == 200
    assert not Session.objects.filter(mfa_verified_at=None).exists()
    # flashspace's words cannot ask: its session is open and has shown nothing
    assert Caller().post(path, {"email": EMAIL, "password": "password123"}).status_code == 200


@pytest.mark.usefixtures("_time_stands")
def test_staff_sign_in_here_with_their_second_factor(settings):
    settings.STAFF_MFA = "required"
    boss = StaffFactory(email=EMAIL, password="password123")
    assert log_in().json()["code"] == "MFA_REQUIRED"
    assert log_in(mfa_code="123456").json()["code"] == "MFA_SETUP_REQUIRED"
    phone, _ = enrol(boss)
    assert log_in().json()["code"] == "MFA_REQUIRED"
    body = log_in(mfa_code=phone.code()).json()
    assert body["user"]["role"] == "admin"
    assert Caller(token=body["access_token"]).get("/api/auth/me").status_code == 200


# The own profile


@pytest.fixture
def user():
    return UserFactory(email=EMAIL, password="password123", given_name="John")


@pytest.fixture
def caller(user):
    return Caller(token=sign_in_as(user).tokens.access)


def update(caller, **body):
    return caller.put("/api/auth/update-profile", body)


def test_what_is_left_out_stays_and_what_nobody_may_set_is_ignored(caller, user):
    answer = update(caller, role="owner", email_verified=False, phone_verified=True, is_staff=True, id="1")
    assert answer.status_code == 200
    user.refresh_from_db()
    assert (user.role, user.is_email_verified, user.is_staff) == (Role.CUSTOMER, True, False)
    assert (user.full_name, user.given_name, user.phone_verified_at) == ("John Doe", "John", None)


def test_another_phone_is_not_verified_and_an_empty_one_goes(caller, user):
    User.objects.update(phone=PHONE, phone_verified_at=now())
    assert update(caller, phone="+91 98765 43210").json()["user"]["phone_verified"] is True
    assert update(caller, phone="+919876543211").json()["user"]["phone_verified"] is False
    assert update(caller, phone=None).json()["user"]["phone"] is None
    assert update(caller, phone="12").json()["code"] == "VALIDATION_ERROR"
    assert AuditEntry.objects.filter(action="user.updated").count() == 3


def test_somebody_s_verified_phone_is_409_and_the_own_is_not(caller, user):
    verified_phone()
    assert (update(caller, phone=PHONE).status_code, update(caller, phone=PHONE).json()["code"]) == (409, "PHONE_TAKEN")
    User.objects.filter(pk=user.pk).update(phone="+919876543211", phone_verified_at=now())
    assert update(caller, phone="+919876543211").status_code == 200


def test_another_address_waits_for_its_link_and_the_old_one_is_told(caller, user):
    answer = update(caller, email="NEW@example.com", password="password123", full_name="Jane Doe")
    assert answer.status_code == 200
    assert (answer.json()["user"]["email"], answer.json()["user"]["full_name"]) == (EMAIL, "Jane Doe")
    assert len(mails_to(EMAIL, "email_change_asked")) == 1
    user.refresh_from_db()
    assert (user.email, user.pending_email) == (EMAIL, "new@example.com")
    token = link_token_of("new@example.com", "email_change")
    assert Caller().get(f"/api/auth/confirm-email?token={token}").status_code == 200
    user.refresh_from_db()
    assert user.email == "new@example.com"


@pytest.mark.parametrize("more", [{}, {"password": "wrong"}])
def test_without_the_password_no_other_address_is_taken_up(caller, user, more):
    answer = update(caller, email="new@example.com", full_name="Jane Doe", **more)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["password"])
    user.refresh_from_db()
    assert (user.pending_email, user.full_name) == ("", "John Doe")


def test_the_own_address_is_no_change(caller, user):
    assert update(caller, email="USER@EXAMPLE.COM").status_code == 200
    user.refresh_from_db()
    assert user.pending_email == ""


def test_an_enterprise_customer_is_a_customer_here():
    token = sign_in_as(UserFactory(role=Role.ENTERPRISE)).tokens.access
    assert Caller(token=token).get("/api/auth/me").json()["user"]["role"] == "customer"
