"""Over HTTP and all at once: one code, one token, one address."""

import threading
from collections import Counter

import pytest

from accounts.enums import TokenPurpose
from accounts.models import OneTimeToken, Session, User
from accounts.services import email_change, passwords
from accounts.services.one_time_tokens import issue_token
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, UserFactory, sign_in_as
from tests.factories.organizations import add_newcomer, make_organization
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

VERIFY = "/api/v1/auth/verify-mfa"
NEW = "new@example.com"


@pytest.fixture(autouse=True)
def _no_limits(settings, monkeypatch):
    settings.RATE_LIMITS = "off"
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)
    monkeypatch.setattr(passwords, "_gate", threading.BoundedSemaphore(1000))


@pytest.fixture(autouse=True)
def _time_stands(time_machine):
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)


def verify(token, code):
    return Caller().post(VERIFY, {"temp_token": token, "code": code}).status_code


def test_of_50_sign_ins_with_one_code_at_once_one_comes_in(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        phone, _ = enrol(user)
        tokens = [issue_token(user=user, purpose=TokenPurpose.SECOND_FACTOR) for _ in range(50)]
        code = phone.code()
        answers = together(50, lambda number, tokens=tokens, code=code: verify(tokens[number], code))
        assert Counter(answers) == {200: 1, 401: 49}
        assert Session.objects.filter(user=user).count() == 1


def test_one_token_opens_one_session_however_many_good_codes_come_with_it(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        _, codes = enrol(user)
        token = issue_token(user=user, purpose=TokenPurpose.SECOND_FACTOR)
        answers = together(10, lambda number, token=token, codes=codes: verify(token, codes[number]))
        assert Counter(answers) == {200: 1, 401: 9}
        assert Session.objects.filter(user=user).count() == 1


def test_a_backup_code_signs_in_once_in_20_tries_at_once(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        _, codes = enrol(user)
        body = {"email": user.email, "password": PASSWORD, "mfa_code": codes[0]}
        answers = together(20, lambda _, body=body: Caller().post(VERIFY, body).status_code)
        assert Counter(answers) == {200: 1, 401: 19}


def test_of_two_people_who_confirm_one_address_at_once_one_gets_it(race_rounds):
    for _ in range(race_rounds):
        people = [UserFactory(), UserFactory()]
        links = []
        for person in people:
            email_change.request_change(
                user=person, email=NEW, organization=add_newcomer(make_organization(), user=person).organization
            )
            links.append(link_token_of(NEW, "email_change"))
        paths = [f"/api/auth/confirm-email?token={link}" for link in links]
        answers = together(2, lambda number, paths=paths: Caller().get(paths[number]).status_code)
        assert sorted(answers) == [200, 409]
        assert User.objects.filter(email=NEW).count() == 1
        User.objects.filter(email=NEW).delete()


def test_one_link_confirmed_20_times_at_once_changes_the_address_once(race_rounds):
    for number in range(race_rounds):
        person = UserFactory()
        old, new = person.email, f"new-{number}@example.com"
        email_change.request_change(
            user=person, email=new, organization=add_newcomer(make_organization(), user=person).organization
        )
        path = f"/api/auth/confirm-email?token={link_token_of(new, 'email_change')}"
        answers = together(20, lambda _, path=path: Caller().get(path).status_code)
        assert Counter(answers) == {200: 20}
        assert len(mails_to(old, "email_changed")) == 1


def test_of_20_requests_at_once_one_link_is_good(race_rounds):
    for number in range(race_rounds):
        person = UserFactory()
        token = sign_in_as(person).tokens.access
        bodies = [{"newEmail": f"new-{number}-{one}@example.com", "password": PASSWORD} for one in range(20)]
        answers = together(
            20,
            lambda one, token=token, bodies=bodies: (
                Caller(token=token).post("/api/auth/change-email", bodies[one]).status_code
            ),
        )
        assert set(answers) == {200}
        live = OneTimeToken.objects.get(user=person, purpose=TokenPurpose.CHANGE_EMAIL, used_at=None)
        assert live.email == User.objects.get(pk=person.pk).pending_email


def test_ten_sign_ins_from_one_new_device_at_once_are_one_mail(race_rounds):
    for _ in range(race_rounds):
        person = UserFactory()
        sign_in_as(person)
        opened = together(10, lambda _, person=person: sign_in_as(person, network="203.0.113.9").session.pk)
        assert len(set(opened)) == 10
        assert len(mails_to(person.email, "new_device")) == 1
