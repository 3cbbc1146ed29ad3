"""Staff accounts by the operator of the server. Whichever way staff get a password, it is a strong one."""

import io

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, User
from accounts.services.users import set_rights
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as
from tests.factories.staff import make_groups

pytestmark = pytest.mark.django_db

GOOD, WEAK = "quiet river under 9 bridges", "securePassword123"
EMAIL = "asha@example.com"


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    make_groups()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD)


def create(*options, email=EMAIL, name="Asha Rao"):
    out = io.StringIO()
    call_command("create_admin", *options, email=email, name=name, no_input=True, stdout=out)
    return out.getvalue()


def test_a_colleague_is_made_with_the_rights_of_a_group_and_told_to_the_audit_log():
    assert "asha@example.com is a colleague in Support, and may sign in" in create("--group", "Support")
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_email_verified, user.full_name) == (True, False, True, "Asha Rao")
    assert user.check_password(GOOD)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == ("user.staff_added", None, str(user.pk))
    assert entry.after == {"is_staff": True, "is_superuser": False, "groups": ["Support"]}
    assert GOOD not in str(AuditEntry.objects.values())


def test_a_superuser_is_made_from_the_environment_alone(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Root@Example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_FULL_NAME", "Root")
    call_command("create_admin", "--superuser", "--noinput", stdout=io.StringIO())
    user = User.objects.get()
    assert (user.email, user.full_name, user.is_superuser) == ("root@example.com", "Root", True)
    answer = Caller().post("/api/auth/login", {"email": "root@example.com", "password": GOOD})
    assert answer.json()["user"]["role"] == "admin"


def test_what_nothing_says_is_asked_for(monkeypatch):
    for name in ("EMAIL", "FULL_NAME", "PASSWORD"):
        monkeypatch.delenv(f"DJANGO_SUPERUSER_{name}", raising=False)
    said = iter([EMAIL, "Asha Rao"])
    monkeypatch.setattr("builtins.input", lambda _: next(said))
    monkeypatch.setattr("accounts.management.commands.create_admin.getpass", lambda _: GOOD)
    call_command("create_admin", "--superuser", stdout=io.StringIO())
    assert User.objects.get().check_password(GOOD)


def test_a_second_run_changes_nothing_and_says_so(monkeypatch):
    create("--group", "KYC")
    before = list(User.objects.values())
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "another good one of 9 words")
    assert "is there already, with these rights; nothing changed" in create("--group", "KYC")
    assert list(User.objects.values()) == before
    assert AuditEntry.objects.count() == 1


def test_a_dry_run_makes_nothing():
    assert "would be a superuser; nothing changed" in create("--superuser", "--dry-run")
    assert not User.objects.exists()


def test_nobody_is_promoted_by_it():
    user = UserFactory(email=EMAIL)
    with pytest.raises(CommandError, match="has an account with other rights"):
        create("--superuser")
    user.refresh_from_db()
    assert not user.is_staff


@pytest.mark.parametrize("password", [WEAK, "Admin@2024", "asha@example.com", "short", "1234567890", "x" * 129])
def test_a_weak_password_is_refused_whatever_the_policy_of_customers(monkeypatch, settings, password):
    settings.PASSWORD_POLICY = "contract"
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(CommandError):
        create("--superuser")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("options", "given", "words"),
    [
        ([], {}, "either --group or --superuser"),
        (["--group", "KYC", "--superuser"], {}, "either --group or --superuser"),
        (["--group", "Nobody"], {}, "there is no group Nobody; known are Content, "),
        (["--superuser"], {"email": "no address"}, "is not an e-mail address"),
        (["--superuser"], {"email": ""}, "E-mail is missing"),
        (["--superuser"], {"name": ""}, "Full name is missing"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_asked(options, given, words, monkeypatch):
    monkeypatch.delenv("DJANGO_SUPERUSER_EMAIL", raising=False)
    with pytest.raises(CommandError, match=words):
        create(*options, **given)


def test_without_a_password_nothing_is_made(monkeypatch):
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD")
    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_PASSWORD is missing"):
        create("--superuser")


# Every other way in which staff get a password


def test_createsuperuser_takes_no_weak_one(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", EMAIL)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", WEAK)
    with pytest.raises(CommandError, match="too common"):
        call_command("createsuperuser", "--noinput", verbosity=0)
    assert not User.objects.exists()


def change(email, password, monkeypatch):
    monkeypatch.setattr("flashspace.management.commands.changepassword.getpass", lambda _: password)
    call_command("changepassword", email, stdout=io.StringIO())


def test_changepassword_ends_what_is_open_tells_the_owner_and_takes_no_weak_one(monkeypatch):
    user = StaffFactory()
    opened = sign_in_as(user)
    with pytest.raises(CommandError, match="too common"):
        change(user.email, WEAK, monkeypatch)
    change(user.email.upper(), GOOD, monkeypatch)
    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert Caller(token=opened.tokens.access).get("/api/auth/profile").status_code == 401
    assert len(mails_to(user.email, "password_changed")) == 1
    assert AuditEntry.objects.get().action == "user.password_set"


def test_changepassword_says_what_is_wrong(monkeypatch):
    with pytest.raises(CommandError, match="no account"):
        change("nobody@example.com", GOOD, monkeypatch)
    user = UserFactory()
    said = iter([GOOD, "another"])
    monkeypatch.setattr("flashspace.management.commands.changepassword.getpass", lambda _: next(said))
    with pytest.raises(CommandError, match="not the same"):
        call_command("changepassword", user.email)
    call_command("changepassword", user.email, "--dry-run", stdout=io.StringIO())
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_colleague_chooses_no_weak_one_by_a_mailed_link():
    user = StaffFactory()
    Caller().post("/api/auth/forgot-password", {"email": user.email})
    body = {"token": link_token_of(user.email, "password_reset")}
    assert Caller().post("/api/auth/reset-password", {**body, "newPassword": WEAK}).status_code == 400
    assert Caller().post("/api/auth/reset-password", {**body, "newPassword": GOOD}).status_code == 200


def test_who_becomes_a_colleague_leaves_the_password_of_a_customer_behind():
    boss = StaffFactory(is_superuser=True)
    user = UserFactory()
    opened = sign_in_as(user)
    group = Group.objects.get(name="Support")
    set_rights(user=user, is_staff=True, is_superuser=False, groups=[group], actor=boss)
    assert Caller(token=opened.tokens.access).get("/api/auth/profile").status_code == 401
    assert Caller().post("/api/auth/login", {"email": user.email, "password": PASSWORD}).status_code == 401
    body = {"token": link_token_of(user.email, "password_reset"), "newPassword": GOOD}
    assert Caller().post("/api/auth/reset-password", body).status_code == 200
    assert Caller().post("/api/auth/login", {"email": user.email, "password": GOOD}).status_code == 200


@pytest.mark.parametrize("after", [(True, True), (False, False)])
def test_whoever_rises_or_falls_among_staff_signs_in_again(after):
    boss, user = StaffFactory(is_superuser=True), StaffFactory()
    opened = sign_in_as(user)
    is_staff, is_superuser = after
    set_rights(user=user, is_staff=is_staff, is_superuser=is_superuser, groups=[], actor=boss)
    assert Caller(token=opened.tokens.access).get("/api/auth/profile").status_code == 401
    user.refresh_from_db()
    assert user.check_password(PASSWORD), "of staff it is a strong one already"


def test_another_group_ends_nothing_since_rights_are_read_each_time():
    boss, user = StaffFactory(is_superuser=True), StaffFactory()
    opened = sign_in_as(user)
    set_rights(user=user, is_staff=True, is_superuser=False, groups=Group.objects.filter(name="KYC"), actor=boss)
    assert Caller(token=opened.tokens.access).get("/api/auth/profile").status_code == 200
