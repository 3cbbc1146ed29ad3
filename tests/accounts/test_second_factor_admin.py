"""The second step of the admin's door: nobody is in before it, and it is asked for wherever it is needed."""

import re
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.admin.sign_in import WAITING
from accounts.mfa_totp import Authenticator
from accounts.models import AuditEntry, BackupCode, Session, TotpSetup, User
from accounts.selectors.mfa import has_second_factor, second_factor_of
from accounts.services import password_change, users
from tests.accounts.api import Caller, mails_to
from tests.accounts.phones_of_staff import Phone, enrol
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "boss@example.com"
LOGIN, CODE, SETUP, OWN, HOME = (
    reverse(f"admin:{name}") for name in ("login", "login_code", "login_setup", "second_factor", "index")
)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)
    return time_machine


@pytest.fixture
def boss():
    return StaffFactory(email=EMAIL, is_superuser=True)


@pytest.fixture
def phone(boss):
    return enrol(boss)[0]


@pytest.fixture
def required(settings):
    settings.STAFF_MFA = "required"


def password_step(client=None, **fields):
    client = client or Client(REMOTE_ADDR="203.0.113.1")
    return client, client.post(LOGIN, {"username": EMAIL, "password": PASSWORD, **fields})


def come_in(phone, **fields):
    client, _ = password_step(**fields)
    return client, client.post(CODE, {"code": phone.code(), **fields})


def is_in(client):
    return client.get(HOME).status_code == 200


def secret_on(page):
    return re.search(r'data-secret="([A-Z2-7]{32})"', page.content.decode())[1]


def codes_on(page):
    return re.findall(r">(\d{5}-\d{5})</code>", page.content.decode())


# The second step


def test_the_password_alone_opens_nothing(boss, phone):
    client, answer = password_step()
    assert (answer.status_code, answer.url) == (302, f"{CODE}?next={quote(HOME, safe='')}")
    assert not is_in(client)
    assert "_auth_user_id" not in client.session
    assert not Session.objects.exists()
    boss.refresh_from_db()
    assert boss.last_login is None


def test_no_page_of_the_admin_is_open_to_whoever_waits(phone):
    """Every address without an id; the code page and the way back are all there is."""
    client, _ = password_step()
    open_ones = set()
    for pattern in get_resolver("flashspace.urls").url_patterns:
        for route in getattr(pattern, "url_patterns", []) if str(pattern.pattern) == "admin/" else []:
            url = f"/admin/{route.pattern}"
            if "<" not in url and "(" not in url and client.get(url).status_code == 200:
                open_ones.add(url)
    assert open_ones == {LOGIN, CODE}


def test_the_code_opens_and_the_session_knows_it(boss, phone):
    client, answer = come_in(phone)
    assert (answer.status_code, answer.url) == (302, HOME)
    assert is_in(client)
    noted = Session.objects.get()
    assert (noted.user, noted.mfa_verified_at, noted.dialect) == (boss, noted.created_at, "admin")
    assert WAITING not in client.session


def test_a_backup_code_opens_too(boss):
    _, codes = enrol(boss)
    client, _ = password_step()
    assert client.post(CODE, {"code": codes[0]}).status_code == 302
    assert is_in(client)
    assert second_factor_of(boss).remaining == 9


def test_a_wrong_code_is_told_and_five_are_enough(phone):
    client, _ = password_step()
    for _ in range(5):
        answer = client.post(CODE, {"code": phone.wrong_code()})
        assert "That code is not right, or was used already" in answer.content.decode()
    answer = client.post(CODE, {"code": phone.code()})
    assert "Too many tries. Try again in 5 minutes." in answer.content.decode()
    assert not is_in(client)
    again, _ = password_step()
    assert "Too many tries" in again.post(CODE, {"code": phone.code()}).content.decode(), "it is the account's budget"


def test_nobody_skips_the_password(phone):
    client = Client()
    for answer in (client.get(CODE), client.post(CODE, {"code": phone.code()}), client.get(SETUP)):
        assert (answer.status_code, answer.url) == (302, f"{LOGIN}?next={quote(HOME, safe='')}")
    assert not is_in(client)


def test_whoever_has_one_cannot_set_up_another_instead(boss, phone, required):
    client, _ = password_step()
    for answer in (client.get(SETUP), client.post(SETUP, {"code": phone.code()})):
        assert answer.url.startswith(CODE)
    assert not TotpSetup.objects.exists()


def test_a_code_is_good_for_one_browser(phone):
    first, second = password_step()[0], password_step()[0]
    code = phone.code()
    assert first.post(CODE, {"code": code}).status_code == 302
    assert "not right" in second.post(CODE, {"code": code}).content.decode()
    assert (is_in(first), is_in(second)) == (True, False)


def test_a_password_that_was_shown_is_good_for_ten_minutes(phone, clock):
    client, _ = password_step()
    clock.shift(600)
    answer = client.post(CODE, {"code": phone.code()}, follow=True)
    assert "That took too long. Please sign in again." in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"password": "!"}], ids=str)
def test_what_changes_between_the_steps_counts(boss, phone, change):
    client, _ = password_step()
    User.objects.filter(pk=boss.pk).update(**change)
    assert client.post(CODE, {"code": phone.code()}).url.startswith(LOGIN)
    assert not is_in(client)


def test_the_waiting_session_gets_a_key_of_its_own_and_so_does_the_open_one(boss, phone):
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    keys = [client.cookies["sessionid"].value if "sessionid" in client.cookies else session.session_key]
    client.cookies["sessionid"] = session.session_key
    password_step(client)
    keys.append(client.cookies["sessionid"].value)
    client.post(CODE, {"code": phone.code()})
    keys.append(client.cookies["sessionid"].value)
    assert len(set(keys)) == 3
    assert list(BrowserSession.objects.values_list("session_key", flat=True)) == [keys[-1]]


def test_another_person_signs_in_in_the_same_browser(boss, phone):
    client, _ = come_in(phone)
    other = StaffFactory(email="other@example.com")
    client.post(LOGIN, {"username": other.email, "password": PASSWORD})
    assert client.get(HOME).wsgi_request.user == other
    assert Session.objects.get(user=boss).end_reason == "logout"


# Where people go then


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/admin/accounts/user/", "/admin/accounts/user/"),
        ("/admin/accounts/user/?q=a&o=1", "/admin/accounts/user/?q=a&o=1"),
        ("https://evil.example/", HOME),
        ("//evil.example/", HOME),
        ("/\\evil.example/", HOME),
        ("javascript:alert(1)", HOME),
        ("", HOME),
    ],
)
def test_both_steps_lead_to_the_wanted_page_and_never_elsewhere(phone, wanted, reached):
    client, answer = password_step(next=wanted)
    assert answer.url == f"{CODE}?next={quote(reached, safe='')}"
    page = client.get(answer.url)
    assert f'name="next" value="{reached.replace("&", "&amp;")}"' in page.content.decode()
    assert client.post(CODE, {"code": phone.code(), "next": wanted}).url == reached


# Who must set one up first


def test_optional_and_none_set_up_the_password_is_enough(boss):
    client, answer = password_step()
    assert answer.url == HOME
    assert is_in(client)
    assert Session.objects.get().mfa_verified_at is None


def test_required_and_none_set_up_leads_through_the_setup(boss, required):
    client, answer = password_step(next="/admin/accounts/user/")
    assert answer.url.startswith(SETUP)
    page = client.get(answer.url)
    assert "data:image/svg+xml;base64," in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert not is_in(client)
    phone = Phone(secret_on(page))
    assert "not right" in client.post(SETUP, {"code": phone.wrong_code()}).content.decode()
    assert secret_on(client.get(SETUP)) == phone.secret
    done = client.post(SETUP, {"code": phone.code(), "next": "/admin/accounts/user/"})
    codes = codes_on(done)
    assert len(codes) == 10
    assert 'href="/admin/accounts/user/"' in done.content.decode()
    assert is_in(client)
    assert Session.objects.get().mfa_verified_at is not None
    other, _ = password_step()
    assert other.post(CODE, {"code": codes[0]}).status_code == 302


def test_staff_without_a_proved_address_are_told(boss, required):
    User.objects.update(email_verified_at=None)
    client, answer = password_step()
    assert "verify your e-mail address" in client.get(answer.url, follow=True).content.decode()
    assert not is_in(client)


def test_a_session_from_before_it_was_required_ends(boss, settings):
    client, _ = password_step()
    assert is_in(client)
    settings.STAFF_MFA = "required"
    answer = client.get(HOME, follow=True)
    assert "Signing in takes a second step now" in answer.content.decode()
    assert Session.objects.get().end_reason == "revoked"


def test_a_django_session_that_nothing_of_ours_opened_is_no_way_in(boss):
    client = Client()
    client.force_login(boss)
    session = client.session
    del session["staff_session"]
    session.save()
    assert not is_in(client)


@pytest.mark.parametrize("whose", ["another's", "the API's", "nobody's"])
def test_a_session_names_a_row_of_its_own(boss, whose):
    client, _ = password_step()
    rows = {
        "another's": lambda: _row(StaffFactory(), "admin"),
        "the API's": lambda: _row(boss, "flashspace"),
        "nobody's": lambda: "01900000-0000-7000-8000-000000000000",
    }
    session = client.session
    session["staff_session"] = str(rows[whose]())
    session.save()
    assert not is_in(client)


def _row(user, dialect):
    return sign_in_as(user, dialect=dialect).session.pk


# One's own page


@pytest.fixture
def signed_in(boss):
    return password_step()[0]


def test_the_account_menu_leads_to_the_page(signed_in):
    assert f'href="{OWN}"' in signed_in.get(HOME).content.decode()


def begin(client):
    return Phone(secret_on(client.post(OWN, {"do": "begin"}, follow=True)))


def test_a_look_at_the_page_begins_nothing(boss, signed_in):
    page = signed_in.get(OWN).content.decode()
    assert 'value="begin"' in page
    assert 'name="code"' not in page
    assert not TotpSetup.objects.exists()
    assert begin(signed_in).secret == secret_on(signed_in.get(OWN))


def test_who_has_not_proved_an_address_is_told_when_they_begin(boss, signed_in):
    User.objects.update(email_verified_at=None)
    answer = signed_in.post(OWN, {"do": "begin"}, follow=True)
    assert "verify your e-mail address" in answer.content.decode()
    assert not TotpSetup.objects.exists()


def test_beginning_anew_takes_a_code_of_the_device_that_one_has(boss):
    phone, _ = enrol(boss)
    client, _ = come_in(phone)
    answer = client.post(OWN, {"do": "begin"}, follow=True)
    assert "data-secret" not in answer.content.decode()
    assert not TotpSetup.objects.exists()


def test_setting_up_from_inside_takes_the_password_too(boss, signed_in):
    phone = begin(signed_in)
    refused = signed_in.post(OWN, {"do": "confirm", "password": "wrongPassword1", "code": phone.code()})
    assert "The current password is not right" in refused.content.decode()
    assert not has_second_factor(boss)
    done = signed_in.post(OWN, {"do": "confirm", "password": PASSWORD, "code": phone.code()})
    assert len(codes_on(done)) == 10
    assert Session.objects.get().mfa_verified_at is not None
    page = signed_in.get(OWN).content.decode()
    assert "10 of 10" in page
    assert phone.secret not in page
    assert is_in(signed_in)


def test_new_codes_another_device_and_off(boss, clock):
    phone, old = enrol(boss)
    client, _ = come_in(phone)
    clock.shift(30)
    assert "not right" in client.post(OWN, {"do": "renew", "code": phone.wrong_code()}).content.decode()
    codes = codes_on(client.post(OWN, {"do": "renew", "code": phone.code()}))
    assert not set(codes) & set(old)
    clock.shift(30)
    moved = client.post(OWN, {"do": "move", "code": phone.code()}, follow=True)
    new = Phone(secret_on(moved))
    assert len(codes_on(client.post(OWN, {"do": "confirm", "code": new.code()}))) == 10
    clock.shift(30)
    client.post(OWN, {"do": "off", "code": phone.code()})
    assert has_second_factor(boss), "the old device's code is good for nothing"
    assert client.post(OWN, {"do": "off", "code": new.code()}).url == HOME
    assert not has_second_factor(boss)


def test_an_unknown_button_does_nothing(boss, signed_in):
    phone = begin(signed_in)
    assert signed_in.post(OWN, {"do": "x", "password": PASSWORD, "code": phone.code()}).url == OWN
    assert not has_second_factor(boss)


def test_where_it_is_required_there_is_no_button_to_turn_it_off(boss, required):
    phone, _ = enrol(boss)
    client, _ = come_in(phone)
    assert 'value="off"' not in client.get(OWN).content.decode()
    assert "move it to another device" in client.post(OWN, {"do": "off", "code": phone.code()}).content.decode()
    assert has_second_factor(boss)


# A lost one, and the rows


def test_a_superuser_resets_a_colleagues_by_a_dialog(boss, signed_in):
    colleague = StaffFactory(email="ravi@example.com")
    enrol(colleague)
    sign_in_as(colleague)
    url = reverse("admin:accounts_user_reset_second_factor", args=[colleague.pk])
    shown = reverse("admin:accounts_user_change", args=[colleague.pk])
    assert "reset_second_factor" in signed_in.get(shown).content.decode()
    signed_in.post(url, {"_form_submitted": "on"})
    assert has_second_factor(colleague), "a reason is asked for"
    signed_in.post(url, {"_form_submitted": "on", "reason": "lost the phone"})
    assert not has_second_factor(colleague)
    assert AuditEntry.objects.get(action="second_factor.reset").actor == boss
    assert len(mails_to(colleague.email, "second_factor_reset")) == 1
    assert Session.objects.get(user=colleague).end_reason == "revoked"
    assert "reset_second_factor" not in signed_in.get(shown).content.decode()


def test_nobody_resets_their_own_and_only_a_superuser_does(boss, phone):
    client, _ = come_in(phone)
    url = reverse("admin:accounts_user_reset_second_factor", args=[boss.pk])
    client.post(url, {"_form_submitted": "on", "reason": "please"})
    assert has_second_factor(boss)
    assert (
        "reset_second_factor" not in client.get(reverse("admin:accounts_user_change", args=[boss.pk])).content.decode()
    )
    colleague = Client()
    colleague.force_login(StaffFactory())
    assert colleague.post(url, {"_form_submitted": "on", "reason": "please"}).status_code == 403


@pytest.mark.parametrize("model", [Authenticator, BackupCode, TotpSetup], ids=lambda model: model.__name__)
def test_rows_are_shown_without_what_opens_a_door(model, boss, phone, signed_in_with_code):
    person = UserFactory()
    _, codes = enrol(person)
    enrol_setup = UserFactory()
    from accounts.services import mfa

    mfa.begin_totp_setup(user=enrol_setup, begun_by=enrol_setup.pk)
    hidden = [
        *codes,
        *(str(data["secret"]) for data in Authenticator.objects.values_list("data", flat=True)),
        *BackupCode.objects.values_list("code_hash", flat=True),
        *TotpSetup.objects.values_list("secret", flat=True),
    ]
    kind = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model.objects.exclude(user=boss).first()
    for url in (reverse(f"{kind}_changelist"), reverse(f"{kind}_change", args=[row.pk])):
        answer = signed_in_with_code.get(url)
        assert answer.status_code == 200
        assert not [secret for secret in hidden if secret in answer.content.decode()]
    assert signed_in_with_code.get(reverse(f"{kind}_add")).status_code == 403
    assert signed_in_with_code.post(reverse(f"{kind}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.fixture
def signed_in_with_code(phone):
    return come_in(phone)[0]


# Ends


def end_of(client, **extra):
    """The sign-in page that an ended session leads to, with what it says."""
    answer = client.get("/admin/accounts/user/?q=a", follow=True, **extra)
    assert answer.redirect_chain == [(f"{LOGIN}?next=/admin/accounts/user/%3Fq%3Da", 302)]
    return answer.content.decode()


def test_half_an_hour_without_a_click_ends_it(signed_in, clock):
    clock.shift(30 * 60 - 1)
    assert is_in(signed_in)
    clock.shift(30 * 60 - 1)
    assert is_in(signed_in)
    clock.shift(30 * 60)
    assert "You were away for 30 minutes, so you were signed out." in end_of(signed_in)
    assert not is_in(signed_in)


def test_eight_hours_end_it_in_any_case(signed_in, clock):
    for _ in range(8 * 3 - 1):
        clock.shift(20 * 60)
        assert is_in(signed_in)
    clock.shift(20 * 60 - 1)
    assert is_in(signed_in)
    clock.shift(1)
    assert "You were signed in for 8 hours. Please sign in again." in end_of(signed_in)


def test_the_ends_are_settings(boss, settings, clock):
    from datetime import timedelta

    settings.STAFF_SESSION_IDLE, settings.STAFF_SESSION_LIFE = timedelta(minutes=1), timedelta(minutes=2)
    client, _ = password_step()
    clock.shift(59)
    assert is_in(client)
    clock.shift(60)
    assert "You were away for 1 minute, so" in end_of(client)


def test_a_click_is_written_once_a_minute_and_never_revives_what_has_ended(signed_in, clock):
    seen = Session.objects.get().last_seen_at
    clock.shift(59)
    assert is_in(signed_in)
    assert Session.objects.get().last_seen_at == seen
    clock.shift(1)
    assert is_in(signed_in)
    assert Session.objects.get().last_seen_at != seen


def test_a_session_that_ended_meanwhile_stays_ended(boss, signed_in, clock):
    from accounts.services.staff_sessions import see_staff_session

    stale = Session.objects.select_related("user").get()
    clock.shift(120)
    Session.objects.update(ended_at=stale.created_at, end_reason="revoked")
    see_staff_session(stale)
    assert Session.objects.get().expires_at == stale.expires_at
    assert not is_in(signed_in)


def revoke(boss):
    url = reverse("admin:accounts_session_end", args=[Session.objects.get(user=boss).pk])
    colleague = Client()
    colleague.force_login(StaffFactory(is_superuser=True))
    colleague.post(url, {"_form_submitted": "on"})


def change_password(boss):
    password_change.change_password(user=boss, current_password=PASSWORD, new_password="Tr0ub4dor&3x")


def deactivate(boss):
    users.deactivate_user(user=boss, actor=StaffFactory(is_superuser=True), reason="left")


def sign_out_everywhere(boss):
    users.end_sessions_of(user=boss, actor=StaffFactory(is_superuser=True), reason="why")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (revoke, "ended by a colleague"),
        (change_password, "Your password was changed"),
        (deactivate, "ended by a colleague"),
        (sign_out_everywhere, "ended by a colleague"),
    ],
)
def test_what_ends_a_session_ends_it_at_the_next_click_and_says_why(boss, signed_in, act, said):
    assert is_in(signed_in)
    act(boss)
    assert said in end_of(signed_in)


def test_signing_out_ends_the_row(signed_in):
    assert signed_in.get("/admin/logout/").status_code == 405
    assert is_in(signed_in), "a link signs nobody out"
    assert signed_in.post("/admin/logout/").status_code == 200
    assert Session.objects.get().end_reason == "logout"
    assert not is_in(signed_in)


def test_a_session_copied_before_the_sign_out_is_good_for_nothing(boss, signed_in):
    copied = Client()
    copied.cookies["sessionid"] = signed_in.cookies["sessionid"].value
    assert is_in(copied)
    signed_in.post("/admin/logout/")
    assert not is_in(copied)


def test_ones_own_new_password_keeps_this_browser_and_neither_lengthens_nor_forgets(boss, phone, clock):
    here, _ = come_in(phone)
    clock.shift(30)
    there, _ = come_in(phone)
    clock.shift(600)
    before = Session.objects.filter(user=boss).earliest("created_at")
    here.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": "Tr0ub4dor&3x", "new_password2": "Tr0ub4dor&3x"},
    )
    assert (is_in(here), is_in(there)) == (True, False)
    live = Session.objects.get(user=boss, ended_at=None)
    assert (live.created_at, live.mfa_verified_at) == (before.created_at, before.mfa_verified_at)


def test_the_api_is_opened_by_no_session_of_the_admin(signed_in):
    assert Caller().get("/api/auth/check-auth").json()["isAuthenticated"] is False
    assert signed_in.get("/api/auth/check-auth").json()["isAuthenticated"] is False


def test_the_cookie_is_strict_and_for_programs_invisible(signed_in):
    cookie = signed_in.cookies["sessionid"]
    assert (cookie["samesite"], cookie["httponly"], cookie["path"], cookie["domain"]) == ("Strict", True, "/", "")
