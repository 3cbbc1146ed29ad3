"""Two superusers at each other: one of them stays, or nobody could let a colleague in any more."""

import pytest
from django.db import connection

from accounts.exceptions import StaffOnly
from accounts.models import User
from accounts.services import organization_lock, users
from accounts.services.users import deactivate_user, set_rights
from tests.factories.accounts import StaffFactory
from tests.races import unguarded
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PAIRS = 5


def demote(user, actor):
    set_rights(user=user, is_staff=True, is_superuser=False, groups=[], actor=actor)


def switch_off(user, actor):
    deactivate_user(user=user, actor=actor, reason="why not")


def left_after(first, second):
    """How many superusers can still act, and what stopped the others."""
    User.objects.all().delete()
    one, other = StaffFactory(is_superuser=True), StaffFactory(is_superuser=True)
    acts = [lambda: first(other, one), lambda: second(one, other)]
    told = together(2, lambda number: acts[number]())
    refusals = [type(one) for one in told if isinstance(one, Exception)]
    return User.objects.filter(is_superuser=True, is_active=True).count(), refusals


@pytest.mark.parametrize(
    ("first", "second"),
    [(demote, demote), (switch_off, switch_off), (demote, switch_off)],
    ids=["demote", "off", "both"],
)
def test_one_of_two_superusers_at_each_other_stays(race_rounds, first, second):
    for _ in range(race_rounds * PAIRS):
        assert left_after(first, second) == (1, [StaffOnly])


@pytest.mark.skipif(connection.vendor == "sqlite", reason="its transactions are one after the other in any case")
def test_control_without_the_lock_none_stays():
    def attempt():
        with unguarded(organization_lock, users):
            return left_after(demote, demote)[0] == 0

    assert any(attempt() for _ in range(50))
