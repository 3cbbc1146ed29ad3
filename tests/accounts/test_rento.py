"""rento's accounts: the document's examples, its rules and its silences."""

import jwt
import pytest
from django.conf import settings as django_settings

from accounts.enums import Role
from accounts.models import AuditEntry, Budget, Session, User
from tests.accounts.api import Caller, code_of, link_token_of, mails_to
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "john@example.com"
SEVEN_DAYS = 7 * 24 * 3600


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def documented(answer, method, path, status):
    _, example = example_of(method, path, status, dialect="rento")
    assert answer.status_code == status, answer.content
    assert_documented(answer.json(), example)
    assert answer.json()["message"] == example["message"]
    if status >= 400:
        assert answer.json()["error"] == example["error"]
    return answer.json()


def post(path, body=None, caller=None, **headers):
    return (caller or Caller()).post(f"/api/user/{path}", body, **headers)


def sign_up(**changes):
    return post("signup", {**example_of("POST", "/api/user/signup", 201, dialect="rento")[0], **changes})


def sign_in(email=EMAIL, password="Password123", caller=None):
    return post("signin", {"email": email, "password": password}, caller)


# The documented examples


def test_the_quick_start_of_the_document():
    answer = documented(sign_up(), "POST", "/api/user/signup", 201)
    assert answer["data"] == {"email": EMAIL}
    user = User.objects.get()
    assert (user.full_name, user.role, user.is_email_verified) == ("John Doe", Role.CUSTOMER, False)

    verified = post("verify-otp", {"email": EMAIL, "otp": code_of(EMAIL)})
    answer = documented(verified, "POST", "/api/user/verify-otp", 200)
    shown = {"id": str(user.pk), "fullName": "John Doe", "email": EMAIL, "role": "Tenant"}
    assert answer["data"] == {"user": shown}

    answer = documented(sign_in(), "POST", "/api/user/signin", 200)
    assert answer["data"]["user"] == {**shown, "profileImageUrl": "/images/default.png"}
    token = answer["data"]["token"]

    documented(post("signout", caller=Caller(token=token)), "POST", "/api/user/signout", 200)
    assert post("signout", caller=Caller(token=token)).status_code == 401


def test_a_taken_address_is_409_as_documented():
    UserFactory(email=EMAIL)
    documented(sign_up(email="JOHN@example.com"), "POST", "/api/user/signup", 409)


def test_a_wrong_code_is_400_as_documented_and_says_how_many_tries_are_left():
    sign_up()
    wrong = "000000" if code_of(EMAIL) != "000000" else "111111"
    answer = post("verify-otp", {"email": EMAIL, "otp": wrong})
    assert documented(answer, "POST", "/api/user/verify-otp", 400)["remaining_attempts"] == 4
    assert post("verify-otp", {"email": EMAIL, "otp": code_of(EMAIL)}).status_code == 200


def test_resending_is_as_documented(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    sign_up()
    answer = post("resend-otp", {"email": EMAIL})
    documented(answer, "POST", "/api/user/resend-otp", 429)
    assert answer["Retry-After"] == "60"
    time_machine.shift(60)
    documented(post("resend-otp", {"email": EMAIL}), "POST", "/api/user/resend-otp", 200)
    assert len(mails_to(EMAIL, "verify_email")) == 2


def test_who_is_unknown_is_404_and_who_is_verified_already_is_400():
    UserFactory(email="verified@example.com")
    for path, body in (("verify-otp", {"otp": "123456"}), ("resend-otp", {})):
        unknown = post(path, {"email": "nobody@example.com", **body})
        assert (unknown.status_code, unknown.json()["message"]) == (404, "User not found")
        known = post(path, {"email": "verified@example.com", **body})
        assert (known.status_code, known.json()["error"]) == (400, "Email Already Verified")


def test_such_answers_have_one_budget_and_after_it_there_are_none(settings):
    settings.RATE_LIMITS = ""
    statuses = [post("verify-otp", {"email": f"nobody{i}@example.com", "otp": "123456"}).status_code for i in range(6)]
    assert statuses == [404] * 5 + [429]
    sign_up_of_a_taken_one = sign_up()
    assert sign_up_of_a_taken_one.status_code == 429
    assert post("resend-otp", {"email": EMAIL}, Caller(address="203.0.113.9")).status_code == 404


def test_the_strict_profile_tells_nobody_who_has_an_account(settings):
    settings.SECURITY_PROFILE = "strict"
    UserFactory(email="verified@example.com")
    UserFactory(email="waiting@example.com", email_verified_at=None)
    people = ("nobody@example.com", "verified@example.com", "waiting@example.com")
    for path, body, status in (("resend-otp", {}, 200), ("verify-otp", {"otp": "123456"}, 400)):
        answers = [post(path, {"email": email, **body}) for email in people]
        assert [one.status_code for one in answers] == [status] * 3
        shown = [{**one.json(), "timestamp": ""} for one in answers]
        assert shown[0] == shown[1] == shown[2]
    assert sign_up(email="verified@example.com").status_code == 201


def test_who_has_not_proved_the_address_gets_403_and_a_new_code_after_the_right_password_only(time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    sign_up()
    first = code_of(EMAIL)
    time_machine.shift(60)
    assert sign_in(password="Password124").status_code == 401
    assert len(mails_to(EMAIL, "verify_email")) == 1
    documented(sign_in(), "POST", "/api/user/signin", 403)
    assert len(mails_to(EMAIL, "verify_email")) == 2
    assert not Session.objects.exists()
    withheld = sign_in()
    assert (withheld.status_code, withheld.json()["error"]) == (403, "Email Not Verified")
    assert "New" not in withheld.json()["message"]
    assert len(mails_to(EMAIL, "verify_email")) == 2
    assert "token" not in withheld.cookies
    if first != code_of(EMAIL):
        assert post("verify-otp", {"email": EMAIL, "otp": first}).status_code == 400
    assert post("verify-otp", {"email": EMAIL, "otp": code_of(EMAIL)}).status_code == 200
    assert sign_in().status_code == 200


def test_403_stands_also_when_all_codes_of_the_day_are_used_up(settings, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    settings.RATE_LIMITS = "rento.general=1000/m,rento.signin=1000/m,accounts.codes=1/15m"
    sign_up()
    for _ in range(3):
        time_machine.shift(61)
        assert sign_in().status_code == 403
    assert len(mails_to(EMAIL, "verify_email")) == 2


def test_a_forgotten_password_is_reset_as_documented():
    UserFactory(email=EMAIL)
    documented(post("forgot-password", {"email": EMAIL}), "POST", "/api/user/forgot-password", 200)
    body = {"token": link_token_of(EMAIL, "password_reset"), "password": "NewPassword123"}
    documented(post("reset-password", body), "POST", "/api/user/reset-password", 200)
    documented(post("reset-password", body), "POST", "/api/user/reset-password", 400)
    assert sign_in(password="NewPassword123").status_code == 200


def test_forgot_is_once_in_five_minutes_for_unknown_addresses_too(settings, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    settings.RATE_LIMITS = ""
    UserFactory(email=EMAIL)
    for email in (EMAIL, "nobody@example.com"):
        assert post("forgot-password", {"email": email}).status_code == 200
        refused = post("forgot-password", {"email": email.upper()}, Caller(address="203.0.113.9"))
        documented(refused, "POST", "/api/user/forgot-password", 429)
        assert 299 <= int(refused["Retry-After"]) <= 301
    time_machine.shift(301)
    assert post("forgot-password", {"email": EMAIL}).status_code == 200
    assert len(mails_to(EMAIL, "password_reset")) == 2


# Input


@pytest.mark.parametrize("password", ["Pass1", "password123", "PASSWORD123", "Passwords", "Pass1" + "x" * 124])
def test_a_password_beside_the_documented_rule_is_400(password):
    answer = sign_up(password=password)
    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["details"]] == ["password"]
    assert password not in answer.content.decode()
    assert post("reset-password", {"token": "t", "password": password}).json()["details"][0]["path"] == "password"


def test_six_characters_are_enough_here_and_not_in_the_strict_policy(settings):
    assert sign_up(password="Pass12").status_code == 201
    settings.PASSWORD_POLICY = "strict"
    refused = sign_up(password="Quay12", email="other@example.com")
    assert (refused.status_code, refused.json()["details"][0]["path"]) == (400, "password")
    settings.PASSWORD_POLICY = "contract"
    assert (
        Caller().post("/api/auth/signup", {"email": "x@example.com", "fullName": "X", "password": "Pass12"}).status_code
        == 400
    )


def test_staff_have_no_lower_floor_here():
    StaffFactory(email=EMAIL)
    post("forgot-password", {"email": EMAIL})
    body = {"token": link_token_of(EMAIL, "password_reset"), "password": "Quay12"}
    assert post("reset-password", body).json()["details"][0]["path"] == "password"


def test_every_documented_rule_is_told_in_the_documented_list():
    answer = post("signup", {"fullName": "J", "email": "invalid-email", "password": "x", "role": "Boss"})
    assert answer.status_code == 400
    body = answer.json()
    assert (body["error"], body["message"]) == ("Validation Error", "Please check your input")
    assert {one["path"] for one in body["details"]} == {"fullName", "email", "password", "role"}
    mail = next(one for one in body["details"] if one["path"] == "email")
    assert {key: mail[key] for key in ("type", "value", "location")} == {
        "type": "field",
        "value": "invalid-email",
        "location": "body",
    }
    assert sign_up(fullName="x" * 51).status_code == 400


@pytest.mark.parametrize(
    ("word", "role"), [("Tenant", "customer"), ("Landlord", "owner"), ("Enterprise", "enterprise")]
)
def test_a_role_is_chosen_at_sign_up(word, role):
    assert sign_up(role=word).status_code == 201
    assert User.objects.get().role == role


@pytest.mark.parametrize("role", ["admin", "Admin", ["admin"], "admin\u0000", "tenant", "", None, 1, {"role": "admin"}])
def test_nobody_becomes_staff_by_a_word(role):
    assert sign_up(role=role).status_code == 400
    assert not User.objects.exists()
    user = UserFactory(is_role_open=True)
    token = sign_in_as(user).tokens.access
    assert post("select-role", {"role": role}, Caller(token=token)).status_code == 400
    user.refresh_from_db()
    assert (user.is_role_open, user.role, user.is_staff) == (True, "customer", False)


def test_staff_flags_in_the_body_are_ignored():
    assert sign_up(isStaff=True, is_staff=True, is_superuser=True, email_verified_at="2026-01-01").status_code == 201
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_email_verified) == (False, False, False)


# Roles


def test_a_role_is_selected_once():
    user = UserFactory(email=EMAIL, full_name="John Doe", is_role_open=True, picture_url="https://example.com/p.png")
    caller = Caller(token=sign_in_as(user).tokens.access)
    answer = documented(post("select-role", {"role": "Landlord"}, caller), "POST", "/api/user/select-role", 200)
    assert answer["data"]["user"] == {
        "id": str(user.pk),
        "fullName": "John Doe",
        "email": EMAIL,
        "role": "Landlord",
        "profileImageUrl": "https://example.com/p.png",
    }
    documented(post("select-role", {"role": "Tenant"}, caller), "POST", "/api/user/select-role", 400)
    user.refresh_from_db()
    assert (user.role, user.is_role_open) == ("owner", False)
    chosen = AuditEntry.objects.get(action="user.role_chosen")
    assert (chosen.before, chosen.after) == ({"role": "customer"}, {"role": "owner"})


def test_who_chose_at_sign_up_or_is_not_signed_in_selects_none():
    user = UserFactory()
    assert post("select-role", {"role": "Landlord"}, Caller(token=sign_in_as(user).tokens.access)).status_code == 400
    assert post("select-role", {"role": "Landlord"}).status_code == 401


# The token


def test_the_token_lives_as_long_as_its_session():
    UserFactory(email=EMAIL)
    token = sign_in(password=PASSWORD).json()["data"]["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] == int(Session.objects.get().expires_at.timestamp())
    assert claims["exp"] - claims["iat"] in range(SEVEN_DAYS - 2, SEVEN_DAYS + 1)
    assert Caller(token=token).get("/api/auth/profile").status_code == 200, "it opens the other dialects too"
    Session.objects.update(ended_at="2026-01-01T00:00:00Z")
    assert Caller(token=token).get("/api/auth/profile").status_code == 401


def test_five_sign_ins_in_fifteen_minutes_from_one_address(settings):
    settings.RATE_LIMITS = ""
    answers = [sign_in() for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert answers[0].json()["error"] == "Invalid Credentials"
    assert answers[-1].json()["error"] == "Too Many Requests"
    assert answers[-1]["X-RateLimit-Limit"] == "5"


def test_nobody_reads_addresses_in_the_budgets(settings):
    settings.RATE_LIMITS = ""
    post("forgot-password", {"email": EMAIL})
    assert not Budget.objects.filter(key__contains="john").exists()


# One person, whichever dialect


def test_one_person_signs_up_in_one_dialect_and_in_by_the_others():
    Caller().post("/api/auth/signup", {"email": EMAIL, "fullName": "John Doe", "password": "Password123"})
    assert sign_in().status_code == 403
    Caller().post("/api/auth/verify-otp", {"email": EMAIL, "otp": code_of(EMAIL)})
    for path in ("/api/user/signin", "/api/auth/login", "/api/v1/auth/login"):
        answer = Caller().post(path, {"email": EMAIL, "password": "Password123"})
        assert answer.status_code == 200, (path, answer.content)
    assert User.objects.count() == 1
    assert sign_up().status_code == 409


def test_a_landlord_of_rento_is_a_partner_of_flashspace():
    sign_up(role="Landlord")
    post("verify-otp", {"email": EMAIL, "otp": code_of(EMAIL)})
    answer = Caller().post("/api/auth/login", {"email": EMAIL, "password": "Password123"})
    assert answer.json()["user"]["role"] == "partner"
    assert django_settings.ENVIRONMENT == "test"
