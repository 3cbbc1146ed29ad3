import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from unfold.admin import ModelAdmin

from accounts.models import AuditEntry, Budget, IdempotencyKey, OneTimeToken, OtpChallenge, Session, User
from accounts.services import budgets, idempotency, one_time_tokens, otp
from tests.accounts.api import Caller, mails_to
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

MINE = (User, Session, OtpChallenge, OneTimeToken, Budget, IdempotencyKey, SocialAccount, EmailAddress, Group)


def page(model, name="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def button(model, name, obj=None):
    return page(model, name, *([obj.pk] if obj else []))


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def permitted(*codenames):
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=user.pk)


def press(client, url, **fields):
    """Submit the button's dialog; what comes back is the page behind it."""
    answer = client.post(url, {"_form_submitted": "on", **fields})
    assert answer.status_code == 200, answer.content
    return answer


@pytest.fixture
def boss():
    return StaffFactory(is_superuser=True, email="boss@example.com")


@pytest.fixture
def person():
    return UserFactory(email="user@example.com", email_verified_at=None)


@pytest.fixture
def rows(person):
    """One of each, secrets and all."""
    sign_in_as(person)
    with_code = otp.issue_first_code(identifier=person.email, user=person)
    token = one_time_tokens.issue_token(user=person, purpose="reset_password")
    budgets.take("test", "198.51.100.7", 5, 900)
    claim = idempotency.claim_key(user=person, key="a-key", request_hash="b" * 64)
    idempotency.store_answer(claim=claim, status=201, body='{"private":"answer"}')
    SocialAccount.objects.create(user=person, provider="google", uid="1076", extra_data={"email": person.email})
    Group.objects.create(name="Night shift")
    return [with_code, token, PASSWORD, '"private"']


def test_every_model_of_identity_is_there_in_the_projects_dress(rows):
    for model in MINE:
        assert isinstance(admin.site._registry[model], ModelAdmin), model
    for model in (SocialApp, SocialToken):
        assert not admin.site.is_registered(model)


@pytest.mark.parametrize("model", MINE, ids=lambda model: model.__name__)
def test_pages_open_and_hold_no_secret(model, rows, boss, person):
    client = browser(boss)
    hashes = [
        *User.objects.values_list("password", flat=True),
        *Session.objects.values_list("refresh_hash", flat=True),
        *OtpChallenge.objects.values_list("code_hash", flat=True),
        *OneTimeToken.objects.values_list("token_hash", flat=True),
        *Budget.objects.values_list("key", flat=True),
        *IdempotencyKey.objects.values_list("request_hash", flat=True),
    ]
    urls = [page(model), f"{page(model)}?q=user", *(page(model, "change", row.pk) for row in model.objects.all())]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200, url
        text = answer.content.decode()
        assert not [secret for secret in (*rows, *hashes) if secret in text], url


@pytest.mark.parametrize("model", [model for model in MINE if model is not Group], ids=lambda model: model.__name__)
def test_nothing_is_added_changed_or_deleted_by_a_form(model, rows, boss):
    client = browser(boss)
    assert client.get(page(model, "add")).status_code == 403
    for row in model.objects.exclude(pk=boss.pk):
        assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert (
            client.post(page(model, "change", row.pk), {"full_name": "Mallory", "is_superuser": "on"}).status_code
            == 403
        )
    before = model.objects.count()
    client.post(
        page(model), {"action": "delete_selected", "_selected_action": [str(row.pk) for row in model.objects.all()]}
    )
    assert model.objects.count() == before


@pytest.mark.parametrize("model", MINE, ids=lambda model: model.__name__)
def test_staff_without_the_permission_see_nothing(model, rows):
    assert browser(StaffFactory()).get(page(model)).status_code == 403


def test_lists_have_constant_queries(boss):
    client = browser(boss)

    def make():
        person = UserFactory()
        sign_in_as(person)
        otp.issue_first_code(identifier=person.email, user=person)
        one_time_tokens.issue_token(user=person, purpose="reset_password")
        idempotency.claim_key(user=person, key="key", request_hash="b" * 64)
        SocialAccount.objects.create(user=person, provider="google", uid=str(person.pk))
        EmailAddress.objects.create(user=person, email=person.email)
        person.groups.add(Group.objects.create(name=str(person.pk)))

    def queries(model):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page(model)).status_code == 200
        return len(seen)

    make()
    client.get(page(User))  # what is remembered once
    one = [queries(model) for model in MINE]
    make(), make()
    assert [queries(model) for model in MINE] == one


def test_filters_find_people_and_sessions(boss, person):
    client = browser(boss)
    UserFactory(email="done@example.com")
    sign_in_as(person)
    over = sign_in_as(person)
    Session.objects.filter(pk=over.session.pk).update(ended_at="2026-01-05T10:00:00Z")

    def found(model, query):
        return client.get(f"{page(model)}?{query}").context["cl"].result_count

    assert found(User, "address=unproved") == 1
    assert found(User, "address=verified") == 2
    assert found(User, "q=done@example") == 1
    assert found(Session, f"state=live&user__id__exact={person.pk}") == 1
    assert found(Session, f"state=over&user__id__exact={person.pk}") == 1
    assert found(Session, "") == 3, "with the one of whoever looks"


# Buttons on a person


def test_edit_details(boss, person):
    press(browser(boss), button(User, "edit_details", person), full_name="Asha Rao", role="owner")
    person.refresh_from_db()
    assert (person.full_name, person.role) == ("Asha Rao", "owner")
    entry = AuditEntry.objects.get(action="user.updated")
    assert (entry.actor, entry.before["role"], entry.after["role"]) == (boss, "customer", "owner")
    press(browser(boss), button(User, "edit_details", person), full_name="Asha Rao", role="owner")
    assert AuditEntry.objects.filter(action="user.updated").count() == 1


def test_a_dialog_shows_what_there_is_and_refuses_what_is_not_on_the_list(boss, person):
    client = browser(boss)
    assert "John Doe" in client.get(button(User, "edit_details", person)).content.decode()
    assert client.get(button(User, "set_rights", person)).status_code == 200
    press(client, button(User, "edit_details", person), full_name="x", role="admin")
    person.refresh_from_db()
    assert person.full_name == "John Doe"


def test_deactivate_and_activate(boss, person):
    client, caller = browser(boss), Caller(token=sign_in_as(person).tokens.access)
    press(client, button(User, "deactivate", person))
    person.refresh_from_db()
    assert person.is_active, "a reason is asked for"
    press(client, button(User, "deactivate", person), reason="asked for it")
    person.refresh_from_db()
    assert not person.is_active
    assert caller.get("/api/auth/check-auth").json()["isAuthenticated"] is False
    press(client, button(User, "activate", person), reason="came back")
    person.refresh_from_db()
    assert person.is_active
    reasons = AuditEntry.objects.order_by("at").values_list("action", "reason")
    assert list(reasons) == [("user.deactivated", "asked for it"), ("user.activated", "came back")]


def test_sign_out_everywhere(boss, person):
    caller = Caller(token=sign_in_as(person).tokens.access)
    press(browser(boss), button(User, "end_sessions", person))
    assert Session.objects.get(user=person).ended_at is None, "a reason is asked for"
    press(browser(boss), button(User, "end_sessions", person), reason="lost a laptop")
    assert Session.objects.get(user=person).end_reason == "revoked"
    assert caller.get("/api/auth/sessions").status_code == 401
    entry = AuditEntry.objects.get()
    assert (entry.after, entry.reason, entry.actor) == ({"sessions": 1}, "lost a laptop", boss)


def test_send_a_code_and_a_reset_link(boss, person):
    client = browser(boss)
    press(client, button(User, "send_code", person))
    press(client, button(User, "send_code", person))
    assert len(mails_to(person.email, "verify_email")) == 1, "the pause between two codes is kept"
    press(client, button(User, "send_reset_link", person))
    assert len(mails_to(person.email, "password_reset")) == 1
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions == {"user.code_sent", "user.reset_link_sent"}


def test_rights_are_a_superusers_to_give(boss):
    colleague = UserFactory()
    group = Group.objects.create(name="Night shift")
    press(browser(boss), button(User, "set_rights", colleague), is_staff="on", groups=[group.pk])
    colleague.refresh_from_db()
    assert (colleague.is_staff, colleague.is_superuser) == (True, False)
    assert list(colleague.groups.all()) == [group]
    entry = AuditEntry.objects.get(action="user.rights_changed")
    assert entry.after == {"is_staff": True, "groups": ["Night shift"]}
    press(browser(boss), button(User, "set_rights", colleague), is_superuser="on", groups=[group.pk])
    colleague.refresh_from_db()
    assert (colleague.is_staff, colleague.is_superuser, colleague.groups.count()) == (False, False, 0)


def test_rights_need_a_verified_address_and_another_superuser(boss, person):
    client = browser(boss)
    press(client, button(User, "set_rights", person), is_staff="on")
    press(client, button(User, "set_rights", boss))
    person.refresh_from_db()
    boss.refresh_from_db()
    assert not person.is_staff
    assert boss.is_superuser
    assert not AuditEntry.objects.exists()


def test_add_a_colleague(boss):
    client = browser(boss)
    group = Group.objects.create(name="Night shift")
    given = {"email": "NEW@example.com", "full_name": "Ravi", "password": "Tr0ub4dor&3x", "groups": [group.pk]}
    press(client, button(User, "add_colleague"), **given)
    colleague = User.objects.get(email="new@example.com")
    assert (colleague.is_staff, colleague.is_superuser, colleague.is_email_verified) == (True, False, True)
    assert colleague.check_password("Tr0ub4dor&3x")
    assert list(colleague.groups.all()) == [group]
    assert AuditEntry.objects.get().action == "user.staff_added"
    assert Client().login(email="new@example.com", password="Tr0ub4dor&3x")
    for wrong in (
        {"email": "another@example.com", "password": "password123"},
        {"email": "new@example.com"},
        {"email": ""},
    ):
        press(client, button(User, "add_colleague"), **{**given, **wrong})
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "right"),
    [
        *((name, "change_user") for name in ("edit_details", "send_code", "send_reset_link", "deactivate", "activate")),
        ("end_sessions", "sign_out_user"),
        ("unlock", "unlock_user"),
        ("see_as", "impersonate_user"),
    ],
)
def test_a_button_needs_its_permission_and_a_colleague_is_a_superusers(name, right, person):
    fields = {"reason": "why", "full_name": "Mallory", "role": "owner"}
    others = {"change_user", "sign_out_user", "unlock_user", "impersonate_user"} - {right}
    seer = browser(permitted("view_user", *others))
    assert seer.post(button(User, name, person), {"_form_submitted": "on", **fields}).status_code == 403
    changer, colleague = browser(permitted("view_user", right)), StaffFactory()
    press(changer, button(User, name, colleague), **fields)
    assert not AuditEntry.objects.exists()
    colleague.refresh_from_db()
    assert colleague.full_name != "Mallory"


def test_an_address_that_is_taken_meanwhile_is_refused(boss, monkeypatch):
    monkeypatch.setattr("accounts.admin.user_forms.ColleagueForm.clean_email", lambda form: boss.email)
    given = {"email": boss.email, "full_name": "Ravi", "password": "Tr0ub4dor&3x"}
    press(browser(boss), button(User, "add_colleague"), **given)
    assert User.objects.count() == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["set_rights", "add_colleague"])
def test_only_a_superuser_gives_rights(name, person):
    client = browser(permitted("view_user", "change_user", "add_user"))
    url = button(User, name) if name == "add_colleague" else button(User, name, person)
    assert client.post(url, {"_form_submitted": "on", "is_staff": "on"}).status_code == 403


def buttons_on(client, user):
    text = client.get(page(User, "change", user.pk)).content.decode()
    return set(re.findall(rf"/admin/accounts/user/{user.pk}/([a-z-_]+)/?\"", text)) - {"history", "change"}


def test_only_buttons_that_would_do_something_are_shown(boss, person):
    always = {"edit_details", "send_reset_link"}
    a_boss_has = always | {"add_note", "set_rights", "unlock", "end_sessions"}
    assert buttons_on(browser(boss), person) == a_boss_has | {"send_code", "deactivate", "see_as"}
    assert buttons_on(browser(boss), UserFactory(is_active=False)) == a_boss_has | {"activate"}
    assert "see_as" not in buttons_on(browser(boss), StaffFactory())
    changer = browser(permitted("view_user", "change_user"))
    assert buttons_on(changer, person) == always | {"send_code", "deactivate"}
    assert buttons_on(changer, boss) == set()
    helper = browser(permitted("view_user", "unlock_user", "sign_out_user", "impersonate_user"))
    assert buttons_on(helper, person) == {"unlock", "end_sessions", "see_as"}
    assert buttons_on(helper, boss) == set()
    assert buttons_on(browser(permitted("view_user")), person) == set()


def test_end_a_session(boss, person):
    session = sign_in_as(person).session
    press(browser(boss), button(Session, "end", session))
    press(browser(boss), button(Session, "end", session))
    session.refresh_from_db()
    assert session.end_reason == "revoked"
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["session.revoked"]


def test_a_colleagues_session_is_a_superusers_to_end(boss):
    session = sign_in_as(boss).session
    client = browser(permitted("view_session", "change_session"))
    press(client, button(Session, "end", session))
    session.refresh_from_db()
    assert session.ended_at is None


# Groups and the first superuser


def test_groups_are_a_superusers_and_told_to_the_audit_log(boss):
    review = Permission.objects.get(codename="review_kyc")
    client = browser(boss)
    client.post(page(Group, "add"), {"name": "Reviewers", "permissions": [review.pk]})
    group = Group.objects.get(name="Reviewers")
    client.post(page(Group, "change", group.pk), {"name": "Reviewers", "permissions": []})
    client.post(page(Group, "delete", group.pk), {"post": "yes"})
    told = AuditEntry.objects.order_by("at", "id").values_list("action", "before", "after")
    assert list(told) == [
        ("group.saved", {"permissions": []}, {"permissions": ["review_kyc"]}),
        ("group.saved", {"permissions": ["review_kyc"]}, {"permissions": []}),
        ("group.deleted", {"permissions": []}, {}),
    ]
    viewer = browser(permitted("view_group", "add_group", "change_group", "delete_group"))
    assert viewer.get(page(Group)).status_code == 200
    assert viewer.get(page(Group, "add")).status_code == 403


def test_groups_deleted_together_are_told_one_by_one(boss):
    groups = [Group.objects.create(name=name) for name in "ab"]
    chosen = {"action": "delete_selected", "_selected_action": [group.pk for group in groups], "post": "yes"}
    browser(boss).post(page(Group), chosen)
    assert not Group.objects.filter(name__in="ab").exists()
    assert AuditEntry.objects.filter(action="group.deleted").count() == 2


def test_createsuperuser_from_the_environment_can_use_admin_and_api(monkeypatch, settings):
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Root@Example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "quiet river under 9 bridges")
    call_command("createsuperuser", "--noinput", verbosity=0)
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("root@example.com", True, True)
    assert user.is_email_verified
    client = Client()
    assert client.login(email="ROOT@example.com", password="quiet river under 9 bridges")
    assert client.get(page(User)).status_code == 200
    answer = Caller().post("/api/auth/login", {"email": "root@example.com", "password": "quiet river under 9 bridges"})
    assert answer.json()["user"]["role"] == "admin"
