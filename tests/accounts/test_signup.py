import pytest
from django.conf import settings as conf

from accounts.models import Budget, Mail, OneTimeToken, OtpChallenge, User
from accounts.services import signup
from tests.accounts.api import Caller, code_of, link_token_of, mails_to
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "user@example.com"
BODY = {"email": EMAIL, "fullName": "John Doe", "password": "securePassword123"}


def sign_up(address="198.51.100.7", **changes):
    return Caller(address=address).post("/api/auth/signup", {**BODY, **changes})


def test_one_account_one_mail_with_code_and_link():
    assert sign_up(phoneNumber="+91-9876543210").status_code == 201
    user = User.objects.get()
    assert (user.role, user.is_staff, user.is_superuser, user.is_email_verified) == ("customer", False, False, False)
    assert (user.phone, user.phone_typed) == ("+919876543210", "+91-9876543210")
    assert user.check_password(BODY["password"])
    mail = Mail.objects.get()
    assert (mail.to, mail.template, mail.user) == (EMAIL, "verify_email", user)
    assert len(code_of(EMAIL)) == 6
    assert link_token_of(EMAIL)


def test_the_link_leads_to_the_frontend_whatever_the_host_header_says(settings):
    settings.FRONTEND_URL = "https://app.example.com"
    settings.ALLOWED_HOSTS = ["*"]
    Caller().post("/api/auth/signup", BODY, Host="evil.example", X_Forwarded_Host="evil.example")
    from accounts.marks import open_marks

    text = open_marks(mails_to(EMAIL, "verify_email")[0].text)
    assert "https://app.example.com/verify-email?token=" in text
    assert "evil" not in text


def test_neither_code_nor_token_nor_password_stands_in_a_row():
    sign_up()
    secrets = [code_of(EMAIL), link_token_of(EMAIL), BODY["password"]]
    rows = [
        *Mail.objects.values(),
        *OtpChallenge.objects.values(),
        *OneTimeToken.objects.values(),
        *User.objects.values(),
    ]
    text = repr(rows)
    assert not [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("email_verified_at", [None, "2026-01-05T10:00:00Z"])
def test_a_taken_address_is_409_and_nothing_changes(email_verified_at):
    user = UserFactory(email=EMAIL, email_verified_at=email_verified_at, full_name="Asha Rao")
    answer = sign_up(email="USER@example.com", password="anotherPassword1")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "CONFLICT"
    user.refresh_from_db()
    assert user.full_name == "Asha Rao"
    assert not user.check_password("anotherPassword1")
    assert not Mail.objects.exists()


def test_the_same_address_in_another_width_is_taken():
    UserFactory(email=EMAIL)
    assert sign_up(email="ｕser@example.com").status_code == 409


def test_five_taken_addresses_are_told_in_a_quarter_of_an_hour_then_nothing_is(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    for number in range(7):
        UserFactory(email=f"taken-{number}@example.com")
    told = [sign_up(email=f"taken-{number}@example.com").status_code for number in range(7)]
    assert told == [409] * 5 + [429] * 2
    assert sign_up(email="free@example.com").status_code == 429, "a 201 would tell as well"
    assert not User.objects.filter(email="free@example.com").exists()
    assert sign_up(address="203.0.113.9", email="free@example.com").status_code == 201
    time_machine.shift(901)
    assert sign_up(email="taken-6@example.com").status_code == 409


def test_free_addresses_cost_nothing_of_that_budget():
    answers = [sign_up(email=f"free-{number}@example.com").status_code for number in range(8)]
    assert answers == [201] * 8
    assert Budget.objects.get(name="accounts.unknown").count == 0


def test_strict_profile_tells_the_owner_and_not_the_caller(settings):
    settings.SECURITY_PROFILE = "strict"
    owner = UserFactory(email=EMAIL, full_name="Asha Rao")
    taken, free = sign_up(), sign_up(email="free@example.com")
    assert taken.status_code == free.status_code == 201
    one, other = taken.json(), free.json()
    assert one["user"].pop("id") not in {other["user"].pop("id"), str(owner.pk)}
    assert {**one, "user": {**one["user"], "email": ""}} == {**other, "user": {**other["user"], "email": ""}}
    assert [mail.user for mail in mails_to(EMAIL, "account_exists")] == [owner]
    assert User.objects.get(email=EMAIL).full_name == "Asha Rao"


def test_strict_profile_keeps_quiet_when_somebody_else_is_as_quick(settings, monkeypatch):
    settings.SECURITY_PROFILE = "strict"

    def create(*given):
        monkeypatch.setattr(signup, "_create", real)
        UserFactory(email=EMAIL)
        real(*given)

    real = signup._create
    monkeypatch.setattr(signup, "_create", create)
    # The other's account is made inside our transaction here, so it goes with it; nothing is left of either.
    assert sign_up().status_code == 201
    assert not User.objects.exists()


def test_strict_profile_tells_the_owner_at_most_three_times(settings):
    settings.SECURITY_PROFILE = "strict"
    UserFactory(email=EMAIL)
    assert {sign_up().status_code for _ in range(6)} == {201}
    assert len(mails_to(EMAIL, "account_exists")) == 3


@pytest.mark.parametrize("role", ["admin", "Admin", ["admin"], "superuser"])
def test_nobody_becomes_staff_by_a_word(role):
    answer = sign_up(role=role, is_staff=True, isStaff=True, is_superuser=True, isEmailVerified=True)
    assert answer.status_code == 201, "unknown keys are ignored"
    user = User.objects.get()
    assert (user.role, user.is_staff, user.is_superuser, user.is_email_verified) == ("customer", False, False, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "invalid-email"}, "email"),
        ({"email": ""}, "email"),
        ({"email": None}, "email"),
        ({"email": f"{'a' * 250}@example.com"}, "email"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
        ({"fullName": ""}, "fullName"),
        ({"fullName": "x" * 151}, "fullName"),
        ({"fullName": {"first": "John"}}, "fullName"),
        ({"password": "short12"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": None}, "password"),
        ({"phoneNumber": "12"}, "phoneNumber"),
        ({"phoneNumber": 9876543210}, "phoneNumber"),
    ],
)
def test_a_bad_value_is_400_with_its_field(changes, field):
    answer = sign_up(**changes)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "VALIDATION_ERROR"
    assert answer.json()["error"]["details"]["field"] == field
    assert not User.objects.exists()


def test_the_documented_validation_error():
    from tests.contract.shapes import assert_documented

    documented = {"field": "email", "value": "invalid-email", "message": "Please provide a valid email address"}
    details = sign_up(email="invalid-email").json()["error"]["details"]
    assert_documented(details, documented)
    assert {key: details[key] for key in documented} == documented


def test_all_bad_fields_are_listed():
    answer = Caller().post("/api/auth/signup", {})
    fields = [error["field"] for error in answer.json()["error"]["details"]["errors"]]
    assert fields == ["email", "fullName", "password"]


@pytest.mark.parametrize("phone", [None, ""])
def test_the_phone_may_be_left_out(phone):
    assert sign_up(phoneNumber=phone).status_code == 201
    assert (User.objects.get().phone, User.objects.get().phone_typed) == ("", "")


def test_a_password_is_taken_as_typed():
    password = "  pass phrase mit Ümlaut ☂ "
    sign_up(password=password)
    assert User.objects.get().check_password(password)
    assert not User.objects.get().check_password(password.strip())


@pytest.mark.parametrize("length", [8, 64, 128])
def test_long_passwords_are_good(length):
    assert sign_up(password="aB3$" * (length // 4)).status_code == 201


def test_a_mail_that_cannot_be_written_leaves_no_account(monkeypatch):
    def refuse(**_):
        raise RuntimeError("no template")

    monkeypatch.setattr(signup.verification, "queue_mail", refuse)
    with pytest.raises(RuntimeError):
        sign_up()
    assert not User.objects.exists()
    assert not OtpChallenge.objects.exists()


def test_a_signup_that_comes_twice_at_once_is_409(monkeypatch):
    monkeypatch.setattr(signup, "_is_taken", lambda email: False)
    UserFactory(email=EMAIL)
    assert sign_up().status_code == 409
    assert User.objects.count() == 1


def test_what_strangers_tried_on_a_free_address_does_not_hinder_its_owner():
    caller = Caller(address="203.0.113.9")
    for _ in range(5):
        caller.post("/api/auth/verify-otp", {"email": EMAIL, "otp": "000000"})
    caller.post("/api/auth/resend-otp", {"email": EMAIL})
    assert sign_up().status_code == 201
    assert Caller().post("/api/auth/verify-otp", {"email": EMAIL, "otp": code_of(EMAIL)}).status_code == 200


def test_settings_of_the_test_profile_are_the_documents():
    assert (conf.PASSWORD_POLICY, conf.SECURITY_PROFILE) == ("contract", "contract")
