"""Signing up as a consultant: names, slugs, what is refused, and what nobody learns by it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver

from accounts.models import Budget, Mail, User
from consultants.models import Consultant
from consultants.names import RESERVED, slug_base, split_name
from tests.accounts.api import Caller, mails_to
from tests.accounts.payloads import PAYLOADS
from tests.factories.accounts import UserFactory
from tests.factories.consultants import make_consultant

pytestmark = pytest.mark.django_db

PATH = "/api/v1/auth/signup"
EMAIL = "john@example.com"
BODY = {"name": "John Doe", "email": EMAIL, "password": "SecurePass123!"}


def sign_up(address="198.51.100.7", **changes):
    return Caller(address=address).post(PATH, {**BODY, **changes})


def consultant_of(answer):
    assert answer.status_code == 201, answer.content
    return answer.json()["data"]["consultant"]


# Names and slugs


@pytest.mark.parametrize(
    ("name", "first", "last", "slug"),
    [
        ("John", "John", "", "john-1"),
        ("John Doe", "John", "Doe", "john-doe-1"),
        ("  Mary   Ann  van Dyke ", "Mary", "Ann van Dyke", "mary-ann-van-dyke-1"),
        ("José Ñandú", "José", "Ñandú", "jose-nandu-1"),
        ("आशा राव", "आशा", "राव", "consultant-1"),
        ("Profile", "Profile", "", "profile-1"),
        ("Availability", "Availability", "", "availability-1"),
    ],
)
def test_a_name_is_parsed_and_spelled_in_the_slug(name, first, last, slug):
    shown = consultant_of(sign_up(name=name))
    assert (shown["firstName"], shown["lastName"], shown["slug"]) == (first, last, slug)
    user = User.objects.get()
    assert (user.full_name, user.first_name, user.last_name) == (f"{first} {last}".strip(), first, last)


def test_names_of_one_spelling_are_numbered():
    names = ["John Doe", "John  Doe", "john doe", "JOHN DOE", "Jöhn Doe", "John Doe Smith"]
    slugs = [consultant_of(sign_up(name=name, email=f"p{n}@example.com"))["slug"] for n, name in enumerate(names)]
    assert slugs == [*(f"john-doe-{number}" for number in range(1, 6)), "john-doe-smith-1"]


def test_a_number_that_somebody_took_by_hand_is_passed_over():
    make_consultant(slug="john-doe-2", slug_base="jane-roe", slug_number=1)
    make_consultant(slug="jd", slug_base="john-doe", slug_number=1)
    assert consultant_of(sign_up())["slug"] == "john-doe-3"


def test_a_long_name_has_a_slug_that_fits():
    shown = consultant_of(sign_up(name="Xi " * 33))
    assert len(shown["slug"]) <= 82
    assert shown["slug"].endswith("-1")


def test_no_slug_is_a_word_of_an_address():
    words = {
        segment
        for pattern in get_resolver().url_patterns
        for one in getattr(pattern, "url_patterns", [pattern])
        if str(one.pattern).startswith("api/v1/consultant/")
        for segment in str(one.pattern).split("/")[3:4]
        if not segment.startswith("<")
    }
    assert words <= set(RESERVED)
    for word in RESERVED:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_consultant(slug=word, slug_number=99)


@pytest.mark.parametrize("payload", PAYLOADS[:3])
def test_a_base_is_always_a_slug(payload):
    assert set(slug_base(payload)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert split_name("a  b\tc") == ("a", "b c")


# What is made


def test_signup_makes_an_account_a_consultant_who_waits_and_one_mail():
    consultant_of(sign_up())
    user, consultant = User.objects.get(), Consultant.objects.get()
    assert (user.role, user.is_staff, user.is_email_verified) == ("customer", False, False)
    assert consultant.user == user
    assert (consultant.approval, consultant.is_active, consultant.approved_at) == ("pending", True, None)
    assert (consultant.phone_country_code, consultant.subscription_plan) == ("+91", "free")
    assert list(Mail.objects.values_list("to", "template")) == [(EMAIL, "verify_email")]


def test_nobody_writes_what_is_not_asked_for():
    given = {"isApprovedByAdmin": True, "approval": "approved", "slug": "profile", "role": "admin", "isActive": False}
    shown = consultant_of(sign_up(**given, is_staff=True, subscriptionPlan="gold", isEmailVerified=True))
    consultant = Consultant.objects.get()
    assert shown["isApprovedByAdmin"] is False
    assert (consultant.slug, consultant.approval, consultant.is_active) == ("john-doe-1", "pending", True)
    assert not User.objects.get().is_staff


def test_one_person_signs_in_by_the_other_dialects_too(settings):
    settings.RATE_LIMITS = "off"
    consultant_of(sign_up())
    body = {"email": EMAIL, "password": BODY["password"]}
    assert Caller().post("/api/auth/login", body).json()["user"]["fullName"] == "John Doe"
    assert Caller().post("/api/v1/auth/login", body).json()["data"]["consultant"]["slug"] == "john-doe-1"
    assert User.objects.count() == 1


def test_a_signup_that_fails_leaves_nothing(monkeypatch):
    def refuse(**_):
        raise RuntimeError("no template")

    monkeypatch.setattr("accounts.services.verification.queue_mail", refuse)
    with pytest.raises(RuntimeError):
        sign_up()
    assert not User.objects.exists()
    assert not Consultant.objects.exists()


# What is refused


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": "J"}, "name", "Name must be at least 2 characters"),
        ({"name": "   "}, "name", "Name must be at least 2 characters"),
        ({"name": "J" * 101}, "name", None),
        ({"name": "John 3"}, "name", "Name can only contain letters and spaces"),
        ({"name": "<script>"}, "name", "Name can only contain letters and spaces"),
        ({"name": "John\nDoe"}, "name", None),
        ({"name": None}, "name", None),
        ({"name": ["John"]}, "name", None),
        ({"email": "john"}, "email", "Please provide a valid email address"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "email", None),
        ({"password": "Aa1!"}, "password", "Password must be at least 8 characters"),
        ({"password": "securepass123!"}, "password", "Password must contain an uppercase letter"),
        ({"password": "SECUREPASS123!"}, "password", "Password must contain a lowercase letter"),
        ({"password": "SecurePassword!"}, "password", "Password must contain a number"),
        ({"password": "SecurePass123"}, "password", "Password must contain a special character"),
        ({"password": "secure passwd"}, "password", "Password must contain an uppercase letter, a number"),
        ({"password": "Aa1!" * 33}, "password", None),
    ],
)
def test_a_bad_value_is_400_with_its_field(changes, field, message):
    answer = sign_up(**changes)
    body = answer.json()
    assert (answer.status_code, body["code"], body["error"]) == (400, "VALIDATION_ERROR", "ValidationError")
    assert [one["field"] for one in body["details"]] == [field]
    if message:
        assert body["message"] == message
    assert not User.objects.exists()


def test_the_strict_policy_refuses_common_passwords(settings):
    settings.PASSWORD_POLICY = "strict"
    assert sign_up(password="Password123!").status_code == 400
    assert sign_up(password="Orchid lantern 42 river!").status_code == 201


# What nobody learns


@pytest.mark.parametrize("email", [EMAIL, "JOHN@example.com", "ｊohn@example.com"])
def test_a_taken_address_is_409_and_nothing_changes(email):
    user = UserFactory(email=EMAIL, full_name="Asha Rao")
    answer = sign_up(email=email)
    assert (answer.status_code, answer.json()["code"]) == (409, "EMAIL_EXISTS")
    user.refresh_from_db()
    assert user.full_name == "Asha Rao"
    assert not Consultant.objects.exists()
    assert not Mail.objects.exists()


def test_five_taken_addresses_are_told_in_a_quarter_of_an_hour_with_the_other_dialects_then_nothing_is():
    for number in range(7):
        UserFactory(email=f"taken-{number}@example.com")
    told = [sign_up(email=f"taken-{number}@example.com").status_code for number in range(4)]
    elsewhere = {"email": "taken-4@example.com", "fullName": "x", "password": "SecurePass123!"}
    told.append(Caller().post("/api/auth/signup", elsewhere).status_code)
    told.append(sign_up(email="taken-5@example.com").status_code)
    assert told == [409] * 5 + [429]
    assert sign_up(email="free@example.com").status_code == 429, "a 201 would tell as well"
    assert sign_up(address="203.0.113.9", email="free@example.com").status_code == 201


def test_free_addresses_cost_nothing_of_that_budget():
    assert {sign_up(email=f"free-{number}@example.com").status_code for number in range(8)} == {201}
    assert Budget.objects.get(name="accounts.unknown").count == 0


def test_the_strict_profile_tells_the_owner_and_not_the_caller(settings):
    settings.SECURITY_PROFILE = "strict"
    owner = UserFactory(email=EMAIL, full_name="Asha Rao")
    taken, free = sign_up(), sign_up(email="free@example.com")
    shown = []
    for answer in (taken, free):
        person = consultant_of(answer)
        assert person.pop("id") != str(owner.pk)
        base, _, number = person.pop("slug").rpartition("-")
        assert (base, len(number)) == ("john-doe", 6), "the next number would tell whether this one was kept"
        shown.append({**person, "email": ""})
    assert shown[0] == shown[1]
    assert set(taken.json()) == set(free.json())
    assert [mail.user for mail in mails_to(EMAIL, "account_exists")] == [owner]
    assert Consultant.objects.get().user.email == "free@example.com"


def test_a_person_goes_with_the_consultant_they_are():
    consultant = make_consultant()
    consultant.user.delete()
    assert not Consultant.objects.exists()
