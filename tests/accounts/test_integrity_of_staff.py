"""I-A3, by what breaks it."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.integrity.staff import staff_have_a_second_factor
from accounts.mfa_totp import Authenticator
from accounts.models import Session, User
from flashspace.base.clock import now
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk(settings):
    """A colleague of long standing who has one, a new one who has none yet, one who left, and a customer."""
    settings.STAFF_MFA = "required"
    old = StaffFactory(email="old@example.com")
    enrol(old)
    session = sign_in_as(old, dialect="admin").session
    Session.objects.filter(pk=session.pk).update(mfa_verified_at=now())
    StaffFactory(email="left@example.com", is_active=False)
    sign_in_as(UserFactory())
    User.objects.update(updated_at=now() - timedelta(days=3))
    StaffFactory(email="new@example.com")


def broken():
    return list(staff_have_a_second_factor().violations)


def test_nothing_is_broken_to_begin_with():
    assert broken() == []
    call_command("check_integrity", rule=["I-A3"])


def test_staff_who_never_set_one_up_are_found_after_three_days():
    User.objects.filter(email="new@example.com").update(updated_at=now() - timedelta(days=3))
    assert broken() == ["new@example.com has no second factor"]
    with pytest.raises(SystemExit):
        call_command("check_integrity", rule=["I-A3"])


def test_staff_whose_row_is_gone_are_found():
    Authenticator.objects.all().delete()
    assert broken() == ["old@example.com has no second factor"]


def test_a_live_session_without_it_is_found():
    Session.objects.filter(dialect="admin").update(mfa_verified_at=None)
    pk = Session.objects.get(dialect="admin").pk
    assert broken() == [f"session {pk} of old@example.com is live without it"]


def test_where_it_is_optional_nothing_is_asked(settings):
    settings.STAFF_MFA = "optional"
    Authenticator.objects.all().delete()
    assert broken() == []
